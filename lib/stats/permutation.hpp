// Exact tests of a factor by permutation, with seeds as the experimental units.
//
// The labels of the runs decide everything: with the same seeds at every level, levels change places inside each seed,
// all other factors moving along, and the denominator is factor x seed; with seeds of its own at each level, the runs
// of a seed are averaged first, whole seeds change places, and the statistic is F2 (f2.hpp). There is no way to ask for
// another unit or another denominator: runs permuted as if they were independent reject a true hypothesis in up to 100%
// of audits (Anderson and ter Braak, Permutation tests for multi-factorial analysis of variance, Journal of Statistical
// Computation and Simulation 2003, section 3: the exchangeable units are those of the denominator of F).
//
//   SS_A = 1/S sum_l || sum_s (x_ls - mean_l x_ls) ||^2,  SS_AS = sum_ls || x_ls - mean_l x_ls ||^2 - SS_A,
//   F = (SS_A / (a - 1)) / (SS_AS / ((a - 1)(S - 1)))
//
// with x_ls the mean of the runs of seed s at level l (McArdle and Anderson, Fitting multivariate models to community
// data, Ecology 2001: sums of squares from distances alone). The sum of both is the same for every arrangement, so F
// orders arrangements as SS_A does. Two levels: sign flips of the difference of each seed, exact also when the factor
// acts but differences are symmetric about 0.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "stats/exchange.hpp"
#include "stats/p_value.hpp"
#include "stats/symmetric.hpp"

namespace assay {

// Sums of squares are on the scale of runs: of slab means, times the (harmonic mean) number of runs in a slab.
struct PermutationTest {
    std::string untested;  // why there is no test; empty: there is one
    std::string code;      // the same as of Exchange
    bool nested = false;   // every level has seeds of its own
    std::size_t levels = 0, seeds = 0, seeds_left_out = 0, runs = 0;
    double ss_effect = 0, ss_total = 0;
    std::optional<double> ss_error;  // factor x seed; nothing with nested seeds, where F2 weighs the groups instead
    std::size_t df_effect = 0, df_error = 0;
    std::optional<double> f;  // nothing when infinite, or when nothing differs beyond rounding
    bool f_infinite = false;  // the same difference in every seed
    std::optional<PValue> p;

    double r2() const { return ss_total > 0 ? ss_effect / ss_total : 0; }
};

// The main effect of `level`. d2: squared distances between runs (Euclidean ones: squared Hellinger, Brier), runs:
// those to compare, in any order. Seeds that lack a cell are left out and counted.
PermutationTest test_factor(const Symmetric& d2, std::span<const FactorRun> runs, const PermutationOptions& options);

// The interaction of `level` and `other`, two levels each, seeds shared: sign flips of 11 - 12 - 21 + 22 of each seed,
// exact when that contrast is symmetric about 0. Exploratory.
PermutationTest test_interaction(const Symmetric& d2, std::span<const FactorRun> runs,
                                 const PermutationOptions& options);

}  // namespace assay
