// How far candidate runs are from baseline runs, in units of how far baseline runs are from each other.
//
//   R = mean d(c, b) / mean d(b, b'),  c a candidate, b and b' baseline runs, no pair with equal seeds
//
// R = 1: a fresh candidate differs from a fresh baseline as two baseline retrains do. For squared Euclidean distances
// R = (V_b + V_c + shift^2) / (2 V_b): both a systematic shift and a wider spread raise it. Intervals are
// delete-one-seed jackknife on the logarithmic scale (stats/jackknife.hpp): with the same seeds on both sides both runs
// of a seed leave together, S - 1 degrees of freedom; with separate seeds the variances of the sides add up, min(n_b,
// n_c) - 1.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/bound.hpp"
#include "stats/symmetric.hpp"

namespace assay {

// Fewer seeds on a side than this give a ratio but no interval.
inline constexpr std::size_t k_min_excess_seeds = 4;
// Where one seed dominates (stats/jackknife.hpp) the standard error is this many times the jackknife's: half of a
// variance that one seed carries is known as from two or three seeds, not S - 1. Chosen after the calibration was seen:
// runs that now and then lie far out passed at the margin in 10% to 11% of audits (tests/calibration/README.md, B8).
inline constexpr double k_dominated_widening = 2;

struct Excess {
    std::optional<double> ratio;     // nothing without two baseline runs, or where they are all alike
    std::optional<Located> located;  // its standard error; nothing with fewer than k_min_excess_seeds on a side
    bool one_seed_dominates = false;
    std::size_t dominating = 0;  // index into `baseline`, or, past it, into `candidate`
    // The two faces of R, same scale as d2: V_c / V_b, and shift^2 / V_b (unbiased, may be negative).
    std::optional<double> spread_ratio, shift;
};

// d2: n x n. baseline, candidate: rows, one a seed. paired: baseline[i] and candidate[i] have seed i; else no seed of
// one side is in the other. Precondition: paired sides are of equal size.
Excess excess_distance(const Symmetric& d2, std::span<const std::size_t> baseline,
                       std::span<const std::size_t> candidate, bool paired);

}  // namespace assay
