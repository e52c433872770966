#include "stats/instability.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "stats/mean.hpp"

namespace assay {
namespace {

std::size_t inputs_of(RunLabels labels) {
    for (const auto& run : labels) ASSAY_CHECK(run.size() == labels.front().size());
    return labels.empty() ? 0 : labels.front().size();
}

// How many of the runs had each label so far; back to zero after each input, in the time of the runs alone.
class Tally {
public:
    std::size_t add(std::int32_t label) {  // how many had it before
        ASSAY_CHECK(label >= 0);
        const auto place = static_cast<std::size_t>(label);
        if (place >= counts_.size()) counts_.resize(place + 1, 0);
        return counts_[place]++;
    }
    void forget(std::int32_t label) { counts_[static_cast<std::size_t>(label)] = 0; }

private:
    std::vector<std::size_t> counts_;
};

double share_differing(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
    std::size_t differing = 0;
    for (std::size_t i = 0; i < a.size(); ++i) differing += a[i] != b[i] ? 1U : 0U;
    return static_cast<double>(differing) / static_cast<double>(a.size());
}

}  // namespace

std::optional<std::vector<double>> pairwise_disagreement(RunLabels labels) {
    const std::size_t inputs = inputs_of(labels), runs = labels.size();
    if (runs < 2) return std::nullopt;
    const double pairs = static_cast<double>(runs) * static_cast<double>(runs - 1) / 2;
    std::vector<double> disagreement(inputs);
    Tally tally;
    for (std::size_t i = 0; i < inputs; ++i) {
        std::size_t agreeing = 0;  // pairs, counted in whole numbers: no order of runs or classes changes a bit
        for (const auto& run : labels) agreeing += tally.add(run[i]);
        for (const auto& run : labels) tally.forget(run[i]);
        disagreement[i] = (pairs - static_cast<double>(agreeing)) / pairs;
    }
    return disagreement;
}

std::optional<std::vector<double>> hellinger_variance(ProbabilityRows probabilities, std::size_t n_classes) {
    ASSAY_CHECK(n_classes > 0);
    for (const auto& run : probabilities) {
        ASSAY_CHECK(run.size() == probabilities.front().size() && run.size() % n_classes == 0);
    }
    if (probabilities.size() < 2) return std::nullopt;
    const auto n = static_cast<double>(probabilities.size());
    std::vector<double> variance(probabilities.front().size() / n_classes);
    for (std::size_t i = 0; i < variance.size(); ++i) {
        double squares = 0;
        for (std::size_t k = i * n_classes; k < (i + 1) * n_classes; ++k) {
            // From the first run: the same bits give exactly 0, and no more than a factor n is lost to rounding.
            const double first = std::sqrt(double{probabilities.front()[k]});
            double sum = 0, sum2 = 0;
            for (const auto& run : probabilities) {
                const double shifted = std::sqrt(double{run[k]}) - first;
                sum += shifted;
                sum2 += shifted * shifted;
            }
            squares += std::max(0.0, sum2 - sum * sum / n);
        }
        variance[i] = squares / (2 * (n - 1));
    }
    return variance;
}

std::optional<double> top_share(std::span<const double> values, double fraction) {
    ASSAY_CHECK(fraction >= 0 && fraction <= 1);
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
    double total = 0, top = 0, wanted = fraction * static_cast<double>(sorted.size());
    for (const double value : sorted) {
        ASSAY_CHECK(value >= 0);
        total += value;
        top += std::clamp(wanted, 0.0, 1.0) * value;
        wanted -= 1;
    }
    if (total == 0) return std::nullopt;
    return top / total;
}

std::optional<TopShares> top_shares(std::span<const double> values) {
    const auto one = top_share(values, 0.01);
    if (!one) return std::nullopt;
    return TopShares{*one, *top_share(values, 0.05), *top_share(values, 0.10)};
}

std::optional<PredictiveMultiplicity> predictive_multiplicity(RunLabels labels, std::span<const double> losses,
                                                              double epsilon, std::size_t deployed) {
    const std::size_t inputs = inputs_of(labels);
    ASSAY_CHECK(losses.size() == labels.size() && epsilon >= 0 && deployed < labels.size());
    const double best = *std::min_element(losses.begin(), losses.end());
    std::vector<std::vector<std::int32_t>> near;
    PredictiveMultiplicity result;
    for (std::size_t r = 0; r < labels.size(); ++r) {
        if (losses[r] > best + epsilon) continue;
        near.push_back(labels[r]);
        if (inputs > 0) result.discrepancy = std::max(result.discrepancy, share_differing(labels[r], labels[deployed]));
    }
    if (near.size() < 2 || inputs == 0) return std::nullopt;
    result.runs = near.size();
    const std::vector<double> disagreement = *pairwise_disagreement(near);
    const auto torn = std::count_if(disagreement.begin(), disagreement.end(), [](double q) { return q > 0; });
    result.ambiguity = static_cast<double>(torn) / static_cast<double>(inputs);
    result.churn = mean_of(disagreement);
    return result;
}

std::vector<std::size_t> disagreements_with(RunLabels labels, std::span<const std::int32_t> reference) {
    ASSAY_CHECK(labels.empty() || inputs_of(labels) == reference.size());
    std::vector<std::size_t> counts(reference.size(), 0);
    for (const auto& run : labels) {
        for (std::size_t i = 0; i < run.size(); ++i) counts[i] += run[i] != reference[i] ? 1U : 0U;
    }
    return counts;
}

std::vector<GroupMean> group_means(std::span<const double> values, std::span<const std::size_t> groups,
                                   std::size_t n_groups) {
    ASSAY_CHECK(values.size() == groups.size());
    std::vector<GroupMean> means(n_groups);
    std::vector<double> sums(n_groups, 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        ASSAY_CHECK(groups[i] < n_groups);
        ++means[groups[i]].inputs;
        sums[groups[i]] += values[i];
    }
    for (std::size_t g = 0; g < n_groups; ++g) {
        if (means[g].inputs > 0) means[g].mean = sums[g] / static_cast<double>(means[g].inputs);
    }
    return means;
}

std::vector<GroupMean> slice_means(std::span<const double> values, std::span<const std::vector<std::size_t>> slices) {
    std::vector<GroupMean> means;
    for (const auto& slice : slices) {
        GroupMean group{slice.size(), std::nullopt};
        double sum = 0;
        for (const std::size_t i : slice) {
            ASSAY_CHECK(i < values.size());
            sum += values[i];
        }
        if (!slice.empty()) group.mean = sum / static_cast<double>(slice.size());
        means.push_back(group);
    }
    return means;
}

}  // namespace assay
