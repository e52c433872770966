// Several tests at once, and whether a test can reach its threshold at all.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace assay {

// Adjusted p-values in the order given: reject where the adjusted value is at most alpha.
// Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 1979: keeps the
// chance of any false rejection at alpha, whatever the dependence. Confirmatory families. Precondition: 0 <= p <= 1.
std::vector<double> holm(std::span<const double> p);
// Benjamini and Hochberg, Controlling the false discovery rate, Journal of the Royal Statistical Society B 1995.
// Exploratory families.
std::vector<double> benjamini_hochberg(std::span<const double> p);

// The smallest p that an exact test can give is 1 / (number of distinct arrangements).
double smallest_p_shared_seeds(std::size_t levels, std::size_t seeds);  // 1 / (levels!)^(seeds - 1)
double smallest_p_groups(std::span<const std::size_t> sizes);           // groups of one size are interchangeable
double smallest_p_one_candidate(std::size_t baseline_runs);             // 1 / (baseline_runs + 1)

// Decided before anything runs: with `tests` tests in the family, Holm rejects one only if a p is at most alpha /
// tests.
struct Reach {
    bool testable = false;
    double smallest_p = 1;
    std::size_t need = 0;  // the smallest number of seeds (or units of each group) that is enough
};
// The same `seeds` at each of `levels` levels. Preconditions, here and below: 0 < alpha < 1, tests > 0, levels >= 2.
Reach reach_shared_seeds(std::size_t levels, std::size_t seeds, double alpha, std::size_t tests);
// Levels with seeds (or units) of their own, `sizes` of them; need: of each level, if all have the same number.
Reach reach_groups(std::span<const std::size_t> sizes, double alpha, std::size_t tests);

}  // namespace assay
