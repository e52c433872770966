// The fingerprint of this environment, without and with the numeric libraries of the system loaded. Bar: 50 ms.
#include <benchmark/benchmark.h>
#include <sched.h>

#include "base/file.hpp"
#include "base/random.hpp"
#include "fingerprint/environment.hpp"
#include "fingerprint/observe.hpp"
#include "fingerprint/weights.hpp"

namespace assay {
namespace {

// The first call opens BLAS, oneDNN and OpenMP, and is the one that a person waits for; it happens once a process.
void open_libraries_once(benchmark::State& state) {
    for (auto _ : state) open_system_libraries();
}
BENCHMARK(open_libraries_once)->Iterations(1)->Unit(benchmark::kMillisecond);

void environment_of_this_process(benchmark::State& state) {
    open_system_libraries();
    for (auto _ : state) benchmark::DoNotOptimize(this_environment());
}
BENCHMARK(environment_of_this_process)->Unit(benchmark::kMillisecond);

void environment_document(benchmark::State& state) {
    const Fingerprint fingerprint = this_environment();
    for (auto _ : state) benchmark::DoNotOptimize(canonical_json(fingerprint_json(fingerprint)));
}
BENCHMARK(environment_document)->Unit(benchmark::kMicrosecond);

// A file of one tensor: two SHA-256 (of file and tensor) and one pass over the numbers.
void weights_of_64_mib(benchmark::State& state) {
    const std::size_t count = std::size_t{16} << 20;
    std::string header = R"({"w":{"dtype":"F32","shape":[)" + std::to_string(count) + R"(],"data_offsets":[0,)" +
                         std::to_string(count * 4) + "]}}";
    std::string file;
    for (int shift = 0; shift < 64; shift += 8) file += static_cast<char>(header.size() >> shift & 0xff);
    file += header;
    Random random(1, "bench.weights");
    for (std::size_t i = 0; i < count / 2; ++i) {
        const std::uint64_t bits = random.next() & 0x3f7fffff3f7fffff;  // finite floats
        file.append(reinterpret_cast<const char*>(&bits), 8);
    }
    for (auto _ : state) benchmark::DoNotOptimize(weights_fingerprint(read_weights(file, "w.safetensors")));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.size()));
}
BENCHMARK(weights_of_64_mib)->Unit(benchmark::kMillisecond);

// The digests of 16 tensors of 4 MiB, on so many cores: beside `openssl speed -bytes 16384 -evp sha256`.
void tensor_digests(benchmark::State& state) {
    cpu_set_t before, some;
    ::sched_getaffinity(0, sizeof before, &before);
    CPU_ZERO(&some);
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&some) < state.range(0); ++cpu)
        if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &some);
    ::sched_setaffinity(0, sizeof some, &some);
    const std::string bytes(std::size_t{64} << 20, 'x');
    std::vector<TensorView> tensors;
    for (std::size_t i = 0; i < 16; ++i)
        tensors.push_back({"t" + std::to_string(i),
                           "U8",
                           {std::size_t{4} << 20},
                           std::string_view(bytes).substr(i << 22, std::size_t{4} << 20)});
    for (auto _ : state) benchmark::DoNotOptimize(digests_of(tensors));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
    ::sched_setaffinity(0, sizeof before, &before);
}
BENCHMARK(tensor_digests)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
