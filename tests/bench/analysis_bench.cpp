// The analysis: distances between answers against reading the same bytes, and the attribution of 72 runs.
#include <benchmark/benchmark.h>

#include <cstring>

#include "analysis/attribute.hpp"
#include "base/digest.hpp"
#include "base/random.hpp"
#include "design/design.hpp"
#include "spec/spec.hpp"
#include "stats/distance.hpp"

namespace assay {
namespace {

constexpr std::size_t k_classes = 10;

std::vector<float> answers(std::size_t n_inputs, std::uint64_t seed) {
    Random random(seed, "bench.answers");
    std::vector<float> p(n_inputs * k_classes);
    for (std::size_t row = 0; row < p.size(); row += k_classes) {
        double sum = 0;
        for (std::size_t c = 0; c < k_classes; ++c) {
            const double u = random.uniform();
            sum += p[row + c] = static_cast<float>(u * u * u);
        }
        for (std::size_t c = 0; c < k_classes; ++c) p[row + c] = static_cast<float>(double{p[row + c]} / sum);
    }
    return p;
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void distance(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const std::vector<float> a = answers(n, 1), b = answers(n, 2);
    for (auto _ : state) benchmark::DoNotOptimize(distance_between(a, b, k_classes));
    count_bytes(state, 2 * a.size() * sizeof(float));
}
BENCHMARK(distance)->Arg(2'000)->Arg(200'000);

std::uint64_t sum_of_words(const std::vector<float>& values) {
    std::array<std::uint64_t, 4> sums{};
    const auto* const bytes = reinterpret_cast<const char*>(values.data());
    for (std::size_t at = 0; at + 32 <= values.size() * sizeof(float); at += 32) {
        std::array<std::uint64_t, 4> words;
        std::memcpy(words.data(), bytes + at, 32);
        for (std::size_t i = 0; i < 4; ++i) sums[i] += words[i];
    }
    return sums[0] + sums[1] + sums[2] + sums[3];
}

// What `distance` is compared with: every byte of the same two arrays, once.
void memory_read(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const std::vector<float> a = answers(n, 1), b = answers(n, 2);
    for (auto _ : state) benchmark::DoNotOptimize(sum_of_words(a) + sum_of_words(b));
    count_bytes(state, 2 * a.size() * sizeof(float));
}
BENCHMARK(memory_read)->Arg(2'000)->Arg(200'000);

// The plan and the size of report_72.yaml; answers that differ everywhere.
void attribute_72_runs(benchmark::State& state) {
    const Json identity = Json::Object{{"kind", "synthetic"}, {"version", "0.1.0"}};
    const Plan plan = make_plan(read_spec(ASSAY_SOURCE_DIR "/tests/bench/report_72.yaml"), identity);
    if (plan.runs.size() != 72) return state.SkipWithError("report_72.yaml does not make 72 runs");
    std::vector<RunData> runs;
    for (const PlannedRun& run : plan.runs) {
        RunRecord record;
        record.request = run.request;
        record.state = RunState::completed;
        std::vector<float> p = answers(2'000, static_cast<std::uint64_t>(run.number));
        const std::string digest = sha256_hex(std::as_bytes(std::span(p)));
        record.members["predictions.npy"] = {digest, p.size() * sizeof(float)};
        runs.push_back({std::move(record), Predictions{2'000, k_classes, std::move(p), digest}});
    }
    std::vector<std::int64_t> labels(2'000);
    Random random(1, "bench.labels");
    for (std::int64_t& label : labels) label = static_cast<std::int64_t>(random.below(k_classes));
    for (auto _ : state) benchmark::DoNotOptimize(attribute(plan, runs, labels));
}
BENCHMARK(attribute_72_runs)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
