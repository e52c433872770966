// Mean half squared distances between runs, by the set of factors in which two runs differ: the primitive from which
// every variance, share and amplification is computed.
//
//   T_u = mean of D2(r, s) / 2 over the pairs (r, s) that differ in exactly the factors u and agree in all others
//
// E T_u = sum of the variance components of all sets of factors that meet u: the total effect of u (Jansen, Analysis of
// variance designs for model output, Computer Physics Communications 1999). As an estimate from pairs it is unbiased
// also when cells are missing at random (Koch, A general approach to the estimation of variance components,
// Technometrics 1967). For vectors variance means the trace of the covariance (Gamboa, Janon, Klein and Lagnoux,
// Sensitivity analysis for multidimensional and functional outputs, Electronic Journal of Statistics 2014).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/symmetric.hpp"

namespace assay {

using FactorSet = std::uint32_t;  // bit k: factor k
inline constexpr std::size_t k_max_factors = 16;
inline constexpr std::size_t k_max_units = 1 << 16;

struct RunLevels {
    std::size_t n_factors = 0;
    std::vector<std::size_t> values;  // n_runs x n_factors, row-major

    std::size_t at(std::size_t run, std::size_t factor) const { return values[run * n_factors + factor]; }
};

// The factors in which two runs differ.
FactorSet differing_factors(const RunLevels& levels, std::size_t r, std::size_t s);

// A sum of distances in twice a double's precision, so that taking a part of it away leaves what the rest is: seeds
// whose runs differ by rounding alone stand beside seeds whose runs differ by 10^11 times as much.
struct PairSum {
    double high = 0, low = 0;
    std::size_t pairs = 0;

    void add(double distance);
    double total() const { return high + low; }
    // Precondition: `part` sums some of the same pairs, in the same order. Exactly 0 when the others are.
    PairSum without(const PairSum& part) const;
};

struct PairClass {
    FactorSet set = 0;  // the empty set: runs that agree in every factor, repeats
    PairSum all;
    std::vector<std::vector<PairSum>> touching;  // [unit set][unit]: the pairs of which a run belongs to the unit
};

struct PairClasses {
    std::size_t n_factors = 0;
    std::size_t n_unit_sets = 0;
    std::vector<PairClass> classes;  // those that have pairs, by ascending set

    const PairClass* find(FactorSet set) const;  // null: no pair
};

// d2: n x n squared distances, >= 0. levels: n x at most 16 factors. units[k][run]: the unit of each run in unit set k,
// numbered from 0 (a number without runs costs memory only): seeds, or blocks of seeds; there may be several sets, as
// with crossed seeds, or none. runs: the runs to use, in any order, none twice. Two runs of different blocks differ in
// all seed factors and make pairs like any others: give each block's seeds levels of their own. O(n^2 (factors + unit
// sets)).
PairClasses pair_classes(const Symmetric& d2, const RunLevels& levels, std::span<const std::vector<std::size_t>> units,
                         std::span<const std::size_t> runs);
PairClasses pair_classes(const Symmetric& d2, const RunLevels& levels,
                         std::span<const std::vector<std::size_t>> units = {});

// T_u of a sum; nothing without a pair.
std::optional<double> half_mean(const PairSum& sum);
// T_u; nothing when no pair differs in exactly `set`.
std::optional<double> pair_mean(const PairClasses& classes, FactorSet set);
// T_u without the runs of one unit; nothing when no pair is left. O(log classes).
std::optional<double> pair_mean_without(const PairClasses& classes, FactorSet set, std::size_t unit_set,
                                        std::size_t unit);

}  // namespace assay
