// How a permutation p-value is counted.
//
// At most k_all_arrangements distinct arrangements: all of them, p = count / total, the observed one included. More: B
// random ones and the observed one, p = (b + 1) / (B + 1) (Phipson and Smyth, Permutation p-values should never be
// zero, Statistical Applications in Genetics and Molecular Biology 2010, equation 2). A random p whose Clopper-Pearson
// 99% interval holds alpha is drawn on, tenfold, up to a million.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace assay {

constexpr std::uint64_t k_all_arrangements = 131'072;

struct PermutationOptions {
    std::uint64_t seed = 0;   // the audit's
    std::string stream = "";  // what is tested: tests of different names share no draws
    double alpha = 0.05;      // the level at which the test decides
    std::uint64_t draws = 9'999;
    std::size_t threads = 1;  // changes no digit of any result
};

struct PValue {
    double value = 1;
    std::uint64_t count = 0;  // arrangements at least as extreme as the observed one, which is one of them
    std::uint64_t total = 0;
    bool exhaustive = false;  // every distinct arrangement was looked at
    double smallest = 1;      // the smallest p that this test could have given
};

PValue exhaustive_p(std::uint64_t count, std::uint64_t total);

// count(begin, end): how many of the random arrangements begin .. end-1 are at least as extreme as the observed one.
// Called from `threads` threads at once; must depend on the numbers alone.
using CountDraws = std::function<std::uint64_t(std::uint64_t begin, std::uint64_t end)>;
PValue random_p(const PermutationOptions& options, const CountDraws& count);

// Ties: an arrangement counts as at least as extreme when it misses the observed sum of squares by rounding alone,
// 1e-10 of itself and 1e-12 of all squares.
constexpr double k_tie_relative = 1e-10;
constexpr double k_tie_absolute = 1e-12;

}  // namespace assay
