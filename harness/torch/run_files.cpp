#include "torch/run_files.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "core/npy.hpp"
#include "torch/environment.hpp"
#include "torch/run_fingerprint.hpp"
#include "trainer/effectors.hpp"
#include "trainer/output.hpp"

namespace assay {

Json forced_hardware(const Json& asked) {
    force_hardware(asked);
    Json effective = effective_hardware(asked);
    const Verification verification = verify_hardware(asked, effective);
    if (!verification.contradictions.empty()) throw Error("E0102", Exit::no, verification.contradictions.front());
    return effective;
}

Traced traced_steps() {
    const char* const wish = std::getenv("ASSAY_TRACE");
    const std::string_view word = wish == nullptr ? "first" : wish;
    return word == "all" ? Traced::all : word == "none" ? Traced::none : Traced::first;
}

void write_results(const TrainerInput& input, const Training& training, Json effective) {
    if (!training.trace_problem.empty())
        std::fprintf(stderr, "assay-torch: no trace of kernels: %s\n", training.trace_problem.c_str());
    const std::size_t n = training.labels.size(), classes = n == 0 ? 0 : training.probabilities.size() / n;
    effective["device"] = training.device;
    write_output(input.out, "run_id", input.run_id);
    write_output(input.out, "effective.json", canonical_json(Json::Object{{"hardware", std::move(effective)}}));
    write_output(input.out, "versions.json", canonical_json(library_versions()));
    write_output(input.out, "environment.json", canonical_json(fingerprint_json(training_environment())));
    write_output(input.out, "fingerprint.json",
                 canonical_json(fingerprint_json(run_fingerprint(input.request, training.trace))));
    write_output(input.out, "metrics.json", canonical_json(training.metrics));
    write_output(input.out, "labels.npy", write_npy(array_of<std::int64_t>(NumericType::int64, {n}, training.labels)));
    write_output(input.out, "steps.npy",
                 write_npy(array_of<std::uint64_t>(NumericType::uint64, {training.step_digests.size() / 8, 8},
                                                   training.step_digests)));
    write_output(input.out, "weights.safetensors", training.weights);
    write_output(input.out, "predictions.npy",
                 write_npy(array_of<float>(NumericType::float32, {n, classes}, training.probabilities)));
}

}  // namespace assay
