// Rules about figures of the evidence: what a seed stream brings back, how far training amplifies rounding.
#include <algorithm>
#include <cmath>

#include "analysis/evidence.hpp"
#include "analysis/outcome.hpp"
#include "base/text.hpp"
#include "gate/judge.hpp"
#include "gate/rules.hpp"

namespace assay {
namespace {

// A figure keeps its 95% interval alone: its standard error is read off the lower end.
std::optional<Located> figure_located(const Figure& figure) {
    if (!figure.value || !figure.interval || !figure.interval->high || figure.units < 2) return std::nullopt;
    if (!(*figure.value > 0) || !(figure.interval->low > 0)) return std::nullopt;
    const Located unit{1, 1, static_cast<double>(figure.units - 1), true};
    const double reach = std::log(upper_bound(unit, 0.975));
    return Located{*figure.value, std::log(*figure.value / figure.interval->low) / reach,
                   static_cast<double>(figure.units - 1), true};
}

void judge_figure(const RuleContext& context, const GateRule& rule, const Figure& figure, RulePlace& place) {
    place.seeds = figure.units;
    place.measured = figure.value;
    if (const auto known = figure_located(figure))
        return judge({rule, context.candidate, 0}, *known, figure.units, place);
    if (!rule.limit) return settle(place, RuleState::reported, RuleReason::insufficient);
    if (figure.value == 0.0)
        return settle(place, RuleState::refused, RuleReason::no_spread,
                      "nothing changes: ask `flips` or `identical` instead");
    settle_too_few(context.candidate, figure.units, std::max<std::size_t>(figure.units + 2, 8), place);
    place.notes.push_back("no interval: " + join(figure.flags, ", "));
}

void judge_amplification(const RuleContext& context, const Evidence& evidence, RuleResult& result) {
    for (const HardwareEffect& effect : evidence.hardware) {
        if (!result.rule.name.empty() && effect.factor != "hardware." + result.rule.name) continue;
        result.places.emplace_back();
        RulePlace& place = result.places.back();
        place.where = effect.factor + (effect.where.empty() ? "" : ", " + effect.where);
        place.pairs = effect.pairs;
        place.seeds = effect.seeds;
        if (effect.pairs > 0 && effect.bitwise_equal == effect.pairs) {
            place.measured = 0;
            if (!result.rule.limit) {
                settle(place, RuleState::reported, RuleReason::identical);
            } else if (effect.seeds < k_gate_seeds) {
                settle_too_few(context.candidate, effect.seeds, k_gate_seeds, place);
            } else {
                settle(place, wants_below(result.rule) ? RuleState::pass : RuleState::fail, RuleReason::identical);
            }
            continue;
        }
        judge_figure(context, result.rule, effect.ratio, place);
    }
}

void judge_shares(const RuleContext& context, const Evidence& evidence, RuleResult& result) {
    for (const SeedShares& shares : evidence.seeds) {
        for (const SeedShare& share : shares.streams) {
            if (share.stream != "seed." + result.rule.name) continue;
            result.places.emplace_back();
            result.places.back().where = shares.where;
            judge_figure(context, result.rule, share.total, result.places.back());
        }
    }
}

}  // namespace

void judge_evidence(const RuleContext& context, RuleResult& result) {
    const PreparedSide& side = context.candidate;
    std::vector<Outcome> outcomes = side.outcomes;
    std::size_t missing = 0;
    for (const GateConfiguration& configuration : side.configurations) {
        const bool inside = in_scope(result.rule, configuration.levels);
        for (const std::size_t run : configuration.planned) {
            if (!inside) outcomes[run] = Outcome::skipped;
        }
        missing += inside ? configuration.missing : 0;
        if (!inside || !configuration.usable.empty()) continue;
        result.places.emplace_back();
        result.places.back().where = configuration.where;
        settle_unusable(configuration, result.places.back());
    }
    const Evidence evidence = evidence_of(side.plan(), side.side->runs, outcomes, side.side->labels);
    if (result.rule.metric == "A") {
        judge_amplification(context, evidence, result);
    } else {
        judge_shares(context, evidence, result);
    }
    if (!result.places.empty()) return;
    if (missing > 0) return refuse(result, RuleState::incomplete, RuleReason::missing_runs, "its runs are missing", "");
    refuse(result, RuleState::refused, RuleReason::no_pairs, "this design gives no such figure",
           result.rule.metric == "A" ? "vary hardware, with the same seeds at every level"
                                     : "vary two seed streams or more: `design: {blocks: 4}`");
}

}  // namespace assay
