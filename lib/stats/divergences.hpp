// Distances between runs that are reported beside the squared Hellinger distance, which the tests use.
//
//   total variation   mean over inputs of 1/2 sum_c |p - q|                     in [0, 1]
//   Jensen-Shannon    mean of 1/2 sum_c (p log2(p/a) + q log2(q/a)), a = (p+q)/2   in [0, 1] (bits)
//   Brier             mean of sum_c (p - q)^2                                   in [0, 2]
//   churn             share of inputs whose labels differ                       in [0, 1]
//
// Jensen-Shannon: Lin, Divergence measures based on the Shannon entropy, IEEE Transactions on Information Theory 1991,
// equation 4.1 with equal weights; Brier: Brier, Verification of forecasts expressed in terms of probability, Monthly
// Weather Review 1950, equation 2, with q in place of the outcome; churn: Fard, Cormier, Canini and Gupta, Launch and
// iterate: reducing prediction churn, NIPS 2016, section 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "stats/symmetric.hpp"

namespace assay {

struct Divergence {
    double total_variation = 0;
    double jensen_shannon = 0;
    double brier = 0;
};

// p, q: n_inputs x n_classes, row-major, finite; below zero counts as zero. weights: one an input, sum 1; empty: 1/m
// each. With y = (p - q)/(p + q) a class gives (p + q)/4 ((1+y) log2(1+y) + (1-y) log2(1-y)), near y = 0 by its series:
// right to about 1e-14 of the value also where p and q nearly agree, and exactly 0 only where they do.
// Preconditions: equal sizes, a multiple of n_classes > 0, not 0.
Divergence divergence_between(std::span<const float> p, std::span<const float> q, std::size_t n_classes,
                              std::span<const double> weights = {});

using RunPair = std::pair<std::size_t, std::size_t>;

// (0,1), (0,2), ... (0,n-1), (1,2), ...
std::vector<RunPair> all_pairs(std::size_t n_runs);

// The same for a list of pairs of runs, in its order. The bits do not depend on `threads` (> 0). About 20 ns for each
// pair, input and class, nearly all of it logarithms: for large n_inputs choose the pairs that are shown.
std::vector<Divergence> divergences_between(std::span<const std::span<const float>> runs,
                                            std::span<const RunPair> pairs, std::size_t n_classes,
                                            std::span<const double> weights = {}, unsigned threads = 1);

// The answer to each input (answer_of, stats/distance.hpp): the most probable class. Precondition: 0 < n_classes <=
// 65,536 and a divisor of p.size().
std::vector<std::uint16_t> most_probable(std::span<const float> p, std::size_t n_classes, double threshold = 0.5);

// The share, by weight, of inputs whose labels differ; without weights it is a count over m, rounded once.
// Preconditions: equal sizes, not 0; weights as above.
double label_churn(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                   std::span<const double> weights = {});

// Churn between all pairs of runs. The bits do not depend on `threads` (> 0).
Symmetric label_churn(std::span<const std::span<const std::uint16_t>> runs, std::span<const double> weights = {},
                      unsigned threads = 1);

}  // namespace assay
