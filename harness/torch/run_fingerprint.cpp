#include "torch/run_fingerprint.hpp"

#include <algorithm>

#include "fingerprint/environment.hpp"
#include "fingerprint/seeds.hpp"
#include "torch/fingerprint.hpp"

namespace assay {
namespace {

// Initial weights come from libtorch's generator, and so does everything in seed mode torch; see train.hpp.
SeedFingerprint stream_of(const std::string& stream, std::uint64_t seed) {
    const bool torch_draws = stream == "init" || stream == "master";
    return torch_draws ? torch_seed_fingerprint(stream, seed) : seed_fingerprint(stream, seed);
}

}  // namespace

Fingerprint training_environment() {
    Fingerprint fingerprint = this_environment();
    add_torch_fields(fingerprint);
    return fingerprint;
}

Fingerprint run_fingerprint(const RunRequest& request, const std::optional<TraceFingerprint>& trace) {
    Fingerprint fingerprint;
    const Json* const mode = request.params.find("seed_mode");  // models of one's own have none
    const bool plain = mode != nullptr && *mode == Json("torch");
    for (const auto& [stream, seed] : request.seeds) {
        if (plain == (stream == "master")) fingerprint.seeds.push_back(stream_of(stream, seed));
    }
    fingerprint.trace = trace;
    return fingerprint;
}

}  // namespace assay
