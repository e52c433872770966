#include "gate/run_scores.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "stats/mean.hpp"
#include "stats/scores.hpp"

namespace assay {
namespace {

InputScores inputs_of(const PreparedSide& side, std::size_t run) {
    const Predictions& answers = side.answers(run);
    return score_inputs(answers.probabilities, answers.n_classes, *side.side->labels, answers.threshold);
}

}  // namespace

std::vector<double> pooled_edges(const PreparedSide& side, const std::vector<std::size_t>& runs) {
    std::vector<double> confidences;
    for (const std::size_t run : runs) {
        const InputScores scores = inputs_of(side, run);
        confidences.insert(confidences.end(), scores.confidence.begin(), scores.confidence.end());
    }
    return equal_mass_edges(confidences).value_or(std::vector<double>{});
}

double score_of(const PreparedSide& side, std::size_t run, const std::string& metric,
                const std::vector<double>& edges) {
    const InputScores scores = inputs_of(side, run);
    if (metric == "accuracy") return mean_of(scores.correct);
    if (metric == "nll") return mean_of(scores.log_loss);
    ASSAY_CHECK(metric == "ece");
    return calibration_error(scores, edges).value();
}

bool has_labels(const PreparedSide& side, std::size_t run) {
    const auto& labels = side.side->labels;
    const Predictions& answers = side.answers(run);
    if (!labels || labels->empty() || labels->size() != answers.n_inputs) return false;
    return std::all_of(labels->begin(), labels->end(), [&](std::int64_t label) {
        return label >= 0 && static_cast<std::uint64_t>(label) < answers.n_classes;
    });
}

double step_of(const std::string& metric, std::size_t n_inputs) {
    return metric == "accuracy" ? 1 / static_cast<double>(n_inputs) : 0;
}

}  // namespace assay
