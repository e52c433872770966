// Bytes: canonical JSON both ways, SHA-256, and the digests of one training step.
#include <benchmark/benchmark.h>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "design/design.hpp"
#include "spec/spec.hpp"

namespace assay {
namespace {

void count_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

std::vector<float> numbers(std::size_t size, std::string_view stream) {
    Random random(1, stream);
    std::vector<float> values(size);
    for (float& value : values) value = static_cast<float>(random.near_normal());
    return values;
}

// A document of the usual kind: the stored plan of 72 runs.
Json document() {
    const Json identity = Json::Object{{"kind", "synthetic"}, {"version", "0.1.0"}};
    return plan_json(make_plan(read_spec(ASSAY_SOURCE_DIR "/tests/bench/report_72.yaml"), identity));
}

void canonical_json_write(benchmark::State& state) {
    const Json json = document();
    for (auto _ : state) benchmark::DoNotOptimize(canonical_json(json));
    count_bytes(state, canonical_json(json).size());
}
BENCHMARK(canonical_json_write);

void canonical_json_parse(benchmark::State& state) {
    const std::string text = canonical_json(document());
    for (auto _ : state) benchmark::DoNotOptimize(parse_json(text, "bench"));
    count_bytes(state, text.size());
}
BENCHMARK(canonical_json_parse);

void sha256_of(benchmark::State& state) {
    const std::vector<float> values = numbers(static_cast<std::size_t>(state.range(0)) / sizeof(float), "bench.sha256");
    for (auto _ : state) benchmark::DoNotOptimize(sha256_hex(std::as_bytes(std::span(values))));
    count_bytes(state, values.size() * sizeof(float));
}
BENCHMARK(sha256_of)->Arg(80'000)->Arg(1 << 20);

// What assay-torch digests after each step of the audit origin_learning_rate: the weights of 784-64-10, both moments
// of Adam, the indices of a batch of 32, no keys. As StepDigests in harness/torch/train.cpp, without libtorch.
void step_digests_dense64(benchmark::State& state) {
    constexpr std::size_t k_weights = 784 * 64 + 64 + 64 * 10 + 10;
    const std::vector<float> weights = numbers(k_weights, "bench.weights"), first = numbers(k_weights, "bench.first"),
                             second = numbers(k_weights, "bench.second");
    const std::vector<std::int64_t> batch = Random(1, "bench.batch").permutation(32);
    Xxh3 hash;
    const auto row = [&](std::initializer_list<const std::vector<float>*> parts) {
        hash.reset();
        for (const std::vector<float>* part : parts) hash.update(part->data(), part->size() * sizeof(float));
        benchmark::DoNotOptimize(hash.digest());
    };
    for (auto _ : state) {
        row({&weights});
        row({&first, &second});
        hash.reset();
        benchmark::DoNotOptimize(hash.update(batch.data(), batch.size() * sizeof(std::int64_t)).digest());
        row({});
    }
    count_bytes(state, 3 * k_weights * sizeof(float) + batch.size() * sizeof(std::int64_t));
}
BENCHMARK(step_digests_dense64)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace assay
