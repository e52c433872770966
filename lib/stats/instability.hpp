// Which inputs change their answer when training is repeated. Everything here is per input, over the runs of one
// configuration; the runs are the sample, n = number of runs.
//
// Shapes: `labels[r][i]` is the predicted class of input i in run r, `probabilities[r]` is n_inputs x n_classes,
// row-major. Preconditions: all runs have the same inputs, labels are >= 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay {

using RunLabels = std::span<const std::vector<std::int32_t>>;
using ProbabilityRows = std::span<const std::span<const float>>;

// q_i = n/(n-1) (1 - sum_c (k_ic/n)^2): of two more retrains, how often they disagree about input i; unbiased. Its mean
// is the expected churn between two retrains (Milani Fard et al., Launch and iterate, NIPS 2016). Nothing with 1 run.
std::optional<std::vector<double>> pairwise_disagreement(RunLabels labels);

// Cooper et al., Arbitrariness and social prediction, AAAI 2024, report 1 - q_i.
inline double self_consistency(double disagreement) { return 1 - disagreement; }

// v_i = 1/(n(n-1)) sum_{r<s} H2(p_ri, p_si) = 1/(2(n-1)) sum_c sum_r (sqrt p_ric - mean_r)^2. Its mean is the run
// variance V; 0 exactly where all runs gave the same bits. Nothing with 1 run.
std::optional<std::vector<double>> hellinger_variance(ProbabilityRows probabilities, std::size_t n_classes);

// The share of the total that the largest `fraction` of the values carries: 1 - L(1 - fraction) on the Lorenz curve
// (Lorenz, Publications of the American Statistical Association 1905), which is linear between inputs: of 50 inputs the
// top 1% is half of the first one. Nothing when the total is 0. Preconditions: values >= 0, 0 <= fraction <= 1.
std::optional<double> top_share(std::span<const double> values, double fraction);

struct TopShares {
    double percent_1 = 0, percent_5 = 0, percent_10 = 0;
};
std::optional<TopShares> top_shares(std::span<const double> values);

// Predictive multiplicity of the runs within `epsilon` of the smallest loss (Marx, Calmon and Ustun, Predictive
// multiplicity in classification, ICML 2020). Both grow with the number of runs: show `runs` and the churn, which
// does not, beside them.
struct PredictiveMultiplicity {
    std::size_t runs = 0;    // within epsilon of the best
    double ambiguity = 0;    // share of inputs about which any two of them disagree
    double discrepancy = 0;  // the largest share of labels in which one of them differs from the deployed run
    double churn = 0;        // mean pairwise disagreement between them
};

// losses[r]: smaller is better. deployed: the run in use, whatever its loss. Nothing with fewer than 2 runs within
// epsilon, or no inputs.
std::optional<PredictiveMultiplicity> predictive_multiplicity(RunLabels labels, std::span<const double> losses,
                                                              double epsilon, std::size_t deployed);

// Number of runs whose label differs from the reference label, per input.
std::vector<std::size_t> disagreements_with(RunLabels labels, std::span<const std::int32_t> reference);

struct GroupMean {
    std::size_t inputs = 0;
    std::optional<double> mean;  // nothing for a group without inputs
};

// Mean of the values of each class or slice. groups[i] < n_groups is the group of input i.
std::vector<GroupMean> group_means(std::span<const double> values, std::span<const std::size_t> groups,
                                   std::size_t n_groups);

// Slices may overlap and leave inputs out: members of each slice, by index.
std::vector<GroupMean> slice_means(std::span<const double> values, std::span<const std::vector<std::size_t>> slices);

}  // namespace assay
