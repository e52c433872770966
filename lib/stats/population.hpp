// Uncertainty when the held-out inputs are a sample, too: "which runs" and "which inputs" both count.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace assay {

// ---- Functionals of distances (V, T_u, R, churn): inputs are dealt into K folds, and
//   v_inputs = (K-1)/K sum_k (l_k - mean l)^2,  l_k = log theta without fold k
// is the delete-a-group jackknife (Shao and Tu, The Jackknife and Bootstrap, 1995). The variance from
// seeds adds to it; the degrees of freedom are Satterthwaite's (Biometrics Bulletin 1946).

// theta = sum of numerators / sum of denominators over folds, e.g. V = sum_k (summed half distances of fold k) / sum_k
// (inputs of fold k): theta without each fold. Nothing where the denominator vanishes. Leave empty folds out.
std::vector<std::optional<double>> without_each_fold(std::span<const double> numerators,
                                                     std::span<const double> denominators);

// (K-1)/K sum_k (log theta_k - mean)^2. Nothing with fewer than 2 folds, or where a value is missing or not positive.
std::optional<double> fold_log_variance(std::span<const std::optional<double>> without);

struct VariancePart {
    double variance = 0;
    double df = 0;
};

// Of the sum of the parts: (sum v)^2 / sum (v^2 / df); parts without variance do not count. Nothing when all are 0.
std::optional<double> satterthwaite_df(std::span<const VariancePart> parts);

struct PopulationInterval {
    double log_variance = 0;  // seeds + inputs
    double input_log_variance = 0;
    double df = 0;
    double low = 0, high = 0;
};

// theta exp(-/+ t_{df} sqrt(v_seeds + v_inputs)). seeds: the variance of log theta by the jackknife over seeds, with
// its degrees of freedom. Nothing where theta is not positive, the folds are undefined, or nothing varies.
std::optional<PopulationInterval> population_interval(double theta, VariancePart seeds,
                                                      std::span<const std::optional<double>> without_fold,
                                                      double confidence = 0.95);

// ---- Means of a score (accuracy, log loss): a table of n runs x m inputs, row-major.

// The two-way layout with one value in each cell.
struct RunInputTable {
    std::size_t runs = 0, inputs = 0;
    std::vector<double> run_means, input_means;
    double mean = 0;
    double ms_runs = 0;      // mean square of runs; ms_runs / m is the variance of the run means
    double ms_inputs = 0;    // mean square of inputs
    double ms_residual = 0;  // of run x input

    double observed_run_variance() const { return ms_runs / static_cast<double>(inputs); }
    // What the run variance would be on infinitely many inputs; unbiased, may be negative (Jordan, Calibrated chaos,
    // 2023, calls its estimate distribution-wise variance).
    double population_run_variance() const { return (ms_runs - ms_residual) / static_cast<double>(inputs); }
};

// Nothing with fewer than 2 runs or 2 inputs. Precondition: values.size() is a multiple of n_runs.
std::optional<RunInputTable> run_input_table(std::span<const double> values, std::size_t n_runs);

// Variance of a mean over runs and inputs: runs part + inputs part - the residual that both contain, but never less
// than either of them (Gallas, One-shot estimate of MRMC variance, Academic Radiology 2006; Roe and Metz, Academic
// Radiology 1997, for the components).
struct MeanVariance {
    double mean = 0;
    double runs_part = 0, inputs_part = 0, shared_part = 0;
    double variance = 0;
    std::optional<double> df;  // Satterthwaite over the runs part(s) and the inputs part; nothing without variance
};

struct MeanInterval {
    double low = 0, high = 0;
};
// mean -/+ t_{df} sqrt(variance). Nothing where nothing varies.
std::optional<MeanInterval> mean_interval(const MeanVariance& of, double confidence = 0.95);

// One table, e.g. of per-seed differences between two configurations that share their seeds.
MeanVariance mean_variance(const RunInputTable& table);

// candidate - baseline, separate runs, the same inputs. Precondition: equal inputs.
MeanVariance mean_difference_variance(const RunInputTable& candidate, const RunInputTable& baseline);

// ---- Is the spread of accuracy between runs more than luck on this test set?
//
// If the errors of a run were independent given the input, accuracy would have the standard deviation
// sqrt(sum_i r_i (1 - r_i)) / m, r_i = the probability that a run is wrong about input i (Jordan 2023). With the share
// of n runs in its place r (1 - r) comes out low by (n-1)/n, so it is multiplied by n/(n-1): both standard deviations
// are roots of unbiased variances. A ratio near 1: the best seed is lucky here, not better.
struct TestSetLuck {
    double observed_sd = 0;
    double predicted_sd = 0;
    std::optional<double> ratio;  // observed / predicted; nothing when no input is ever in doubt
};

// correct: 1 where a run is right about an input, else 0.
TestSetLuck test_set_luck(const RunInputTable& correct);

}  // namespace assay
