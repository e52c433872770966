#include "analysis/seed_wiring.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "core/safetensors.hpp"

namespace assay {
namespace {

// The matched pairs of one stream in one configuration of everything else.
struct Group {
    std::vector<int> levels;  // one a factor of the plan that is no seed
    std::size_t pairs = 0;
    bool answers_equal = true, all_equal = true;  // all_equal: weights and steps too
    bool hard = true;                             // every probability is 0 or 1
    bool other_traces = false;                    // weights or steps were written

    bool idle() const { return all_equal && (!hard || other_traces); }
};

bool is_hard(const Predictions& predictions) {
    return std::all_of(predictions.probabilities.begin(), predictions.probabilities.end(),
                       [](float p) { return p == 0 || p == 1; });
}

bool has_traces(const RunRecord& record) {
    const bool weights = !record.weights.empty() && !is_opaque(record.weights);
    return weights || record.members.contains("steps.npy");
}

std::vector<std::size_t> fixed_factors(const Plan& plan) {
    std::vector<std::size_t> fixed;
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        if (plan.factors[f].kind != FactorKind::seed) fixed.push_back(f);
    }
    return fixed;
}

std::vector<Group> groups_of(const Plan& plan, std::size_t axis, const std::vector<RunData>& runs,
                             const std::vector<Pair>& pairs) {
    std::map<std::vector<int>, Group> groups;
    for (const Pair& pair : pairs) {
        if (pair.axis != axis) continue;
        std::vector<int> levels;
        for (const std::size_t f : fixed_factors(plan)) levels.push_back(plan.runs[pair.a].levels[f]);
        Group& group = groups[levels];
        group.levels = levels;
        ++group.pairs;
        const RunData &a = runs[pair.a], &b = runs[pair.b];
        group.answers_equal = group.answers_equal && pair.bitwise_equal;
        group.all_equal = group.all_equal && pair.bitwise_equal && same_bits(*a.record, *b.record);
        group.hard = group.hard && pair.bitwise_equal && is_hard(*a.predictions);
        group.other_traces = group.other_traces || (has_traces(*a.record) && has_traces(*b.record));
    }
    std::vector<Group> out;
    for (auto& [levels, group] : groups) out.push_back(std::move(group));
    return out;
}

// "where dropout is 0": one factor whose levels tell the idle configurations from the others; else how many they are.
std::string where_idle(const Plan& plan, const std::vector<Group>& groups) {
    const std::vector<std::size_t> fixed = fixed_factors(plan);
    for (std::size_t i = 0; i < fixed.size(); ++i) {
        std::set<int> idle, active, both;
        for (const Group& group : groups) (group.idle() ? idle : active).insert(group.levels[i]);
        std::set_intersection(idle.begin(), idle.end(), active.begin(), active.end(), std::inserter(both, both.end()));
        if (!both.empty()) continue;
        std::vector<std::string> levels;
        for (const int level : idle)
            levels.push_back(level_text(plan.factors[fixed[i]].levels[static_cast<std::size_t>(level)]));
        return "where " + plan.factors[fixed[i]].name + " is " + join(levels, " or ");
    }
    const auto idle = std::count_if(groups.begin(), groups.end(), [](const Group& group) { return group.idle(); });
    return "in " + std::to_string(idle) + " of " + plural(groups.size(), "configuration");
}

std::size_t pairs_in(const std::vector<Group>& groups, bool idle_only) {
    std::size_t pairs = 0;
    for (const Group& group : groups) pairs += !idle_only || group.idle() ? group.pairs : 0;
    return pairs;
}

void judge(const Plan& plan, const std::string& stream, const std::vector<Group>& groups, SeedWiring& out) {
    const auto all = [&](const auto& holds) { return std::all_of(groups.begin(), groups.end(), holds); };
    if (groups.empty()) return;
    const std::string pairs = plural(pairs_in(groups, false), "pair");
    if (all([](const Group& group) { return group.idle(); })) {
        out.unwired.push_back({stream, pairs_in(groups, false)});
    } else if (all([](const Group& group) { return group.all_equal; })) {
        out.notes.push_back({"D0110", stream + " changes no bit in " + pairs +
                                          "; hard labels (0 or 1) cannot show whether it reaches the model"});
    } else if (all([](const Group& group) { return group.answers_equal; })) {
        out.notes.push_back({"D0109", stream + " changes no bit of the answers in " + pairs +
                                          ", though weights or steps differ: it is read, and these answers do not "
                                          "show it"});
    } else if (pairs_in(groups, true) > 0) {
        out.notes.push_back({"D0108", stream + " changes no bit " + where_idle(plan, groups) + " (" +
                                          plural(pairs_in(groups, true), "pair") + "); elsewhere it does"});
    }
}

// The built-in trainers read every parameter that they have, and of imported runs nobody here knows.
bool is_command(const Plan& plan) {
    const Json& trainer = plan.runs.front().request.trainer;
    const Json* const kind = trainer.is_object() ? trainer.find("kind") : nullptr;
    return kind != nullptr && *kind == Json("exec");
}

bool is_parameter(FactorKind kind) {
    return kind == FactorKind::hyperparameter || kind == FactorKind::architecture || kind == FactorKind::data;
}

void judge_parameter(const std::string& factor, const std::vector<Group>& groups, SeedWiring& out) {
    if (groups.empty() || !std::all_of(groups.begin(), groups.end(), [](const Group& group) { return group.idle(); }))
        return;
    out.notes.push_back({"D0113", factor + " changes no bit in " + plural(pairs_in(groups, false), "pair") +
                                      ": the command may not read it"});
}

void add_opaque_weights(const std::vector<RunData>& runs, SeedWiring& out) {
    const auto count = static_cast<std::size_t>(std::count_if(
        runs.begin(), runs.end(), [](const RunData& run) { return run.record && is_opaque(run.record->weights); }));
    if (count == 0) return;
    out.notes.push_back({"D0114", "The weights of " + plural(count, "run") +
                                      " are a file that is not opened and may carry a time stamp: it is kept as one "
                                      "digest and never compared"});
}

}  // namespace

SeedWiring seed_wiring(const Plan& plan, const std::vector<Axis>& axes, const std::vector<RunData>& runs,
                       const std::vector<Pair>& pairs) {
    SeedWiring out;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        if (axes[axis].kind == FactorKind::seed) judge(plan, axes[axis].name, groups_of(plan, axis, runs, pairs), out);
        if (is_parameter(axes[axis].kind) && is_command(plan))
            judge_parameter(axes[axis].name, groups_of(plan, axis, runs, pairs), out);
    }
    add_opaque_weights(runs, out);
    return out;
}

}  // namespace assay
