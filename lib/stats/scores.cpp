#include "stats/scores.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "stats/distance.hpp"

namespace assay {

InputScores score_inputs(std::span<const float> probabilities, std::size_t n_classes,
                         std::span<const std::int64_t> truth, double threshold) {
    ASSAY_CHECK(n_classes > 0 && probabilities.size() == truth.size() * n_classes);
    InputScores scores;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        ASSAY_CHECK(truth[i] >= 0 && static_cast<std::size_t>(truth[i]) < n_classes);
        const auto row = probabilities.subspan(i * n_classes, n_classes);
        const auto right = static_cast<std::size_t>(truth[i]);
        const auto best = answer_of(row, threshold);
        double brier = 0;
        for (std::size_t c = 0; c < n_classes; ++c) {
            const double miss = double{row[c]} - (c == right ? 1 : 0);
            brier += miss * miss;
        }
        scores.correct.push_back(best == right ? 1 : 0);
        scores.brier.push_back(brier);
        scores.confidence.push_back(double{row[best]});
        scores.log_loss.push_back(-std::log(std::max(double{row[right]}, k_log_loss_clip)));
        scores.clipped += double{row[right]} < k_log_loss_clip ? 1U : 0U;
    }
    return scores;
}

std::optional<Scores> mean_scores(const InputScores& scores) {
    if (scores.correct.empty()) return std::nullopt;
    const auto mean = [](const std::vector<double>& values) {
        return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    };
    return Scores{scores.correct.size(), mean(scores.correct), mean(scores.log_loss), mean(scores.brier),
                  scores.clipped};
}

std::optional<std::vector<double>> equal_mass_edges(std::span<const double> pooled_confidences, std::size_t bins) {
    ASSAY_CHECK(bins > 0);
    if (pooled_confidences.empty()) return std::nullopt;
    std::vector<double> values(pooled_confidences.begin(), pooled_confidences.end());
    std::vector<double> edges;
    auto from = values.begin();
    for (std::size_t j = 1; j < bins; ++j) {  // each selection leaves the larger ones behind it: no full sort
        const auto rank = static_cast<std::ptrdiff_t>(j * values.size() / bins);
        std::nth_element(from, values.begin() + rank, values.end());
        from = values.begin() + rank;
        edges.push_back(*from);
    }
    return edges;
}

std::optional<double> calibration_error(const InputScores& scores, std::span<const double> edges) {
    ASSAY_CHECK(std::is_sorted(edges.begin(), edges.end()));
    if (scores.correct.empty()) return std::nullopt;
    std::vector<double> gaps(edges.size() + 1, 0.0);
    for (std::size_t i = 0; i < scores.correct.size(); ++i) {
        const auto bin = std::upper_bound(edges.begin(), edges.end(), scores.confidence[i]) - edges.begin();
        gaps[static_cast<std::size_t>(bin)] += scores.correct[i] - scores.confidence[i];
    }
    double sum = 0;
    for (const double gap : gaps) sum += std::abs(gap);
    return sum / static_cast<double>(scores.correct.size());
}

}  // namespace assay
