#include "analysis/pairing.hpp"

#include <algorithm>
#include <map>

#include "analysis/outcome.hpp"
#include "core/safetensors.hpp"
#include "stats/answer_distances.hpp"

namespace assay {
namespace {

bool is_seed(const Factor& factor) { return factor.kind == FactorKind::seed; }

// The levels of a run with those of one axis left out.
std::vector<int> rest_of(const PlannedRun& run, const Axis& axis) {
    std::vector<int> rest = run.levels;
    for (const std::size_t factor : axis.factors) rest[factor] = -1;
    rest.push_back(run.block);
    return rest;
}

using Labels = std::vector<std::vector<std::uint16_t>>;  // of each usable run

Labels labels_of(const std::vector<RunData>& runs, const std::vector<Outcome>& outcomes) {
    Labels labels(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (outcomes[i] != Outcome::completed) continue;
        const Predictions& p = *runs[i].predictions;
        labels[i] = most_probable(p.probabilities, p.n_classes, p.threshold);
    }
    return labels;
}

Pair compare(std::size_t axis, std::size_t a, std::size_t b, const std::vector<RunData>& runs, const Labels& labels,
             Compared compared) {
    const Predictions& p = *runs[a].predictions;
    const Predictions& q = *runs[b].predictions;
    Pair pair{axis, a, b, {}, {}, p.sha256 == q.sha256};
    pair.distance.inputs = p.n_inputs;
    if (pair.bitwise_equal) return pair;
    for (std::size_t i = 0; i < p.n_inputs; ++i) pair.distance.flips += labels[a][i] != labels[b][i] ? 1U : 0U;
    if (compared == Compared::flips) return pair;
    const AnswerDistances found = answer_distances(p.probabilities, q.probabilities, p.n_classes);
    pair.distance.hellinger2 = found.hellinger2;
    pair.distance.max_abs_dp = found.max_abs_dp;
    pair.divergence = found.divergence;
    return pair;
}

}  // namespace

std::vector<Axis> axes_of(const Plan& plan) {
    std::vector<Axis> axes;
    const auto seeds = std::count_if(plan.factors.begin(), plan.factors.end(), is_seed);
    const bool together = seeds_move_together(plan) && seeds > 1;
    Axis all{"seed", FactorKind::seed, {}};
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        if (together && is_seed(plan.factors[f])) {
            all.factors.push_back(f);
        } else {
            axes.push_back({full_name(plan.factors[f]), plan.factors[f].kind, {f}});
        }
    }
    if (together) axes.insert(axes.begin(), all);
    return axes;
}

std::vector<PairedRuns> paired_runs(const Plan& plan, const std::vector<Axis>& axes,
                                    const std::vector<Outcome>& outcomes) {
    std::vector<PairedRuns> pairs;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        std::map<std::vector<int>, std::vector<std::size_t>> groups;
        for (std::size_t i = 0; i < plan.runs.size(); ++i) {
            if (plan.runs[i].request.replicate > 0 || outcomes[i] != Outcome::completed) continue;
            groups[rest_of(plan.runs[i], axes[axis])].push_back(i);
        }
        for (auto& [rest, members] : groups) {
            std::sort(members.begin(), members.end(),
                      [&](std::size_t a, std::size_t b) { return plan.runs[a].levels < plan.runs[b].levels; });
            for (std::size_t i = 0; i < members.size(); ++i) {
                for (std::size_t j = i + 1; j < members.size(); ++j) pairs.push_back({axis, members[i], members[j]});
            }
        }
    }
    return pairs;
}

std::vector<Pair> matched_pairs(const Plan& plan, const std::vector<Axis>& axes, const std::vector<RunData>& runs,
                                const std::vector<Outcome>& outcomes, Compared compared) {
    const std::vector<Outcome> answered = with_answers(runs, outcomes);
    const Labels labels = labels_of(runs, answered);
    std::vector<Pair> pairs;
    for (const auto& [axis, a, b] : paired_runs(plan, axes, answered))
        pairs.push_back(compare(axis, a, b, runs, labels, compared));
    return pairs;
}

std::vector<Pair> pairs_of_inputs(const std::vector<Pair>& pairs, const std::vector<RunData>& runs,
                                  const std::vector<std::size_t>& inputs) {
    std::vector<std::vector<float>> rows(runs.size());  // of each run that stands in a pair
    const auto of = [&](std::size_t run) -> const std::vector<float>& {
        const Predictions& p = *runs[run].predictions;
        if (!rows[run].empty()) return rows[run];
        for (const std::size_t i : inputs) rows[run].insert(rows[run].end(), p.row(i), p.row(i) + p.n_classes);
        return rows[run];
    };
    std::vector<Pair> out = pairs;
    for (Pair& pair : out) {
        const std::vector<float>&a = of(pair.a), &b = of(pair.b);
        const Predictions& first = *runs[pair.a].predictions;
        const std::size_t n_classes = first.n_classes;
        const AnswerDistances found = answer_distances(a, b, n_classes);  // the sums that compare() makes, to the bit
        pair.distance = {found.hellinger2, found.max_abs_dp, distance_between(a, b, n_classes, first.threshold).flips,
                         inputs.size()};
        pair.divergence = found.divergence;
        pair.bitwise_equal = pair.bitwise_equal || a == b;
    }
    return out;
}

bool same_bits(const RunRecord& a, const RunRecord& b) {
    const auto digest = [](const RunRecord& record, const char* name) {
        const auto it = record.members.find(name);
        return it == record.members.end() ? std::string() : it->second.sha256;
    };
    return digest(a, "predictions.npy") == digest(b, "predictions.npy") &&
           digest(a, "steps.npy") == digest(b, "steps.npy") &&
           (is_opaque(a.weights) || is_opaque(b.weights) ||
            tensor_table_root(a.weights) == tensor_table_root(b.weights));
}

std::vector<Replay> replays_of(const Plan& plan) {
    std::map<std::vector<int>, std::size_t> originals;
    const auto key = [](const PlannedRun& run) {
        std::vector<int> levels = run.levels;
        levels.push_back(run.block);
        return levels;
    };
    for (std::size_t i = 0; i < plan.runs.size(); ++i) {
        if (plan.runs[i].request.replicate == 0) originals.emplace(key(plan.runs[i]), i);
    }
    std::vector<Replay> replays;
    for (std::size_t i = 0; i < plan.runs.size(); ++i) {
        if (plan.runs[i].request.replicate == 0) continue;
        const auto it = originals.find(key(plan.runs[i]));
        if (it != originals.end()) replays.push_back({it->second, i});
    }
    return replays;
}

}  // namespace assay
