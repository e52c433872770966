// One training of a built-in net: a request and images in, answers, weights and step digests out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "core/fingerprint.hpp"
#include "core/run.hpp"
#include "torch/dataset.hpp"

namespace assay {

struct DataSets {
    Images train, eval;
};

struct Training {
    std::vector<float> probabilities;  // n_eval x 10, row-major, softmax
    std::vector<std::int64_t> labels;  // n_eval
    // (steps + 1) x 8: XXH3-128 (high, low) of weights, optimiser state, batch (indices into the file) and random keys;
    // row 0 after initialisation, row s after step s.
    std::vector<std::uint64_t> step_digests;
    std::string weights;  // a safetensors file
    Json metrics;         // accuracy, nll, train_loss of the last epoch
    std::optional<TraceFingerprint> trace;
    std::string trace_problem;  // why there is no trace although one was asked for
    std::string device;         // where the weights lay after training
};

// Seeds. seed_mode separate: each stream has a generator of its own: init (initial weights), shuffle (order of an
// epoch), dropout (one key for each step), augment (one key for each image of an epoch), data (which images train).
// seed_mode torch: one manual_seed(master), then libtorch's default generator draws weights, torch.randperm for each
// epoch and dropout, exactly as a plain script does; the images are the first of the file. A diverging loss is no
// error: the predictions hold NaN then. `progress(step, steps)` is called after each step.
// `traced`: the kernels of which steps are traced; from the gathering of the batch to the optimiser's step, without our
// own digests. Answers are the same with and without (a test compares the bits).
enum class Traced { none, first, all };
Training train(const RunRequest& request, const DataSets& data,
               const std::function<void(std::int64_t, std::int64_t)>& progress, Traced traced = Traced::none);

}  // namespace assay
