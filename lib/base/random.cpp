#include "base/random.hpp"

#include <string>

#include "base/check.hpp"
#include "base/digest.hpp"

namespace assay {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    constexpr std::uint64_t k_multiplier_0 = 0xD2511F53, k_multiplier_1 = 0xCD9E8D57;
    constexpr std::uint32_t k_weyl_0 = 0x9E3779B9, k_weyl_1 = 0xBB67AE85;
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t product_0 = k_multiplier_0 * counter[0];
        const std::uint64_t product_1 = k_multiplier_1 * counter[2];
        counter = {
            static_cast<std::uint32_t>(product_1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product_1),
            static_cast<std::uint32_t>(product_0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product_0)};
        key[0] += k_weyl_0;
        key[1] += k_weyl_1;
    }
    return counter;
}

Random::Random(std::uint64_t seed, std::string_view stream, std::uint64_t index) : index_(index) {
    std::string text = "assay-random/1";
    text += '\0';
    text += stream;
    text += '\0';
    for (int shift = 0; shift < 64; shift += 8) text += static_cast<char>((seed >> shift) & 0xff);
    const auto digest = sha256(text);
    const auto word = [&](std::size_t at) {
        return static_cast<std::uint32_t>(digest[at]) | static_cast<std::uint32_t>(digest[at + 1]) << 8 |
               static_cast<std::uint32_t>(digest[at + 2]) << 16 | static_cast<std::uint32_t>(digest[at + 3]) << 24;
    };
    key_ = {word(0), word(4)};
}

std::uint64_t Random::next() {
    if (used_ >= 4) {
        block_ = philox4x32({static_cast<std::uint32_t>(position_), static_cast<std::uint32_t>(position_ >> 32),
                             static_cast<std::uint32_t>(index_), static_cast<std::uint32_t>(index_ >> 32)},
                            key_);
        ++position_;
        used_ = 0;
    }
    const std::uint64_t value = block_[used_] | static_cast<std::uint64_t>(block_[used_ + 1]) << 32;
    used_ += 2;
    return value;
}

std::uint64_t Random::below(std::uint64_t bound) {
    ASSAY_CHECK(bound > 0);
    const std::uint64_t reject = (0 - bound) % bound;  // 2^64 mod bound: the uneven rest
    for (;;) {
        const std::uint64_t value = next();
        if (value >= reject) return value % bound;
    }
}

double Random::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

double Random::near_normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
}

std::vector<std::int64_t> Random::permutation(std::size_t size) {
    std::vector<std::int64_t> order(size);
    for (std::size_t i = 0; i < size; ++i) order[i] = static_cast<std::int64_t>(i);
    shuffle(std::span(order));
    return order;
}

std::uint32_t derive_seed(std::uint64_t root_seed, std::string_view stream, std::uint64_t index) {
    return static_cast<std::uint32_t>(Random(root_seed, "seed." + std::string(stream), index).next());
}

}  // namespace assay
