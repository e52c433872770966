// What every training by libtorch does beside its steps: seeds, the digests of each step, a trace, and how good it is.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "torch/kernel_trace.hpp"
#include "torch/train.hpp"

namespace assay {

void seed_default_generator(const at::Device& device, std::uint64_t seed);
// Two words that tell one state of libtorch's default generator from another.
std::vector<std::uint64_t> generator_state(const at::Device& device);

// Rows of steps.npy: XXH3-128 of weights, optimiser state, batch and random keys.
class StepDigests {
public:
    void add(const std::vector<at::Tensor>& weights, const std::vector<at::Tensor>& optimizer, const at::Tensor& batch,
             const std::vector<std::uint64_t>& keys);
    std::vector<std::uint64_t> take() { return std::move(rows_); }

private:
    void append_digest();
    Xxh3 hash_;
    std::vector<std::uint64_t> rows_;
};

// The trace of the steps that were asked for. Where libtorch cannot be traced, training goes on without.
class StepTrace {
public:
    explicit StepTrace(Traced traced);
    void begin(std::int64_t step);
    void end();
    void finish(Training& out) const;

private:
    Traced traced_;
    std::optional<KernelTrace> trace_;
    std::string problem_;
};

// NaN and infinities are no JSON numbers: such a metric is left out.
void add_metric(Json& metrics, const char* name, double value);
// accuracy and nll of the answers.
void judge(Training& out);

}  // namespace assay
