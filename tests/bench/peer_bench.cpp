// The figures that adonis2.R and permanova.py measure with other programs, by ours, on the same numbers.
//
//   peer_bench FOLDER    writes FOLDER/d2.f64 (100 x 100 squared distances), runs.f32 (100 x 1,000,000 answers) where
//   they
//                        are missing, gram.f64 (what is made of the answers), and one JSON line: F, p and cpu_s of
//                        9,999 arrangements of 4 levels, "one_way" and "blocked" by 25 seeds; cpu_s of the "gram"
//
// One thread. cpu_s is processor time: a busy machine stretches the wall, and hardly this.
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "bench/made_runs.hpp"
#include "stats/anova.hpp"
#include "stats/permutation.hpp"

namespace assay {
namespace {

constexpr std::size_t k_runs = 100, k_levels = 4, k_inputs = 100'000;
const PermutationOptions k_options{.seed = 1, .stream = "bench", .alpha = 1e-9, .draws = 9'999, .threads = 1};

template <class Work>
double processor_s(const Work& work) {
    timespec before{}, after{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    work();
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    return static_cast<double>(after.tv_sec - before.tv_sec) +
           1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec);
}

template <class Number>
void append(std::string& bytes, const std::vector<Number>& values) {
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number));
}

Json tested(double f, const PValue& p, double cpu_s) {
    return Json::Object{{"f", f}, {"p", p.value}, {"cpu_s", cpu_s}};
}

Json one_way(const Symmetric& d2) {
    std::vector<std::size_t> group;
    for (std::size_t r = 0; r < k_runs; ++r) group.push_back(r % k_levels);
    OneWayPermanova found;
    const double cpu_s = processor_s([&] { found = one_way_permanova(d2, group, k_options); });
    return tested(found.table.f.value(), found.p, cpu_s);
}

Json blocked(const Symmetric& d2) {
    std::vector<FactorRun> runs;
    for (std::size_t r = 0; r < k_runs; ++r) runs.push_back({r, r % k_levels, r / k_levels, 0});
    PermutationTest found;
    const double cpu_s = processor_s([&] { found = test_factor(d2, runs, k_options); });
    return tested(found.f.value(), found.p.value(), cpu_s);
}

Json gram(const MadeRuns& made, const std::filesystem::path& folder) {
    const std::vector<RunProbabilities<float>> runs = made.view();
    RunDistances found;
    const double cpu_s = processor_s([&] { found = hellinger_distances(runs, k_made_classes); });
    std::string bytes;
    append(bytes, found.d2.values);
    write_file_atomic(folder / "gram.f64", bytes);
    return Json::Object{{"cpu_s", cpu_s}};
}

void measure(const std::filesystem::path& folder) {
    make_directories(folder);
    const Symmetric d2 = made_distances(k_runs);
    const MadeRuns made = make_runs(k_runs, k_inputs);
    if (!std::filesystem::exists(folder / "runs.f32")) {
        std::string distances, answers;
        append(distances, d2.values);
        for (const std::vector<float>& run : made.values) append(answers, run);
        write_file_atomic(folder / "d2.f64", distances);
        write_file_atomic(folder / "runs.f32", answers);
    }
    const Json line = Json::Object{{"one_way", one_way(d2)}, {"blocked", blocked(d2)}, {"gram", gram(made, folder)}};
    std::puts(canonical_json(line).c_str());
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: peer_bench FOLDER\n", stderr);
        return 2;
    }
    try {
        assay::measure(argv[1]);
        return 0;
    } catch (const assay::Error& error) {
        std::fputs(assay::format_error(error).c_str(), stderr);
        return static_cast<int>(error.exit());
    }
}
