#include "gate/judge.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "stats/power.hpp"

namespace assay {
namespace {

constexpr std::size_t k_most_seeds = 10'000;

bool inside(const GateRule& rule, double low, double high) {
    const bool strict = rule.relation == Relation::less || rule.relation == Relation::greater;
    if (wants_below(rule)) return strict ? high < *rule.limit : high <= *rule.limit;
    return strict ? low > *rule.limit : low >= *rule.limit;
}

// What a figure can be: no bound lies beyond.
Interval range_of(const GateRule& rule) {
    static const std::vector<std::string> k_shares = {"flips", "distance", "maxdiff", "accuracy", "ece", "churn"};
    const bool share = std::find(k_shares.begin(), k_shares.end(), rule.metric) != k_shares.end();
    const double infinity = std::numeric_limits<double>::infinity(), most = share ? 1 : infinity;
    const double least = rule.baseline && rule.metric != "R" && rule.metric != "churn" ? -most : 0;
    return {least, most};
}

}  // namespace

bool wants_below(const GateRule& rule) {
    return rule.relation != Relation::at_least && rule.relation != Relation::greater;
}

double alpha_of(const GateRule& rule) { return 1 - rule.confidence; }

Located with_least_error(Located figure, double step, std::size_t seeds) {
    const double each = step / static_cast<double>(seeds);
    figure.standard_error = std::max(figure.standard_error, figure.logarithm ? each / figure.value : each);
    return figure;
}

Interval bounds_of(const GateRule& rule, const Located& figure) {
    const Interval range = range_of(rule);
    return {std::clamp(lower_bound(figure, rule.confidence), range.low, *range.high),
            std::clamp(upper_bound(figure, rule.confidence), range.low, *range.high)};
}

void settle(RulePlace& place, RuleState state, RuleReason reason, std::string note) {
    place.state = state;
    place.reason = reason;
    if (!note.empty()) place.notes.push_back(std::move(note));
}

void settle_too_few(const PreparedSide& side, std::size_t seeds, std::size_t least, RulePlace& place) {
    settle(place, RuleState::undecided, RuleReason::insufficient,
           plural(seeds, "seed") + " of at least " + std::to_string(least));
    place.needed = needed_for(side, least);
}

void judge(const JudgedBy& by, Located figure, std::size_t seeds, RulePlace& place) {
    const GateRule& rule = by.rule;
    place.measured = figure.value;
    const bool still =
        figure.standard_error <= 1e-12 * (figure.logarithm ? 1 : std::max(1e-12, std::abs(figure.value)));
    if (still && by.step == 0)
        return settle(place, RuleState::refused, RuleReason::no_spread,
                      "the same in every seed, though bits differ: seeds give no unit to measure in");
    if (by.step > 0) figure = with_least_error(figure, by.step, seeds);
    place.interval = bounds_of(rule, figure);
    if (!rule.limit) return settle(place, RuleState::reported, RuleReason::interval);
    if (inside(rule, place.interval->low, *place.interval->high))
        return settle(place, RuleState::pass, RuleReason::interval);
    place.p = wants_below(rule) ? p_above(figure, *rule.limit) : p_below(figure, *rule.limit);
    if (still && *place.p > alpha_of(rule))
        return settle(place, RuleState::refused, RuleReason::too_coarse,
                      "the same in every seed, and less than one input away from the limit: more inputs tell, not "
                      "more seeds");
    settle(place, RuleState::undecided, RuleReason::interval);
    const auto units = units_to_decide(figure, seeds, *rule.limit, rule.confidence, 0.8, k_most_seeds);
    if (units) place.needed = needed_for(by.side, std::max(*units, seeds + 1));
    if (!units) place.notes.push_back("measured on the limit: no number of runs is foreseeable");
}

void judge_none_observed(const JudgedBy& by, std::size_t seeds, double most, RulePlace& place) {
    const GateRule& rule = by.rule;
    place.measured = 0;
    const double bound = most * rate_bound_of_none(seeds, alpha_of(rule));
    place.interval = Interval{0, bound};
    place.notes.push_back("none in " + plural(seeds, "seed") + ": at most " +
                          percent(rate_bound_of_none(seeds, alpha_of(rule)), 0) + " of seeds show any");
    if (!rule.limit) return settle(place, RuleState::reported, RuleReason::none_observed);
    if (inside(rule, 0, bound)) return settle(place, RuleState::pass, RuleReason::none_observed);
    settle(place, RuleState::undecided, RuleReason::none_observed);
    // alpha^(1/n) > 1 - limit / most
    const double units = std::log(alpha_of(rule)) / std::log1p(-*rule.limit / most);
    if (*rule.limit > 0 && units < k_most_seeds)
        place.needed = needed_for(by.side, std::max(seeds + 1, static_cast<std::size_t>(std::ceil(units))));
}

}  // namespace assay
