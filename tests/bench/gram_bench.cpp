// Distances between all pairs of runs: the time of 100 runs (on one and on two threads), the memory of 200.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>

#include "bench/made_runs.hpp"
#include "stats/divergences.hpp"
#include "stats/gram.hpp"

namespace assay {
namespace {

constexpr std::size_t k_classes = k_made_classes;

const MadeRuns& runs_100() {
    static const MadeRuns k_runs = make_runs(100, 100'000);
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

double available_mb() {
    std::ifstream memory("/proc/meminfo");
    std::string line;
    while (std::getline(memory, line)) {
        if (line.starts_with("MemAvailable:")) return std::atof(line.c_str() + 13) / 1024;
    }
    return 0;
}

// Arguments: inputs, threads. The memory is the result's and the engine's, beyond the inputs'. A million inputs are 8
// GB.
void gram_200_runs(benchmark::State& state) {
    const auto n_inputs = static_cast<std::size_t>(state.range(0));
    const double needed_mb = 200.0 * static_cast<double>(n_inputs * k_classes * sizeof(float)) / (1 << 20) + 500;
    if (available_mb() < needed_mb) return state.SkipWithError("not enough free memory");
    const MadeRuns made = make_runs(200, n_inputs);
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
    ->Args({1'000'000, 1})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Iterations(1);

// Two of four runs differ by one unit in the last place everywhere: what a refined pair costs.
void gram_near_pair(benchmark::State& state) {
    MadeRuns near = make_runs(4, 100'000);
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
