#include "analysis/outcome.hpp"

#include <algorithm>

namespace assay {
namespace {

bool has_number(const Json& metrics) {
    if (!metrics.is_object()) return false;
    const auto& all = metrics.as_object();
    return std::any_of(all.begin(), all.end(), [](const auto& metric) { return metric.second.is_number(); });
}

}  // namespace

Outcome outcome_of(const RunData& run) {
    if (!run.record) return Outcome::missing;
    switch (run.record->state) {
        case RunState::diverged:
            return Outcome::diverged;
        case RunState::failed:
            return Outcome::failed;
        case RunState::timed_out:
            return Outcome::timed_out;
        case RunState::skipped:
            return Outcome::skipped;
        case RunState::completed:
            break;
    }
    if (!run.predictions) {
        const bool promised = run.record->members.contains("predictions.npy");
        return promised || !has_number(run.record->metrics) ? Outcome::failed : Outcome::completed;
    }
    const auto labels = predicted_labels(*run.predictions);
    // One or two inputs always have one class for most of them: that says nothing.
    const bool enough = run.predictions->n_inputs >= 10;
    const bool collapsed = enough && largest_label_share(labels, run.predictions->n_classes) >= k_collapsed_share;
    return collapsed ? Outcome::collapsed : Outcome::completed;
}

std::vector<Outcome> outcomes_of(const std::vector<RunData>& runs) {
    std::vector<Outcome> outcomes;
    for (const RunData& run : runs) outcomes.push_back(outcome_of(run));
    return outcomes;
}

std::vector<Outcome> with_answers(const std::vector<RunData>& runs, std::vector<Outcome> outcomes) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (outcomes[i] == Outcome::completed && !runs[i].predictions) outcomes[i] = Outcome::missing;
    }
    return outcomes;
}

std::optional<double> accuracy_of(const RunData& run, const std::optional<std::vector<std::int64_t>>& labels) {
    if (!run.predictions || !labels || labels->size() != run.predictions->n_inputs) return std::nullopt;
    const auto predicted = predicted_labels(*run.predictions);
    std::size_t right = 0;
    for (std::size_t i = 0; i < predicted.size(); ++i) right += predicted[i] == (*labels)[i] ? 1U : 0U;
    return static_cast<double>(right) / static_cast<double>(predicted.size());
}

}  // namespace assay
