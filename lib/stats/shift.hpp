// How far two levels lie apart systematically: the squared distance of their means, free of the noise of seeds.
//
//   W_st = <x_as - x_bs, x_at - x_bt> = 1/2 (D2[as,bt] + D2[bs,at] - D2[as,at] - D2[bs,bt])
//   shift2(a, b) = mean of W_st over pairs of seeds that share nothing
//
// E W_st = ||mu_a - mu_b||^2 for independent s and t, so the mean is unbiased (a U-statistic: Hoeffding, A class of
// statistics with asymptotically normal distribution, Annals of Mathematical Statistics 1948) and may be negative.
// kappa = shift2 / V_a, with V_a the variance between seeds at level a: the systematic change in units of seed
// variance. Both intervals are delete-one-unit jackknives on the scale itself.
//
// Where each level has seeds of its own, two groups of independent rows are compared instead:
//
//   shift2(a, b) = mean of D2[as,bt] over all s, t - V_a - V_b,  V_g = mean of D2[gs,gt] / 2 over pairs s < t
//
// E D2[as,bt] = ||mu_a - mu_b||^2 + V_a + V_b, so this is unbiased as well; the jackknife leaves out a seed of either
// group, and the variances of both groups add up.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "stats/jackknife.hpp"
#include "stats/symmetric.hpp"

namespace assay {

// The seeds of a comparison, one entry a seed (a combination of seed streams, where several vary).
struct SeedUnits {
    std::vector<std::vector<std::size_t>> streams;  // [stream][seed]: two seeds are independent when all differ
    std::vector<std::vector<std::size_t>> units;    // [unit set][seed]: what the jackknife leaves out, from 0
};

struct Shift {
    std::optional<double> value;                // shift2; nothing without two independent seeds
    std::optional<JackknifeInterval> interval;  // on the scale itself; nothing with fewer than `min_units`
    std::optional<double> variance;             // V_a, over pairs of independent seeds
    std::optional<double> kappa;                // nothing where V_a is 0 or unknown
    std::optional<JackknifeInterval> kappa_interval;
};

// d2: squared distances between slabs, row s * levels + l for seed s at level l (stats/exchange.hpp). Preconditions:
// d2.n = levels x seeds, a and b below levels; streams and units have an entry for each seed. O(seeds^2 x units).
Shift shift_between(const Symmetric& d2, std::size_t levels, std::size_t a, std::size_t b, const SeedUnits& seeds,
                    std::size_t min_units);

// a, b: rows of d2, whole seeds each. Nothing is known with fewer than 2 rows in either; no interval with fewer than
// `min_units`. O((a + b)^2 x units).
Shift shift_between_groups(const Symmetric& d2, std::span<const std::size_t> a, std::span<const std::size_t> b,
                           std::size_t min_units);

}  // namespace assay
