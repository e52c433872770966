// Permutation tests of 100 runs: 9,999 random arrangements a term, whole enumerations, and the sizes beside them.
#include <benchmark/benchmark.h>

#include <vector>

#include "bench/made_runs.hpp"
#include "stats/anova.hpp"
#include "stats/f2.hpp"
#include "stats/permutation.hpp"

namespace assay {
namespace {

// alpha out of reach of any interval: 9,999 arrangements and no more.
PermutationOptions options(std::size_t threads) {
    return {.seed = 1, .stream = "bench", .alpha = 1e-9, .draws = 9'999, .threads = threads};
}

// levels x others x seeds runs.
std::vector<FactorRun> crossing(std::size_t levels, std::size_t others, std::size_t seeds) {
    std::vector<FactorRun> runs;
    for (std::size_t i = 0; i < levels * others * seeds; ++i) {
        runs.push_back({i, i % levels, i / levels / others, i / levels % others});
    }
    return runs;
}

std::vector<std::size_t> groups(std::size_t runs, std::size_t count) {
    std::vector<std::size_t> labels;
    for (std::size_t i = 0; i < runs; ++i) labels.push_back(i % count);
    return labels;
}

void one_way_f2(benchmark::State& state) {
    const Symmetric d2 = made_distances(100);
    const std::vector<std::size_t> labels = groups(100, static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(f2_test(d2, labels, options(1)));
}
BENCHMARK(one_way_f2)->Arg(4)->Arg(2)->Unit(benchmark::kMillisecond);

void one_way_pseudo_f(benchmark::State& state) {
    const Symmetric d2 = made_distances(100);
    const std::vector<std::size_t> labels = groups(100, 4);
    for (auto _ : state) benchmark::DoNotOptimize(one_way_permanova(d2, labels, options(1)));
}
BENCHMARK(one_way_pseudo_f)->Unit(benchmark::kMillisecond);

// levels, others, seeds, threads
void within_seeds(benchmark::State& state) {
    const auto size = [&](std::size_t i) { return static_cast<std::size_t>(state.range(i)); };
    const std::vector<FactorRun> runs = crossing(size(0), size(1), size(2));
    const Symmetric d2 = made_distances(runs.size());
    for (auto _ : state) benchmark::DoNotOptimize(test_factor(d2, runs, options(size(3))));
}
BENCHMARK(within_seeds)
    ->Args({4, 1, 25, 1})  // orders of 4 levels
    ->Args({2, 1, 50, 1})  // sign flips
    ->Args({2, 2, 25, 1})  // slabs of 2
    ->Args({4, 1, 25, 2})  // two threads
    ->Args({2, 1, 18, 1})  // all 131,072 sign vectors
    ->Args({3, 1, 7, 1})   // all 46,656 orders
    ->Args({2, 1, 8, 1})   // the usual audit: all 128
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
