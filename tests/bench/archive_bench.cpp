// The archive's codecs beside memory copies, zstd and blosc: archive.md, section 13. On the weights of real trainings:
// $ASSAY_BENCH_WEIGHTS is a folder of .safetensors files, which tests/bench/archive.py makes; without it, numbers that
// are distributed as weights are.
#include <benchmark/benchmark.h>
#ifdef ASSAY_BENCH_BLOSC
#include <blosc.h>
#endif
#include <zstd.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "archive/dsse.hpp"
#include "archive/packed.hpp"
#include "archive/planes.hpp"
#include "archive/planes_file.hpp"
#include "archive/store.hpp"
#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "lib/archive/made_run.hpp"
#include "support/test_keys.hpp"

namespace assay {
namespace {

// More than the caches hold: a copy of less would be measured against them and not against memory.
constexpr std::size_t k_corpus_bytes = std::size_t{96} << 20;

// Of each file the numbers, as one tensor: what one run stores.
std::vector<std::string> read_weights_folder(const char* folder) {
    std::vector<std::string> runs;
    for (const std::string& name : list_directory(folder)) {
        if (!name.ends_with(".safetensors")) continue;
        const std::string file = read_file(std::filesystem::path(folder) / name);
        std::string bytes;
        for (const TensorView& tensor : view_safetensors(file)) {
            if (tensor.dtype == "F32") bytes += tensor.bytes;
        }
        runs.push_back(std::move(bytes));
    }
    return runs;
}

std::vector<std::string> made_weights() {
    Random random(1, "bench.archive");
    std::vector<std::string> runs(16);
    for (std::string& bytes : runs) {
        while (bytes.size() < std::size_t{1} << 20) {
            const auto value = static_cast<float>(random.near_normal() * 0.05);
            bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        }
    }
    return runs;
}

const std::vector<std::string>& weights_of_runs() {
    static const std::vector<std::string> k_runs = [] {
        const char* const folder = std::getenv("ASSAY_BENCH_WEIGHTS");
        return folder == nullptr ? made_weights() : read_weights_folder(folder);
    }();
    return k_runs;
}

// For speed alone: the same runs again and again, a tensor each, further apart than any window of our codec; and all of
// that as one tensor.
const std::string& corpus() {
    static const std::string k_corpus = [] {
        std::string bytes;
        while (bytes.size() < k_corpus_bytes) {
            for (const std::string& run : weights_of_runs()) bytes += run;
        }
        return bytes;
    }();
    return k_corpus;
}
std::vector<TensorView> tensors_of_corpus(const std::string& bytes, const std::string& dtype, bool as_one) {
    const std::size_t width = dtype_bytes(dtype).value();
    if (as_one) return {{"w", dtype, {bytes.size() / width}, bytes}};
    std::vector<TensorView> tensors;
    for (std::size_t at = 0, i = 0; at < bytes.size(); ++i) {
        const std::size_t size = weights_of_runs()[i % weights_of_runs().size()].size() / 4 * width;
        tensors.push_back({"w" + std::to_string(i), dtype, {size / width}, std::string_view(bytes).substr(at, size)});
        at += size;
    }
    return tensors;
}

// The same numbers in fewer bits: the upper half of each, and the nearest half-precision number (normal ones only).
std::string as_bf16(const std::string& f32) {
    std::string bytes;
    for (std::size_t at = 0; at + 4 <= f32.size(); at += 4) bytes.append(f32, at + 2, 2);
    return bytes;
}
std::string as_f16(const std::string& f32) {
    std::string bytes;
    for (std::size_t at = 0; at + 4 <= f32.size(); at += 4) {
        float value = 0;
        std::memcpy(&value, f32.data() + at, 4);
        int exponent = 0;
        const float fraction = std::frexp(std::fabs(value), &exponent);
        const int biased = exponent + 14;
        const auto mantissa = static_cast<int>(std::lround(std::ldexp(fraction, 11))) - 1024;
        const int bits = value == 0 || biased <= 0 ? 0 : (biased << 10) + mantissa;
        const auto half = static_cast<std::uint16_t>(bits | (std::signbit(value) ? 0x8000 : 0));
        bytes.append(reinterpret_cast<const char*>(&half), sizeof half);
    }
    return bytes;
}

std::string as_dtype(const std::string& f32, const std::string& dtype) {
    return dtype == "F32" ? f32 : dtype == "BF16" ? as_bf16(f32) : as_f16(f32);
}
const std::string& corpus_as(const std::string& dtype) {
    static const std::string k_bf16 = as_bf16(corpus()), k_f16 = as_f16(corpus());
    return dtype == "F32" ? corpus() : dtype == "BF16" ? k_bf16 : k_f16;
}

// The bits that bytes take by their frequencies alone, summed over the planes: no coder of planes gets below it.
double floor_bytes(const std::string& planes, const PlaneTensor& tensor) {
    double bits = 0;
    for (std::uint64_t plane = 0; plane < tensor.width; ++plane) {
        std::array<double, 256> counts{};
        for (std::uint64_t i = 0; i < tensor.elements; ++i)
            counts[static_cast<unsigned char>(planes[tensor.offset + plane * tensor.elements + i])] += 1;
        for (const double n : counts) bits -= n > 0 ? n * std::log2(n / static_cast<double>(tensor.elements)) : 0;
    }
    return bits / 8;
}

void count(benchmark::State& state, std::size_t bytes, std::size_t stored = 0) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
    if (stored > 0) state.counters["ratio"] = static_cast<double>(bytes) / static_cast<double>(stored);
}

TensorView tensor_of(const std::string& bytes, const std::string& dtype) {
    return {"w", dtype, {bytes.size() / dtype_bytes(dtype).value()}, bytes};
}

void memory_copy(benchmark::State& state) {
    std::string copy(corpus().size(), '\0');
    for (auto _ : state) {
        std::memcpy(copy.data(), corpus().data(), copy.size());
        benchmark::ClobberMemory();
    }
    count(state, copy.size());
}
BENCHMARK(memory_copy)->Name("archive/memcpy");

// Every run's weights as the object that it stores, beside the least that its planes allow.
void count_ratio(benchmark::State& state, const std::string& dtype) {
    double plain = 0, stored = 0, floor = 0;
    for (const std::string& run : weights_of_runs()) {
        const std::string bytes = as_dtype(run, dtype);
        const std::string planes = write_planes({tensor_of(bytes, dtype)});
        plain += static_cast<double>(bytes.size());
        stored += static_cast<double>(encode_object(planes, planes_stretches(planes)).size());
        floor += floor_bytes(planes, read_planes_header(planes).front());
    }
    state.counters["ratio"] = plain / stored;
    state.counters["of_floor"] = floor / stored;
}

void encode(benchmark::State& state, const std::string& dtype, bool as_one) {
    const std::string& bytes = corpus_as(dtype);
    const std::vector<TensorView> tensors = tensors_of_corpus(bytes, dtype, as_one);
    std::string object;
    ObjectEncoder encoder;
    for (auto _ : state) {
        object.clear();
        PlanesWriter planes(tensors);
        encoder.encode([&](std::uint64_t offset, std::size_t size) { return planes.at(offset, size); },
                       planes.stretches(), [&](std::string_view frame) { object += frame; });
    }
    count(state, bytes.size());
    if (!as_one) count_ratio(state, dtype);
}
BENCHMARK_CAPTURE(encode, F32, "F32", false)->Name("archive/encode/F32");
BENCHMARK_CAPTURE(encode, BF16, "BF16", false)->Name("archive/encode/BF16");
BENCHMARK_CAPTURE(encode, F16, "F16", false)->Name("archive/encode/F16");
BENCHMARK_CAPTURE(encode, F32_one, "F32", true)->Name("archive/encode_one_tensor/F32");

void decode(benchmark::State& state, const std::string& dtype, bool as_one) {
    const std::string& bytes = corpus_as(dtype);
    const std::string planes = write_planes(tensors_of_corpus(bytes, dtype, as_one));
    const std::string object = encode_object(planes, planes_stretches(planes));
    const std::vector<PlaneTensor> tensors = read_planes_header(planes);
    std::string floats;
    for (auto _ : state) {
        ObjectReader reader("bench", object);
        floats.clear();
        for (const PlaneTensor& tensor : tensors) {
            each_piece_of_tensor(
                tensor, [&](std::uint64_t offset, std::span<char> into) { reader.read(offset, into); },
                [&](std::string_view piece) { floats += piece; });
        }
    }
    if (floats.size() != bytes.size()) state.SkipWithError("other numbers came back");
    count(state, bytes.size());
}
BENCHMARK_CAPTURE(decode, F32, "F32", false)->Name("archive/decode/F32");
BENCHMARK_CAPTURE(decode, BF16, "BF16", false)->Name("archive/decode/BF16");
BENCHMARK_CAPTURE(decode, F32_one, "F32", true)->Name("archive/decode_one_tensor/F32");

// The weights of each run by themselves, which any one of them can be read from, or of all runs at once.
enum class Unit { run, all };
std::vector<std::string> peer_corpus(const std::string& dtype, Unit unit) {
    std::vector<std::string> parts;
    for (const std::string& run : weights_of_runs()) {
        if (unit == Unit::run || parts.empty()) parts.emplace_back();
        parts.back() += as_dtype(run, dtype);
    }
    return parts;
}

void zstd(benchmark::State& state, int level, const std::string& dtype, Unit unit) {
    const std::vector<std::string> parts = peer_corpus(dtype, unit);
    std::size_t plain = 0, stored = 0;
    std::string out;
    for (auto _ : state) {
        plain = stored = 0;
        for (const std::string& part : parts) {
            out.resize(ZSTD_compressBound(part.size()));
            plain += part.size();
            stored += ZSTD_compress(out.data(), out.size(), part.data(), part.size(), level);
        }
    }
    count(state, plain, stored);
}
BENCHMARK_CAPTURE(zstd, f3, 3, "F32", Unit::run)->Name("peer/zstd-3/F32");
BENCHMARK_CAPTURE(zstd, f19, 19, "F32", Unit::run)->Name("peer/zstd-19/F32")->Iterations(1);
BENCHMARK_CAPTURE(zstd, b19, 19, "BF16", Unit::run)->Name("peer/zstd-19/BF16")->Iterations(1);
BENCHMARK_CAPTURE(zstd, f19a, 19, "F32", Unit::all)->Name("peer/zstd-19-all-runs/F32")->Iterations(1);
BENCHMARK_CAPTURE(zstd, b19a, 19, "BF16", Unit::all)->Name("peer/zstd-19-all-runs/BF16")->Iterations(1);

#ifdef ASSAY_BENCH_BLOSC
void blosc(benchmark::State& state, int level, int shuffle) {
    const std::vector<std::string> parts = peer_corpus("F32", Unit::run);
    std::size_t plain = 0, stored = 0;
    std::string out;
    for (auto _ : state) {
        plain = stored = 0;
        for (const std::string& part : parts) {
            out.resize(part.size() + BLOSC_MAX_OVERHEAD);
            plain += part.size();
            stored += static_cast<std::size_t>(
                blosc_compress_ctx(level, shuffle, 4, part.size(), part.data(), out.data(), out.size(), "zstd", 0, 1));
        }
    }
    count(state, plain, stored);
}
BENCHMARK_CAPTURE(blosc, shuffle, 5, BLOSC_SHUFFLE)->Name("peer/blosc-shuffle-zstd-5/F32")->Iterations(3);
BENCHMARK_CAPTURE(blosc, bitshuffle, 5, BLOSC_BITSHUFFLE)->Name("peer/blosc-bitshuffle-zstd-5/F32")->Iterations(3);
#endif

const std::string& corpus_file() {
    static const std::string k_file = write_safetensors(tensors_of_corpus(corpus(), "F32", false));
    return k_file;
}

// What put_object does before it touches the disk: the name, the sample, planes, frames, both digests.
void ingest(benchmark::State& state) {
    for (auto _ : state) {
        benchmark::DoNotOptimize(sha256_hex(corpus_file()));
        std::uint64_t stored = 0;
        packing_of(corpus_file()).write([&](std::string_view frame) { stored += frame.size(); });
        benchmark::DoNotOptimize(stored);
    }
    count(state, corpus_file().size());
}
BENCHMARK(ingest)->Name("archive/ingest");

enum class Level { stored, deep, tables };  // tables: each tensor against the manifest's digest of it, too
void verify(benchmark::State& state, Level level) {
    const Packed packed = pack_object(corpus_file());
    const StoredObject stored{packed.form, "bench", memory_window(packed.bytes)};
    const MemberRef member{sha256_hex(corpus_file()), corpus_file().size()};
    const TableRoots tables = {tensor_table_root(read_safetensors(corpus_file()))};
    for (auto _ : state) {
        if (level == Level::stored) check_stored(stored, {});
        if (level == Level::deep) check_content(stored, member, {});
        if (level == Level::tables) check_content(stored, member, {}, tables);
    }
    count(state, corpus_file().size());
}
BENCHMARK_CAPTURE(verify, deep, Level::deep)->Name("archive/verify_deep");
BENCHMARK_CAPTURE(verify, tables, Level::tables)->Name("archive/verify_deep_and_tensors");
BENCHMARK_CAPTURE(verify, stored, Level::stored)->Name("archive/scrub");

// Durable runs of one new object each; and of none, as a replay that gave the same bits.
void commit(benchmark::State& state, bool replica) {
    const TemporaryDirectory folder;
    Store store = Store::open_or_create(folder.path() / "s");
    int i = 0;
    testing::make_run(store, "the first");
    RunRecord record = store.get_run(store.list_runs()[0]).record;
    for (auto _ : state) {
        record.started = std::to_string(++i);
        if (!replica) record.members["predictions.npy"] = store.put_object(testing::made_answers(record.started));
        store.put_run(record);
    }
}
BENCHMARK_CAPTURE(commit, fresh, false)->Name("archive/commit/new")->UseRealTime()->Iterations(100);
BENCHMARK_CAPTURE(commit, replica, true)->Name("archive/commit/replica")->UseRealTime()->Iterations(100);

void sign(benchmark::State& state) {
    const PrivateKey key = PrivateKey::from_bytes(testing::k_test_key, "bench");
    const Statement statement = run_seal({std::string(64, 'a')});
    for (auto _ : state) benchmark::DoNotOptimize(sign_statement(statement, key));
}
BENCHMARK(sign)->Name("archive/sign");

void verify_signature(benchmark::State& state) {
    const PrivateKey key = PrivateKey::from_bytes(testing::k_test_key, "bench");
    const std::string envelope = sign_statement(run_seal({std::string(64, 'a')}), key);
    const std::array keys = {key.public_key()};
    for (auto _ : state) benchmark::DoNotOptimize(verify_envelope(envelope, keys, "bench"));
}
BENCHMARK(verify_signature)->Name("archive/verify_signature");

}  // namespace
}  // namespace assay
