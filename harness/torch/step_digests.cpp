#include "torch/step_digests.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/error.hpp"

namespace assay {
namespace {

void update(Xxh3& hash, const at::Tensor& tensor) {
    const at::Tensor plain = tensor.to(at::kCPU).contiguous();
    hash.update(plain.data_ptr(), plain.nbytes());
}

}  // namespace

void seed_default_generator(const at::Device& device, std::uint64_t seed) {
    auto generator = at::globalContext().defaultGenerator(device);
    const std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(seed);
}

std::vector<std::uint64_t> generator_state(const at::Device& device) {
    const at::Tensor state = at::globalContext().defaultGenerator(device).get_state();
    const Digest128 digest = Xxh3().update(state.data_ptr(), state.nbytes()).digest();
    return {digest.high, digest.low};
}

void StepDigests::append_digest() {
    const Digest128 digest = hash_.digest();
    rows_.push_back(digest.high);
    rows_.push_back(digest.low);
    hash_.reset();
}

void StepDigests::add(const std::vector<at::Tensor>& weights, const std::vector<at::Tensor>& optimizer,
                      const at::Tensor& batch, const std::vector<std::uint64_t>& keys) {
    hash_.reset();
    for (const at::Tensor& tensor : weights) update(hash_, tensor);
    append_digest();
    for (const at::Tensor& state : optimizer) update(hash_, state);
    append_digest();
    if (batch.defined()) update(hash_, batch);
    append_digest();
    hash_.update(keys.data(), keys.size() * sizeof(std::uint64_t));
    append_digest();
}

StepTrace::StepTrace(Traced traced) : traced_(traced) {
    if (traced == Traced::none) return;
    try {
        trace_.emplace();
    } catch (const Error& error) {
        problem_ = error.what();
    }
}

void StepTrace::begin(std::int64_t step) {
    if (trace_ && (traced_ == Traced::all || step == 0)) trace_->on();
}

void StepTrace::end() {
    if (trace_) trace_->off();
}

void StepTrace::finish(Training& out) const {
    if (trace_) out.trace = trace_->finish(traced_ == Traced::all ? "all" : "first");
    out.trace_problem = trace_ ? trace_->problem() : problem_;
}

void add_metric(Json& metrics, const char* name, double value) {
    if (std::isfinite(value)) metrics[name] = value;
}

void judge(Training& out) {
    double right = 0, nll = 0;
    const std::size_t classes = out.labels.empty() ? 0 : out.probabilities.size() / out.labels.size();
    for (std::size_t i = 0; i < out.labels.size(); ++i) {
        const float* row = out.probabilities.data() + i * classes;
        const auto label = static_cast<std::size_t>(out.labels[i]);
        right += static_cast<std::size_t>(std::max_element(row, row + classes) - row) == label ? 1 : 0;
        nll -= std::log(std::max(double{row[label]}, 1e-300));
    }
    const auto n = static_cast<double>(out.labels.size());
    add_metric(out.metrics, "accuracy", right / n);
    add_metric(out.metrics, "nll", nll / n);
}

}  // namespace assay
