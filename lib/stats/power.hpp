// What a plan can find, and how many runs it needs, before anything runs.
#pragma once

#include <cstddef>
#include <optional>

namespace assay {

// ---- A shift between two levels that share S seeds, tested by flipping the signs of the per-seed differences.
//
// kappa = ||mu_a - mu_b||^2 / tr Cov(phi_as - phi_bs); nu >= 1: effective number of dimensions of the differences. The
// power is about that of an F test with (nu, nu (S-1)) degrees of freedom and noncentrality S kappa nu, at the level
// the permutation test can reach (Box, Some theorems on quadratic forms, Annals of Mathematical Statistics 1954, for
// the degrees of freedom of a trace; Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, 1995,
// chapter 30). On real networks it is a little pessimistic.

// The largest p <= alpha that the test can give: multiples of 2^(1-S) while all sign patterns are listed (2^(S-1) <=
// 131,072), multiples of 1/10,000 above. 0: no result can be significant.
double attainable_level(std::size_t seeds, double alpha = 0.05);

// Probability of p <= alpha; 0 where no result can be significant.
double shift_power(double kappa, double nu, std::size_t seeds, double alpha = 0.05);

// The fewest seeds that reach `power`; nothing when `most` are too few.
std::optional<std::size_t> seeds_for_shift(double kappa, double nu, double power = 0.8, double alpha = 0.05,
                                           std::size_t most = 200);

// The smallest kappa found with this power; nothing when no result can be significant.
std::optional<double> detectable_shift(double nu, std::size_t seeds, double power = 0.8, double alpha = 0.05);

// ---- Non-inferiority of a mean, one-sided t test at level alpha, true difference 0.
//
// Power = 1 - F_nct(t_{1-alpha, df}; df, d sqrt(n)), paired: d = margin / sd of a difference, df = n - 1; unpaired, n
// runs in each arm: d = margin / sd of a run, noncentrality d sqrt(n/2), df = 2n - 2 (Julious, Sample sizes for
// clinical trials with normal data, Statistics in Medicine 2004).
enum class Arms { paired, unpaired };

// Preconditions: n >= 2, margin_over_sd > 0.
double non_inferiority_power(Arms arms, std::size_t n, double margin_over_sd, double alpha = 0.05);

// The fewest pairs, or runs in each arm; nothing when `most` are too few.
std::optional<std::size_t> non_inferiority_size(Arms arms, double margin_over_sd, double power = 0.8,
                                                double alpha = 0.05, std::size_t most = 100'000);

// ---- What seeing nothing says.

// None of `trials` independent trials showed it (1 or more): its rate is at most 1 - tail^(1/trials), with confidence
// 1 - tail (Clopper and Pearson, Biometrika 1934, at 0 of n). tail 0.05: "no difference in k repeats", one-sided. tail
// 0.025: the upper end of the two-sided 95% interval, as for runs that diverged.
double rate_bound_of_none(std::size_t trials, double tail);

}  // namespace assay
