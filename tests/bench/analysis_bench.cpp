// The analysis: distances between answers against reading the same bytes, and the attribution of 72 runs.
#include <benchmark/benchmark.h>

#include <cstring>

#include "analysis/attribute.hpp"
#include "analysis/evidence.hpp"
#include "analysis/outcome.hpp"
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

struct BenchAudit {
    Plan plan;
    std::vector<RunData> runs;
    std::vector<std::int64_t> labels;
};

// The plan of a spec beside this file; answers that differ everywhere.
BenchAudit audit_of(const std::string& spec, std::size_t n_inputs) {
    const Json identity = Json::Object{{"kind", "synthetic"}, {"version", "0.1.0"}};
    BenchAudit audit{make_plan(read_spec(ASSAY_SOURCE_DIR "/tests/bench/" + spec), identity), {}, {}};
    for (const PlannedRun& run : audit.plan.runs) {
        RunRecord record;
        record.request = run.request;
        record.state = RunState::completed;
        std::vector<float> p = answers(n_inputs, static_cast<std::uint64_t>(run.number));
        const std::string digest = sha256_hex(std::as_bytes(std::span(p)));
        record.members["predictions.npy"] = {digest, p.size() * sizeof(float)};
        audit.runs.push_back({std::move(record), Predictions{n_inputs, k_classes, std::move(p), digest}});
    }
    Random random(1, "bench.labels");
    for (std::size_t i = 0; i < n_inputs; ++i)
        audit.labels.push_back(static_cast<std::int64_t>(random.below(k_classes)));
    return audit;
}

void attribute_72_runs(benchmark::State& state) {
    const BenchAudit audit = audit_of("report_72.yaml", 2'000);
    if (audit.plan.runs.size() != 72) return state.SkipWithError("report_72.yaml does not make 72 runs");
    for (auto _ : state) benchmark::DoNotOptimize(attribute(audit.plan, audit.runs, audit.labels));
}
BENCHMARK(attribute_72_runs)->Unit(benchmark::kMillisecond);

// Everything that `assay report` computes once the runs are in memory, of 48 runs of 10,000 x 10. Bar: 0.3 s.
void screen_48_runs_10k(benchmark::State& state) {
    const BenchAudit audit = audit_of("screen_48.yaml", 10'000);
    if (audit.plan.runs.size() != 48) return state.SkipWithError("screen_48.yaml does not make 48 runs");
    for (auto _ : state) {
        Attribution attribution = attribute(audit.plan, audit.runs, audit.labels);
        attribution.evidence = evidence_of(audit.plan, audit.runs, attribution.outcomes, audit.labels);
        benchmark::DoNotOptimize(attribution);
    }
}
BENCHMARK(screen_48_runs_10k)->Unit(benchmark::kMillisecond);

// The second half of it.
void evidence_48_runs_10k(benchmark::State& state) {
    const BenchAudit audit = audit_of("screen_48.yaml", 10'000);
    const std::vector<Outcome> outcomes = outcomes_of(audit.runs);
    for (auto _ : state) benchmark::DoNotOptimize(evidence_of(audit.plan, audit.runs, outcomes, audit.labels));
}
BENCHMARK(evidence_48_runs_10k)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
