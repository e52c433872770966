// Which inputs flip too often, from few runs: every input has a flip risk, the risks of all inputs follow a beta law,
// and the x_i of n runs that disagree about input i are binomial given its risk (Robbins, An empirical Bayes approach
// to statistics, 3rd Berkeley Symposium 1956; the beta-binomial law: Skellam, Journal of the Royal Statistical Society
// B 1948). Testing inputs one by one cannot work: with 10 runs no p-value is small enough for 100,000 inputs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace assay {

struct BetaLaw {
    double a = 0, b = 0;  // > 0
    // Standard errors from the observed information, and the correlation of log a and log b.
    double se_log_a = 0, se_log_b = 0, correlation = 0;
};

struct BetaFit {
    std::optional<BetaLaw> law;
    std::string_view reason;  // why the likelihood has no maximum inside; empty when it has
};

// Maximum likelihood over inputs, by Newton's method in (log a, log b). No finite maximum exists when no input has
// 0 < x < n, or when one common risk explains the counts as well, to 9 digits of the log likelihood.
// counts[i] <= runs. Precondition: runs >= 1.
BetaFit fit_beta_binomial(std::span<const std::size_t> counts, std::size_t runs);

// sum_i log P(x_i | a, b) without the binomial coefficients. Preconditions: a, b > 0.
double beta_binomial_log_likelihood(std::span<const std::size_t> counts, std::size_t runs, double a, double b);

struct FlipRisk {
    double mean = 0;   // of the posterior Beta(a + x, b + n - x)
    double above = 0;  // posterior probability that the risk exceeds tau
};

// Entry x: of an input with x disagreements, x = 0 .. runs. Both grow with x. Preconditions: a, b > 0, 0 < tau < 1.
std::vector<FlipRisk> flip_risks(const BetaLaw& law, std::size_t runs, double tau);

struct FlipList {
    std::vector<std::size_t> inputs;        // in rising order
    std::optional<std::size_t> least;       // listed: every input with this many disagreements or more; nothing: no one
    std::optional<double> false_discovery;  // mean posterior probability that a listed input does not belong there
};

// The longest list with mean posterior non-membership <= level (Newton, Noueiry, Sarkar and Ahlquist, Detecting
// differential gene expression with a semiparametric hierarchical mixture method, Biostatistics 2004).
// Inputs with the same count stand or fall together, so that the list does not depend on their order.
FlipList flip_list(const BetaLaw& law, std::span<const std::size_t> counts, std::size_t runs, double tau = 0.1,
                   double level = 0.1);

}  // namespace assay
