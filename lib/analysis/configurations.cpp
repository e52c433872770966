#include "analysis/configurations.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "analysis/settings.hpp"
#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "stats/divergences.hpp"
#include "stats/gram.hpp"

namespace assay {
namespace {

constexpr std::size_t k_folds = 20;
constexpr std::size_t k_rows_with_folds = 400;  // 20 more matrices of n x n

std::uint64_t hash_of(const std::string& id) {
    std::uint64_t hash = 0;
    const auto digest = sha256(id);
    for (std::size_t i = 0; i < 8; ++i) hash = hash << 8 | digest[i];
    return hash;
}

void add_distances(const std::vector<RunData>& runs, const InputTable* inputs, RunTable& table) {
    std::vector<RunProbabilities<float>> probabilities;
    std::vector<std::vector<std::uint16_t>> labels;
    std::map<std::string, std::size_t> identities;
    const Predictions& first = *runs[table.run_of_row.front()].predictions;
    for (const std::size_t run : table.run_of_row) {
        const Predictions& p = *runs[run].predictions;
        probabilities.push_back({p.probabilities, p.sha256});
        labels.push_back(most_probable(p.probabilities, p.n_classes, p.threshold));
        table.identity.push_back(identities.try_emplace(p.sha256, identities.size()).first->second);
    }
    ASSAY_CHECK(inputs == nullptr || inputs->ids.size() == first.n_inputs);
    const std::vector<std::size_t> folds = input_folds(first.n_inputs, inputs);
    DistanceOptions options;
    if (table.run_of_row.size() <= k_rows_with_folds && first.n_inputs >= 5 * k_folds) {
        options.folds = folds;
        options.n_folds = k_folds;
    }
    RunDistances distances = hellinger_distances(probabilities, first.n_classes, options);
    table.d2 = std::move(distances.d2);
    table.fold_d2 = std::move(distances.fold_d2);
    table.fold_weight = std::move(distances.fold_weight);
    const std::vector<std::span<const std::uint16_t>> views(labels.begin(), labels.end());
    table.churn = label_churn(views);
}

bool is_usable(const Plan& plan, const std::vector<Outcome>& outcomes, std::size_t run) {
    return plan.runs[run].request.replicate == 0 && outcomes[run] == Outcome::completed;
}

}  // namespace

std::vector<std::size_t> input_folds(std::size_t n_inputs, const InputTable* inputs) {
    std::vector<std::size_t> folds;
    for (std::size_t i = 0; i < n_inputs; ++i) {
        Random random = inputs == nullptr ? Random(0, "folds", i) : Random(0, "folds.id", hash_of(inputs->ids[i]));
        folds.push_back(random.below(k_folds));
    }
    return folds;
}

RunTable run_table(const Plan& plan, const std::vector<RunData>& runs, const std::vector<Outcome>& outcomes,
                   const InputTable* inputs) {
    RunTable table;
    table.row_of_run.resize(plan.runs.size());
    for (std::size_t run = 0; run < plan.runs.size(); ++run) {
        if (outcomes[run] != Outcome::completed) continue;
        table.row_of_run[run] = table.run_of_row.size();
        table.run_of_row.push_back(run);
    }
    ASSAY_CHECK(!table.run_of_row.empty());
    add_distances(runs, inputs, table);
    return table;
}

std::vector<std::size_t> numbered(const std::vector<std::vector<int>>& rows) {
    std::map<std::vector<int>, std::size_t> numbers;
    std::vector<std::size_t> out;
    for (const auto& row : rows) out.push_back(numbers.try_emplace(row, numbers.size()).first->second);
    return out;
}

DesignLabels design_labels(const Plan& plan) {
    DesignLabels labels;
    const std::vector<Axis> axes = axes_of(plan);
    labels.units = unit_sets(plan, axes);
    labels.groups = seed_groups(plan);
    std::vector<std::vector<int>> all(plan.runs.size());
    for (const Axis& axis : axes) {
        if (axis.kind != FactorKind::seed) {
            labels.fixed_axes.push_back(axis);
            continue;
        }
        labels.seed_axes.push_back(axis);
        std::vector<std::vector<int>> rows;
        for (std::size_t run = 0; run < plan.runs.size(); ++run) {
            rows.emplace_back();
            for (const std::size_t factor : axis.factors) rows.back().push_back(plan.runs[run].levels[factor]);
            all[run].insert(all[run].end(), rows.back().begin(), rows.back().end());
        }
        labels.stream.push_back(numbered(rows));
    }
    labels.seed = numbered(all);
    return labels;
}

std::vector<Configuration> configurations(const Plan& plan, const std::vector<Outcome>& outcomes,
                                          std::optional<std::size_t> moved) {
    std::map<std::vector<int>, Configuration> groups;
    for (std::size_t run = 0; run < plan.runs.size(); ++run) {
        std::vector<int> key;
        std::vector<std::string> names;
        for (std::size_t f = 0; f < plan.factors.size(); ++f) {
            if (plan.factors[f].kind == FactorKind::seed || moved == f) continue;
            key.push_back(plan.runs[run].levels[f]);
            names.push_back(level_name(plan.factors[f], key.back()));
        }
        Configuration& group = groups[key];
        group.where = join(names, ", ");
        if (is_usable(plan, outcomes, run)) group.runs.push_back(run);
    }
    // Of two configurations one may have lost all of its runs: the other is still one of two.
    const bool only_one = groups.size() == 1;
    std::vector<Configuration> out;
    for (auto& [key, group] : groups) {
        if (group.runs.empty()) continue;
        if (only_one) group.where.clear();
        out.push_back(std::move(group));
    }
    return out;
}

double rounded(double value) {
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, 9);
    double out = 0;
    std::from_chars(text, written.ptr, out);
    return out;
}

}  // namespace assay
