// Distances between all pairs of runs: the time of 100 runs (on one and on two threads), the memory of 200.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/random.hpp"
#include "stats/divergences.hpp"
#include "stats/gram.hpp"

namespace assay {
namespace {

constexpr std::size_t k_classes = 10;

struct Runs {
    std::vector<std::vector<float>> values;
    std::vector<std::string> identities;

    std::vector<RunProbabilities<float>> view() const {
        std::vector<RunProbabilities<float>> runs;
        for (std::size_t r = 0; r < values.size(); ++r) runs.push_back({values[r], identities[r]});
        return runs;
    }
};

// Answers that differ everywhere: quick ones, since 600 million are made. Their bytes cost nothing to
// the engine, which multiplies zeros as fast as anything else.
Runs make_runs(std::size_t n_runs, std::size_t n_inputs) {
    Runs runs;
    for (std::size_t r = 0; r < n_runs; ++r) {
        Random random(1, "bench.runs", r);
        std::vector<float> p(n_inputs * k_classes);
        for (std::size_t row = 0; row < p.size(); row += k_classes) {
            std::uint64_t bits = random.next();
            float sum = 0;
            for (std::size_t c = 0; c < k_classes; ++c, bits >>= 6) {
                const float u = static_cast<float>(bits & 63) / 64;
                sum += p[row + c] = u * u + 1e-3F;
            }
            for (std::size_t c = 0; c < k_classes; ++c) p[row + c] /= sum;
        }
        runs.values.push_back(std::move(p));
        runs.identities.push_back("run " + std::to_string(r));
    }
    return runs;
}

const Runs& runs_100() {
    static const Runs k_runs = make_runs(100, 100'000);
    return k_runs;
}

std::vector<std::size_t> twenty_folds(std::size_t n_inputs) {
    Random random(1, "bench.folds");
    std::vector<std::size_t> folds(n_inputs);
    for (std::size_t& fold : folds) fold = static_cast<std::size_t>(random.below(20));
    return folds;
}

// Arguments: threads, folds (0 or 20).
void gram_100_runs(benchmark::State& state) {
    const auto runs = runs_100().view();
    const auto folds = state.range(1) == 0 ? std::vector<std::size_t>() : twenty_folds(100'000);
    const DistanceOptions options{
        {}, folds, static_cast<std::size_t>(state.range(1)), static_cast<unsigned>(state.range(0))};
    for (auto _ : state) benchmark::DoNotOptimize(hellinger_distances(runs, k_classes, options));
}
BENCHMARK(gram_100_runs)
    ->ArgsProduct({{1, 2}, {0, 20}})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

// The most memory the process has held since the last call. Linux forgets the peak on a 5 in clear_refs.
double peak_mb_since_last() {
    std::ifstream status("/proc/self/status");
    std::string line;
    double peak = 0;
    while (std::getline(status, line)) {
        if (line.starts_with("VmHWM:")) peak = std::atof(line.c_str() + 6) / 1024;
    }
    std::ofstream("/proc/self/clear_refs") << "5";
    return peak;
}

// Arguments: inputs, threads. The memory is the result's and the engine's, beyond the inputs'.
void gram_200_runs(benchmark::State& state) {
    const auto n_inputs = static_cast<std::size_t>(state.range(0));
    const Runs made = make_runs(200, n_inputs);
    const auto runs = made.view();
    const auto folds = twenty_folds(n_inputs);
    peak_mb_since_last();
    const double before_mb = peak_mb_since_last();
    const DistanceOptions options{{}, folds, 20, static_cast<unsigned>(state.range(1))};
    for (auto _ : state) benchmark::DoNotOptimize(hellinger_distances(runs, k_classes, options));
    state.counters["inputs_MB"] = before_mb;
    state.counters["more_MB"] = peak_mb_since_last() - before_mb;
}
BENCHMARK(gram_200_runs)
    ->Args({50'000, 2})
    ->Args({300'000, 1})
    ->Args({300'000, 2})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1);

// Two of four runs differ by one unit in the last place everywhere: what a refined pair costs.
void gram_near_pair(benchmark::State& state) {
    Runs near = make_runs(4, 100'000);
    near.values[1] = near.values[0];
    for (float& p : near.values[1]) p = std::nextafter(p, 2.0F);
    const auto runs = near.view();
    for (auto _ : state) benchmark::DoNotOptimize(hellinger_distances(runs, k_classes));
}
BENCHMARK(gram_near_pair)->Unit(benchmark::kMillisecond);

void divergences_of_a_pair(benchmark::State& state) {
    const auto& runs = runs_100().values;
    for (auto _ : state) benchmark::DoNotOptimize(divergence_between(runs[0], runs[1], k_classes));
}
BENCHMARK(divergences_of_a_pair)->Unit(benchmark::kMillisecond);

void label_churn_200_runs(benchmark::State& state) {
    std::vector<std::vector<std::uint16_t>> labels;
    for (std::size_t r = 0; r < 200; ++r) labels.push_back(most_probable(runs_100().values[r % 100], k_classes));
    const std::vector<std::span<const std::uint16_t>> runs(labels.begin(), labels.end());
    for (auto _ : state) benchmark::DoNotOptimize(label_churn(runs));
}
BENCHMARK(label_churn_200_runs)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
