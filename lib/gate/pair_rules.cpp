// Rules about pairs of runs that differ in one factor alone, judged within every combination of the other factors and
// for every two levels: a mean over them would hide "0% here, 8% there".
#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/outcome.hpp"
#include "analysis/pairing.hpp"
#include "analysis/settings.hpp"
#include "base/text.hpp"
#include "gate/judge.hpp"
#include "gate/rules.hpp"

namespace assay {
namespace {

// The planned pairs of one place, and which of them can be compared.
struct Group {
    std::string where;
    std::size_t planned = 0, missing = 0;
    std::vector<const Pair*> pairs;
};
using Key = std::vector<int>;  // axis, two levels (-1: seeds), levels of the other fixed factors

bool is_wanted(const GateRule& rule, const Axis& axis) {
    if (axis.kind != *rule.kind) return false;
    // Streams that move together are no witness to one of them.
    return rule.name.empty() || axis.name == std::string(kind_name(axis.kind)) + "." + rule.name;
}

Key key_of(const Plan& plan, const std::vector<Axis>& axes, const PairedRuns& pair) {
    const Axis& axis = axes[pair.axis];
    const bool seed = axis.kind == FactorKind::seed;
    const std::size_t moved = axis.factors[0];
    Key key = {static_cast<int>(pair.axis), seed ? -1 : plan.runs[pair.a].levels[moved],
               seed ? -1 : plan.runs[pair.b].levels[moved]};
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        const bool own = plan.factors[f].kind == FactorKind::seed || (!seed && f == moved);
        key.push_back(own ? -1 : plan.runs[pair.a].levels[f]);
    }
    return key;
}

// "isa avx2 to baseline, lr 0.1"; what is the same in all places is left out.
std::string where_of(const Plan& plan, const std::vector<Axis>& axes, const Key& key) {
    std::vector<std::string> parts;
    const Axis& axis = axes[static_cast<std::size_t>(key[0])];
    if (key[1] >= 0) {
        const Factor& factor = plan.factors[axis.factors[0]];
        if (axes.size() > 1 || factor.levels.size() > 2)
            parts.push_back(factor.name + " " + level_text(factor.levels[static_cast<std::size_t>(key[1])]) + " to " +
                            level_text(factor.levels[static_cast<std::size_t>(key[2])]));
    } else if (axes.size() > 1) {
        parts.push_back(axis.name);
    }
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        if (key[f + 3] >= 0 && plan.factors[f].levels.size() > 1)
            parts.push_back(level_name(plan.factors[f], key[f + 3]));
    }
    return join(parts, ", ");
}

// Outcomes as if every run had come out, but for those that were skipped or are out of the rule's scope.
std::vector<Outcome> as_planned(const RuleContext& context, const GateRule& rule, bool all_completed) {
    std::vector<Outcome> outcomes = context.candidate.outcomes;
    for (std::size_t run = 0; run < outcomes.size(); ++run) {
        const bool scope = rule.where.empty() || in_scope(rule, fixed_levels(context.candidate.plan(), run));
        if (!scope) outcomes[run] = Outcome::skipped;
        if (all_completed && outcomes[run] != Outcome::skipped) outcomes[run] = Outcome::completed;
    }
    return outcomes;
}

std::map<Key, Group> groups_of(const RuleContext& context, const GateRule& rule, const std::vector<Axis>& axes,
                               const std::vector<Pair>& pairs) {
    const PreparedSide& side = context.candidate;
    std::map<Key, Group> groups;
    for (const PairedRuns& planned : paired_runs(side.plan(), axes, as_planned(context, rule, true))) {
        const Key key = key_of(side.plan(), axes, planned);
        Group& group = groups[key];
        group.where = where_of(side.plan(), axes, key);
        ++group.planned;
        group.missing += is_missing(side.outcomes[planned.a]) || is_missing(side.outcomes[planned.b]) ? 1U : 0U;
    }
    for (const Pair& pair : pairs)
        groups[key_of(side.plan(), axes, {pair.axis, pair.a, pair.b})].pairs.push_back(&pair);
    return groups;
}

// The 99th percentile over inputs of their squared Hellinger distances: the smallest that 99% do not exceed.
double percentile_99(const Predictions& p, const Predictions& q, bool largest) {
    std::vector<double> d2(p.n_inputs);
    for (std::size_t i = 0; i < p.n_inputs; ++i) {
        for (std::size_t c = 0; c < p.n_classes; ++c) {
            const double root =
                std::sqrt(static_cast<double>(p.row(i)[c])) - std::sqrt(static_cast<double>(q.row(i)[c]));
            d2[i] += root * root / 2;
        }
    }
    if (largest) return *std::max_element(d2.begin(), d2.end());
    const std::size_t rank = (99 * d2.size() + 99) / 100 - 1;
    std::nth_element(d2.begin(), d2.begin() + static_cast<std::ptrdiff_t>(rank), d2.end());
    return d2[rank];
}

double figure_of(const RuleContext& context, const GateRule& rule, const Pair& pair) {
    if (rule.metric == "flips") return pair.distance.flip_share();
    if (rule.metric == "maxdiff") return pair.distance.max_abs_dp;
    if (rule.summary == Summary::mean || pair.bitwise_equal) return pair.distance.hellinger2;
    return percentile_99(context.candidate.answers(pair.a), context.candidate.answers(pair.b),
                         rule.summary == Summary::max);
}

// Which runs these pairs are of, so that seeds can be counted.
const UnitSets& units_of(const PreparedSide& side) { return side.design.units; }

// One that must not be is enough; and none decides only with all that was planned.
bool is_census(const GateRule& rule) {
    return rule.relation == Relation::identical || rule.relation == Relation::equal || rule.summary == Summary::max;
}

void judge_census(const RuleContext& context, const GateRule& rule, const Group& group,
                  const std::vector<PairValue>& values, RulePlace& place) {
    std::size_t broken = 0, equal = 0;
    double worst = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        equal += group.pairs[i]->bitwise_equal ? 1U : 0U;
        worst = std::max(worst, values[i].value);
        const bool zero = rule.relation == Relation::equal && values[i].value > 0;
        const bool beyond = rule.relation == Relation::less && values[i].value >= *rule.limit;
        const bool over = rule.relation == Relation::at_most && values[i].value > *rule.limit;
        broken += zero || beyond || over ? 1U : 0U;
    }
    const bool all_equal = equal == values.size();
    if (rule.relation == Relation::identical) broken = values.size() - equal;
    place.measured = worst;
    if (broken > 0)
        return settle(place, RuleState::fail, RuleReason::count,
                      std::to_string(broken) + " of " + plural(values.size(), "pair"));
    if (rule.relation == Relation::report) return settle(place, RuleState::reported, RuleReason::count);
    if (group.missing > 0)
        return settle(
            place, RuleState::incomplete, RuleReason::missing_runs,
            plural(group.missing, "pair") + " of " + std::to_string(group.planned) + " cannot be compared yet");
    if (values.size() < group.planned)
        return settle(place, RuleState::fail, RuleReason::no_usable_runs,
                      plural(group.planned - values.size(), "pair") +
                          " cannot be compared: a run collapsed or diverged, which is no equal answer");
    const std::size_t least = std::max(k_gate_seeds, context.candidate.design.units.min_units);
    if (place.seeds < least) return settle_too_few(context.candidate, place.seeds, least, place);
    settle(place, RuleState::pass, all_equal ? RuleReason::identical : RuleReason::count);
}

// Churn between two seeds of the same audit: the most that rounding which training amplifies is expected to change.
double churn_between_seeds(const RuleContext& context) {
    const PreparedSide& side = context.candidate;
    std::vector<Axis> seeds;
    for (const Axis& axis : axes_of(side.plan())) {
        if (axis.kind == FactorKind::seed) seeds.push_back(axis);
    }
    double most = 0, one_input = 1;
    for (const Pair& pair : matched_pairs(side.plan(), seeds, side.side->runs, side.outcomes, Compared::flips)) {
        most = std::max(most, pair.distance.flip_share());
        one_input = 1 / static_cast<double>(pair.distance.inputs);
    }
    return std::max(most, one_input);
}

void judge_mean(const RuleContext& context, const GateRule& rule, const Group& group,
                const std::vector<PairValue>& values, RulePlace& place) {
    const PreparedSide& side = context.candidate;
    const auto bits = [](const Pair* pair) { return pair->bitwise_equal; };
    const bool all_equal = std::all_of(group.pairs.begin(), group.pairs.end(), bits);
    if (all_equal && values.size() == group.planned) return judge_census(context, rule, group, values, place);
    const UnitSets& units = units_of(side);
    if (place.seeds < std::max(k_gate_seeds, units.min_units)) {
        place.measured = mean_of(values);
        if (rule.relation == Relation::report) return settle(place, RuleState::reported, RuleReason::insufficient);
        return settle_too_few(side, place.seeds, std::max(k_gate_seeds, units.min_units), place);
    }
    const double mean = mean_of(values);
    const bool flips = rule.metric == "flips";
    const double inputs = static_cast<double>(group.pairs.front()->distance.inputs);
    const JudgedBy by{rule, side, flips ? 1 / inputs : 0};
    if (mean == 0) {
        const bool hardware = *rule.kind == FactorKind::hardware;
        return judge_none_observed(by, place.seeds, flips && hardware ? churn_between_seeds(context) : 1, place);
    }
    const auto interval = jackknife_log_interval(mean, means_without(values, units), units.min_units);
    const auto figure = interval ? located(mean, *interval, true) : std::nullopt;
    if (figure) {
        judge(by, *figure, place.seeds, place);
        if (interval->one_unit_dominates) place.notes.push_back("one seed carries more than half of the variance");
        return;
    }
    place.measured = mean;
    place.interval = Interval{0, std::nullopt};
    const auto state = rule.limit ? RuleState::undecided : RuleState::reported;
    settle(place, state, RuleReason::interval, "one seed carries all of it: no bound can be given yet");
    if (rule.limit) place.needed = needed_for(side, 2 * place.seeds);
}

void judge_group(const RuleContext& context, const GateRule& rule, const Group& group, RulePlace& place) {
    if (group.pairs.empty()) {
        if (group.missing > 0)
            return settle(place, RuleState::incomplete, RuleReason::missing_runs, "its runs are missing");
        return settle(place, RuleState::fail, RuleReason::no_usable_runs,
                      "every pair has a run that collapsed or diverged: nothing is left to compare");
    }
    std::vector<PairValue> values;
    std::set<std::size_t> runs;
    for (const Pair* pair : group.pairs) {
        values.push_back({pair->a, pair->b, figure_of(context, rule, *pair)});
        runs.insert({pair->a, pair->b});
    }
    place.pairs = values.size();
    place.runs = runs.size();
    place.seeds = fewest_units(values, units_of(context.candidate));
    if (group.pairs.size() + group.missing < group.planned)
        place.notes.push_back("pairs with a run that collapsed or diverged are left out: " +
                              std::to_string(group.planned - group.missing - group.pairs.size()));
    if (is_census(rule)) return judge_census(context, rule, group, values, place);
    judge_mean(context, rule, group, values, place);
}

// Which inputs change, by the number of pairs of the worst place in which they do.
void list_inputs(const RuleContext& context, const Group& group, RuleResult& result) {
    std::vector<std::size_t> changes;
    for (const Pair* pair : group.pairs) {
        const auto a = predicted_labels(context.candidate.answers(pair->a));
        const auto b = predicted_labels(context.candidate.answers(pair->b));
        changes.resize(a.size(), 0);
        for (std::size_t i = 0; i < a.size(); ++i) changes[i] += a[i] != b[i] ? 1U : 0U;
    }
    result.n_inputs = changes.size();
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (changes[i] > 0) order.push_back(i);
    }
    result.inputs_changed = order.size();
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return changes[a] > changes[b]; });
    order.resize(std::min(order.size(), k_listed_inputs));
    result.inputs = std::move(order);
}

}  // namespace

void judge_pairs(const RuleContext& context, RuleResult& result) {
    const PreparedSide& side = context.candidate;
    std::vector<Axis> axes;
    for (const Axis& axis : axes_of(side.plan())) {
        if (is_wanted(result.rule, axis)) axes.push_back(axis);
    }
    const Compared compared = result.rule.metric == "flips" ? Compared::flips : Compared::everything;
    const std::vector<Pair> pairs =
        matched_pairs(side.plan(), axes, side.side->runs, as_planned(context, result.rule, false), compared);
    const std::map<Key, Group> groups = groups_of(context, result.rule, axes, pairs);
    if (groups.empty())
        return refuse(result, RuleState::refused, RuleReason::no_pairs, "no two planned runs differ in this alone",
                      result.rule.where.empty() ? "vary it under factors, or take the rule out"
                                                : "`where` leaves no two runs to compare: widen it");
    if (side.design.seed_axes.empty() && result.rule.relation != Relation::report)
        return refuse(result, RuleState::refused, RuleReason::insufficient,
                      "no seed varies: one seed says nothing of others", "vary the seed: `factors: {seed: {all: 8}}`");
    std::vector<const Group*> in_order;
    for (const auto& [key, group] : groups) {
        result.places.emplace_back();
        result.places.back().where = group.where;
        judge_group(context, result.rule, group, result.places.back());
        in_order.push_back(&group);
    }
    if (result.rule.metric != "flips") return;
    std::size_t worst = 0;
    for (std::size_t i = 0; i < in_order.size(); ++i) {
        if (result.places[i].measured.value_or(-1) > result.places[worst].measured.value_or(-1)) worst = i;
    }
    list_inputs(context, *in_order[worst], result);
}

}  // namespace assay
