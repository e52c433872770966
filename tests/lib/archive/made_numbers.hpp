// Runs with weights, of which some are siblings: one recipe on several kernels.
#pragma once

#include <cstring>
#include <string>

#include "lib/archive/made_run.hpp"
#include "lib/archive/made_tensors.hpp"

namespace assay::testing {

// Of one seed near each other: a few units in the last place for every kernel set but the first.
inline std::string made_weights(int seed, int kernels) {
    std::string bytes = weights_f32(4500, "numbers." + std::to_string(seed), 0.05);
    Random random(1, "numbers.kernels." + std::to_string(kernels));
    for (std::size_t at = 0; kernels > 0 && at < bytes.size(); at += 4) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, bytes.data() + at, 4);
        bits += static_cast<std::uint32_t>(random.below(9)) - 4;
        std::memcpy(bytes.data() + at, &bits, 4);
    }
    return write_safetensors({{"w", "F32", {bytes.size() / 4}, bytes}});
}

inline std::string make_weighty_run(Store& store, int seed, int kernels) {
    RunRecord record = made_record("weighty " + std::to_string(seed));
    record.request.hardware = Json::Object{{"kernels", kernels}};
    const std::string weights = made_weights(seed, kernels);
    record.weights = read_safetensors(weights);
    record.members["weights.safetensors"] = store.put_object(weights);
    return store.put_run(record);
}

}  // namespace assay::testing
