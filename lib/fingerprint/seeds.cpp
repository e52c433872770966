#include "fingerprint/seeds.hpp"

#include "base/digest.hpp"
#include "base/random.hpp"

namespace assay {

SeedFingerprint seed_fingerprint(const std::string& stream, std::uint64_t seed) {
    Random random(seed, stream);
    std::string draws;
    for (int i = 0; i < 64; ++i) {
        const std::uint64_t bits = random.next();
        for (int shift = 0; shift < 64; shift += 8) draws += static_cast<char>(bits >> shift & 0xff);
    }
    return {stream, seed, "assay-random/1 philox4x32-10", sha256_hex(draws)};
}

}  // namespace assay
