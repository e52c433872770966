// What a trace of the kernels costs, and what a run's fingerprint costs (bars: 0.6 us an operation, 50 ms); our pooling
// beside libtorch's.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include "core/factor.hpp"
#include "torch/pooling.hpp"
#include "torch/run_fingerprint.hpp"
#include "torch/train.hpp"
#include "trainer/parameters.hpp"

namespace assay {
namespace {

RunRequest request_of(const char* model) {
    RunRequest request;
    request.params = Json::Object{};
    for (const Parameter& parameter : trainer_parameters("torch"))
        request.params[parameter.name] = parameter.default_value;
    request.params["model"] = model;
    request.params["train"] = 512;
    request.params["eval"] = 16;
    request.params["batch"] = 8;
    request.params["epochs"] = 4;
    request.hardware = Json::Object{};
    for (const std::string& stream : seed_streams()) request.seeds[stream] = 1;
    request.seeds["master"] = 1;
    return request;
}

// 256 steps; with a trace, `operations` says how many there were: the difference of the times by it is the cost of one.
void training(benchmark::State& state, const char* model, Traced traced) {
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);  // as assay-torch does
    ::mallopt(M_TRIM_THRESHOLD, 2'000'000'000);
    const DataSets data{made_images(512, "train"), made_images(16, "eval")};
    const RunRequest request = request_of(model);
    double operations = 0;
    for (auto _ : state) {
        const Training out = train(
            request, data, [](std::int64_t, std::int64_t) {}, traced);
        if (out.trace) operations = static_cast<double>(out.trace->operations);
    }
    state.counters["operations"] = operations;
}
BENCHMARK_CAPTURE(training, dense_without, "dense", Traced::none)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(training, dense_all_steps, "dense", Traced::all)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(training, dense_first_step, "dense", Traced::first)->Unit(benchmark::kMicrosecond);

void fingerprint_of_a_run(benchmark::State& state) {
    const RunRequest request = request_of("dense");
    for (auto _ : state) {
        benchmark::DoNotOptimize(canonical_json(fingerprint_json(training_environment())));
        benchmark::DoNotOptimize(canonical_json(fingerprint_json(run_fingerprint(request, std::nullopt))));
    }
}
BENCHMARK(fingerprint_of_a_run)->Unit(benchmark::kMillisecond);

// What the demo's CNN pools in a step.
void pooling(benchmark::State& state, bool own) {
    const at::Tensor x = at::randn({64, 8, 26, 26});
    for (auto _ : state) {
        if (own) {
            benchmark::DoNotOptimize(max_pool_2x2(x));
        } else {
            benchmark::DoNotOptimize(at::max_pool2d_with_indices(x, {2, 2}));
        }
    }
}
BENCHMARK_CAPTURE(pooling, own, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(pooling, libtorch, false)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace assay
