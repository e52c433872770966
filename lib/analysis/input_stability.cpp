// Single inputs, one configuration at a time: which of them change their answer when only seeds change.
#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "analysis/evidence.hpp"
#include "analysis/figures.hpp"
#include "analysis/outcome.hpp"
#include "stats/flip_risk.hpp"
#include "stats/instability.hpp"
#include "stats/population.hpp"

namespace assay {
namespace {

constexpr double k_near_best = 0.01 + 1e-12;  // accuracy within one point of the best run, rounding aside

using Labels = std::optional<std::vector<std::int64_t>>;

struct ConfigurationRuns {
    std::vector<std::vector<std::int32_t>> labels;
    std::vector<std::span<const float>> probabilities;
    std::vector<double> losses;                     // 1 - accuracy; 0 without labels
    std::vector<std::vector<std::size_t>> streams;  // [run]: its seed of each stream
    std::size_t n_classes = 0;

    bool independent(std::size_t r, std::size_t s) const {
        return std::equal(streams[r].begin(), streams[r].end(), streams[s].begin(), std::not_equal_to<>());
    }
};

ConfigurationRuns gather(const EvidenceInput& in, const Configuration& configuration, const Labels& truth) {
    ConfigurationRuns out;
    for (const std::size_t run : configuration.runs) {
        const Predictions& p = *in.runs[run].predictions;
        out.labels.push_back(predicted_labels(p));
        out.probabilities.emplace_back(p.probabilities);
        out.losses.push_back(1 - accuracy_of(in.runs[run], truth).value_or(1));
        out.n_classes = p.n_classes;
        out.streams.emplace_back();
        for (const auto& stream : in.design.stream) out.streams.back().push_back(stream[run]);
    }
    return out;
}

// Per input, how often two retrains disagree: two runs that share no seed. Where seeds are crossed, runs that share
// some of theirs are less than a retrain apart. Nothing without two independent runs.
std::optional<std::vector<double>> disagreement_of_retrains(const ConfigurationRuns& runs) {
    const std::size_t n = runs.labels.size();
    std::vector<double> disagreement(runs.labels.front().size(), 0);
    std::size_t pairs = 0;
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t s = r + 1; s < n; ++s) {
            if (!runs.independent(r, s)) continue;
            ++pairs;
            for (std::size_t i = 0; i < disagreement.size(); ++i)
                disagreement[i] += runs.labels[r][i] != runs.labels[s][i] ? 1 : 0;
        }
    }
    if (pairs == 0) return std::nullopt;
    if (pairs == n * (n - 1) / 2) return pairwise_disagreement(runs.labels);
    for (double& value : disagreement) value /= static_cast<double>(pairs);
    return disagreement;
}

std::optional<double> mean_of(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    return rounded(std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()));
}

void add_top_shares(const ConfigurationRuns& runs, InputStability& out) {
    const auto variance = hellinger_variance(runs.probabilities, runs.n_classes);
    const auto shares = variance ? top_shares(*variance) : std::nullopt;
    if (!shares) return;
    out.top_1 = rounded(shares->percent_1);
    out.top_5 = rounded(shares->percent_5);
    out.top_10 = rounded(shares->percent_10);
}

// The most often disputed first, equal ones by id: no order of inputs shows in it.
std::vector<std::string> ids_by_count(const InputTable& inputs, std::vector<std::size_t> listed,
                                      const std::vector<std::size_t>& counts) {
    std::sort(listed.begin(), listed.end(), [&](std::size_t a, std::size_t b) {
        return counts[a] != counts[b] ? counts[a] > counts[b] : inputs.ids[a] < inputs.ids[b];
    });
    std::vector<std::string> ids;
    for (const std::size_t input : listed) ids.push_back(inputs.ids[input]);
    return ids;
}

void add_slices(const std::optional<std::vector<double>>& disagreement, const InputTable& inputs, InputStability& out) {
    const std::set<std::size_t> unstable(out.unstable.begin(), out.unstable.end());
    for (const Slice& slice : inputs.slices) {
        std::vector<std::vector<std::size_t>> members;
        for (std::size_t k = 1; k <= slice.values.size(); ++k) members.push_back(inputs_with(slice, k));
        const auto means = disagreement ? slice_means(*disagreement, members) : std::vector<GroupMean>(members.size());
        for (std::size_t v = 0; v < members.size(); ++v) {
            SliceStability row{
                slice.name, slice.values[v], members[v].size(), {}, 0, members[v].size() < k_small_slice};
            if (means[v].mean) row.disagreement = rounded(*means[v].mean);
            for (const std::size_t input : members[v]) row.unstable += unstable.contains(input) ? 1U : 0U;
            out.slices.push_back(std::move(row));
        }
    }
}

// The first run of the configuration stands for the deployed model; those that share no seed with it are its retrains.
void add_unstable(const ConfigurationRuns& runs, const InputTable* inputs, InputStability& out) {
    std::vector<std::vector<std::int32_t>> others;
    for (std::size_t r = 1; r < runs.labels.size(); ++r) {
        if (runs.independent(0, r)) others.push_back(runs.labels[r]);
    }
    if (others.empty()) {
        out.no_list = "no two runs share no seed";
        return;
    }
    const std::vector<std::size_t> counts = disagreements_with(others, runs.labels.front());
    const BetaFit fit = fit_beta_binomial(counts, others.size());
    if (!fit.law) {
        out.no_list = fit.reason;
        return;
    }
    const FlipList list = flip_list(*fit.law, counts, others.size());
    out.unstable = list.inputs;
    if (inputs != nullptr) out.unstable_ids = ids_by_count(*inputs, list.inputs, counts);
    if (list.false_discovery) out.unstable_false_discovery = rounded(*list.false_discovery);
}

void add_multiplicity(const ConfigurationRuns& runs, InputStability& out) {
    const auto found = predictive_multiplicity(runs.labels, runs.losses, k_near_best, 0);
    if (!found) return;
    out.near_best = found->runs;
    out.ambiguity = rounded(found->ambiguity);
    out.discrepancy = rounded(found->discrepancy);
}

void add_classes(const std::vector<double>& disagreement, const Labels& truth, std::size_t n_classes,
                 InputStability& out) {
    if (!truth || truth->size() != disagreement.size()) return;
    std::vector<std::size_t> groups;
    for (const std::int64_t label : *truth) {
        if (label < 0 || label >= static_cast<std::int64_t>(n_classes)) return;
        groups.push_back(static_cast<std::size_t>(label));
    }
    for (const GroupMean& group : group_means(disagreement, groups, n_classes))
        out.class_disagreement.push_back(group.mean ? std::optional(rounded(*group.mean)) : std::nullopt);
}

// runs x inputs: 1 where a run is right about an input.
std::vector<double> correct_answers(const ConfigurationRuns& runs, const std::vector<std::int64_t>& truth) {
    std::vector<double> correct;
    correct.reserve(runs.labels.size() * truth.size());
    for (const auto& labels : runs.labels) {
        for (std::size_t i = 0; i < labels.size(); ++i) correct.push_back(labels[i] == truth[i] ? 1 : 0);
    }
    return correct;
}

// Rows of the same unit (a block of seeds) as one, their mean.
std::vector<double> mean_rows(const std::vector<double>& rows, const std::vector<std::size_t>& unit_of_row,
                              std::size_t inputs) {
    std::map<std::size_t, std::vector<std::size_t>> units;
    for (std::size_t r = 0; r < unit_of_row.size(); ++r) units[unit_of_row[r]].push_back(r);
    if (units.size() == unit_of_row.size()) return rows;
    std::vector<double> means;
    for (const auto& [unit, members] : units) {
        for (std::size_t i = 0; i < inputs; ++i) {
            double sum = 0;
            for (const std::size_t r : members) sum += rows[r * inputs + i];
            means.push_back(sum / static_cast<double>(members.size()));
        }
    }
    return means;
}

// Runs of one unit each, or the means of blocks, are independent rows; where streams cross each other none are.
void add_mean_accuracy(const EvidenceInput& in, const Configuration& configuration, const std::vector<double>& correct,
                       InputStability& out) {
    const auto& sets = in.design.units.unit_of_run;
    if (sets.size() != 1) {
        out.accuracy.value =
            rounded(std::accumulate(correct.begin(), correct.end(), 0.0) / static_cast<double>(correct.size()));
        out.accuracy.flags.emplace_back("CROSSED_SEEDS");
        return;
    }
    std::vector<std::size_t> unit_of_row;
    for (const std::size_t run : configuration.runs) unit_of_row.push_back(sets[0][run]);
    const std::vector<double> rows = mean_rows(correct, unit_of_row, out.inputs);
    out.accuracy.units = rows.size() / out.inputs;
    const auto table = run_input_table(rows, out.accuracy.units);
    if (table && out.accuracy.units == unit_of_row.size()) {
        out.accuracy_variance = rounded(table->observed_run_variance());
        out.accuracy_variance_population = rounded(table->population_run_variance());
    }
    const double sum = std::accumulate(rows.begin(), rows.end(), 0.0);
    out.accuracy.value = rounded(sum / static_cast<double>(rows.size()));
    if (!table || out.accuracy.units < in.design.units.min_units) {
        out.accuracy.flags.emplace_back("CI_TOO_FEW_UNITS");
    } else if (const auto interval = mean_interval(mean_variance(*table))) {
        out.accuracy.interval = Interval{rounded(std::max(0.0, interval->low)), rounded(std::min(1.0, interval->high))};
    } else {
        out.accuracy.flags.emplace_back("NOTHING_VARIES");
    }
}

void add_accuracy(const EvidenceInput& in, const Configuration& configuration, const ConfigurationRuns& runs,
                  const Labels& truth, InputStability& out) {
    if (!truth || truth->size() != out.inputs) return;
    const std::vector<double> correct = correct_answers(runs, *truth);
    const auto table = run_input_table(correct, runs.labels.size());
    const auto ratio = table ? test_set_luck(*table).ratio : std::nullopt;
    if (ratio) out.test_set_luck = rounded(*ratio);
    add_mean_accuracy(in, configuration, correct, out);
}

}  // namespace

std::vector<InputStability> input_stability(const EvidenceInput& in, const Labels& truth) {
    std::vector<InputStability> out;
    if (in.design.seed_axes.empty()) return out;
    for (const Configuration& configuration : configurations(in.plan, in.outcomes)) {
        if (configuration.runs.size() < 2) continue;
        const ConfigurationRuns runs = gather(in, configuration, truth);
        InputStability row;
        row.where = configuration.where;
        row.runs = runs.labels.size();
        row.inputs = runs.labels.front().size();
        const auto disagreement = disagreement_of_retrains(runs);
        if (disagreement) row.disagreement = mean_of(*disagreement);
        add_top_shares(runs, row);
        add_unstable(runs, in.inputs, row);
        add_multiplicity(runs, row);
        if (disagreement) add_classes(*disagreement, truth, runs.n_classes, row);
        if (in.inputs != nullptr) add_slices(disagreement, *in.inputs, row);
        add_accuracy(in, configuration, runs, truth, row);
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace assay
