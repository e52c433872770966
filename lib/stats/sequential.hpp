// Stopping early without cheating: the t e-process.
//
// x_1, x_2, ...: paired differences candidate - baseline, larger is worse, margin delta. After n of them
//   t_pass = (delta - mean) / (sd / sqrt n),  t_fail = -t_pass,
//   e_n(t) = mean over theta of Lambda(t; n-1, theta sqrt n),  theta in {.35, .5, .7, 1, 1.4, 2, 2.8},
//   Lambda(t; nu, d) = I(d) / I(0),  I(d) = int_0^inf s^nu exp(-nu s^2/2) exp(-(t s - d)^2/2) ds,
// the ratio of noncentral to central t densities: the invariant likelihood ratio of "mean = theta sd" against "mean =
// 0" (Lai, On confidence sequences, Annals of Statistics 1976; Wang and Ramdas, Anytime-valid t-tests and confidence
// sequences for Gaussian means with unknown variance, arXiv 2310.03722). By Ville's inequality the probability
// that e_n(t_pass) ever reaches 1/alpha is at most alpha when the true mean is delta, whatever the sd: look as often
// as you like. Holds for Gaussian differences; with |skewness| > 1 use a fixed number of runs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace assay {

// log e_n(t). t may be infinite (no variance). Precondition: n >= 2, t is a number.
double t_log_e_value(double t, std::size_t n);

struct SequentialLook {
    std::size_t n = 0;
    double mean = 0;
    double sd = 0;
    double log_e_pass = 0, log_e_fail = 0;  // 0, no evidence, when every difference equals the margin to the last bit
};

enum class SequentialDecision { pass, fail, undecided };

struct SequentialResult {
    SequentialDecision decision = SequentialDecision::undecided;
    std::size_t decided_at = 0;         // the first n whose e-value reached 1/alpha; 0: undecided
    std::vector<SequentialLook> looks;  // n = 2, 3, ..., all of them, also after the decision
    std::optional<double> skewness;     // of all differences, adjusted G1 (Joanes and Gill, The Statistician 1998);
                                        // nothing with fewer than 3 or no variance
};

// A decision stands from its first look on. `step`: the smallest change that a difference can show (one input); equal
// differences are then taken for such in which one of them is a step away, so that a few that are equal decide nothing.
// It only makes e-values of a decision smaller. Preconditions: all numbers finite, 0 < alpha < 1, step >= 0.
SequentialResult sequential_t(std::span<const double> differences, double margin, double alpha = 0.05, double step = 0);

}  // namespace assay
