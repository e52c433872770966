// Squared distances between all pairs of runs, and the centred Gram matrix: what every analysis of a set of runs reads.
//
//   D2_rs = sum_i w_i 1/2 sum_c (sqrt p_ric - sqrt p_sic)^2        mean squared Hellinger distance, in [0, 1]
//
// with inputs i, classes c and weights w_i = 1/m unless others are given. It is the squared Euclidean distance between
// the runs' vectors of sqrt(w_i p_ric / 2) (Le Cam, Asymptotic Methods in Statistical Decision Theory, 1986, chapter
// 4), so sums of squares over runs decompose exactly.
//
// How it is computed. Square roots in double, less their mean over the runs, tile by tile; of these
// Z: G = Z Z', D2_rs = G_rr + G_ss - 2 G_rs. What that loses for runs that are nearly the same is computed again, from
//
//   sqrt p - sqrt q = (p - q) / (sqrt p + sqrt q)
//
// which cancels nothing: all pairs with D2_rs < 1e-6 median(D2), the median over pairs of runs with unequal identity;
// and, since half of all pairs may be near ones, all with D2_rs < 1e-6 (G_rr + G_ss): the loss is a few units of 1e-16
// of that sum.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "stats/symmetric.hpp"

namespace assay {

// Real: float or double.
template <class Real>
struct RunProbabilities {
    std::span<const Real> values;  // n_inputs x n_classes, row-major, finite; below zero (by rounding) counts as zero
    std::string_view identity;     // runs with the same identity, such as a digest of `values`, have the same values
};

struct DistanceOptions {
    std::span<const double> weights = {};     // one an input, not negative, sum 1 (within 1e-9); empty: 1/m each
    std::span<const std::size_t> folds = {};  // one an input, below n_folds; empty: no folds
    std::size_t n_folds = 0;
    unsigned threads = 1;
};

struct RunDistances {
    Symmetric d2{};
    // The parts of d2 that the inputs of each fold contribute: their sum over folds is d2. Empty without folds.
    std::vector<Symmetric> fold_d2;
    std::vector<double> fold_weight;  // sum of the inputs' weights: fold_d2[k] / fold_weight[k] is a mean over the fold
};

// n x n for n runs. Exactly 0 for runs with equal identity; else above 0, unless all values are equal or differ only in
// ways that a square in double cannot show. The result has the same bits for any number of threads, and for any order
// of the runs (they are worked on in the order of their identities). Threads: options.threads, while it runs.
// Memory beyond inputs and result: a tile of at most 32 MB (more only with over 4,096 runs), n^2 doubles for each fold
// (16 without folds). Time: n^2 F / 2 multiply-adds for F inputs times classes.
// Preconditions: runs of equal size, a multiple of n_classes > 0, not 0; options as stated; options.threads > 0.
// Throws Error E0103 when the machine has no BLAS.
RunDistances hellinger_distances(std::span<const RunProbabilities<float>> runs, std::size_t n_classes,
                                 const DistanceOptions& options = {});
RunDistances hellinger_distances(std::span<const RunProbabilities<double>> runs, std::size_t n_classes,
                                 const DistanceOptions& options = {});

// One number a run (accuracy, log loss): D2_rs = (x_r - x_s)^2, so that the mean of D2/2 over pairs is the variance of
// x. From here on a scalar is treated as probabilities are. Precondition: finite.
Symmetric scalar_distances(std::span<const double> values);

// G = -1/2 J D2 J with J = I - 11'/n: for distances of any origin (Gower, Some distance properties of latent root and
// vector methods used in multivariate analysis, Biometrika 1966, section 2; McArdle and Anderson, Fitting multivariate
// models to community data, Ecology 2001, equation 1). Rows sum to zero, the trace is the sum of D2 over pairs, over n.
Symmetric centred_gram(const Symmetric& d2);

}  // namespace assay
