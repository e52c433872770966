// Rules about single runs: does a run repeat itself, does it collapse.
#include <algorithm>
#include <set>

#include "analysis/pairing.hpp"
#include "base/text.hpp"
#include "gate/judge.hpp"
#include "gate/rules.hpp"
#include "stats/power.hpp"
#include "stats/proportion.hpp"

namespace assay {
namespace {

// ---- replay --------------------------------------------------------------------------------------------------------

struct ReplayCount {
    std::size_t planned = 0, compared = 0, identical = 0, missing = 0, across = 0;
    double flips = 0, max_abs_dp = 0;
    std::string differs;  // the first run whose repeat does
};

bool ended(Outcome outcome) { return !is_missing(outcome) && outcome != Outcome::skipped; }

void compare(const PreparedSide& side, const Replay& replay, ReplayCount& count) {
    const Outcome a = side.outcomes[replay.original], b = side.outcomes[replay.replay];
    if (a == Outcome::skipped && b == Outcome::skipped) return;
    ++count.planned;
    if (is_missing(a) || is_missing(b)) {
        ++count.missing;
        return;
    }
    if (fingerprint_of(*side.side, replay.original) != fingerprint_of(*side.side, replay.replay)) {
        ++count.across;
        return;
    }
    ++count.compared;
    const RunData &first = side.side->runs[replay.original], &second = side.side->runs[replay.replay];
    if (ended(a) && a == b && same_bits(*first.record, *second.record)) {
        ++count.identical;
        return;
    }
    const int number = side.plan().runs[replay.original].number;
    if (count.differs.empty()) count.differs = run_label(side.plan(), number);
    if (!first.predictions || !second.predictions) return;
    const Predictions &p = *first.predictions, &q = *second.predictions;
    if (p.n_inputs != q.n_inputs || p.n_classes != q.n_classes) return;
    const Distance d = distance_between(p.probabilities, q.probabilities, p.n_classes, p.threshold);
    count.flips = std::max(count.flips, d.flip_share());
    count.max_abs_dp = std::max(count.max_abs_dp, d.max_abs_dp);
}

void settle_replay(const GateRule& rule, const ReplayCount& count, RulePlace& place) {
    place.pairs = count.compared;
    place.runs = 2 * count.compared;
    const std::string of = std::to_string(count.identical) + " of " + plural(count.compared, "replay") + " identical";
    if (count.across > 0)
        place.notes.push_back(plural(count.across, "replay") +
                              " on another machine than its run: across machines, not counted");
    if (count.compared > count.identical) {
        place.run = count.differs;
        place.measured = static_cast<double>(count.compared - count.identical) / static_cast<double>(count.compared);
        const auto state = rule.relation == Relation::report ? RuleState::reported : RuleState::fail;
        return settle(place, state, RuleReason::count,
                      of + "; at most " + percent(count.flips, 2) + " of labels and " + scientific(count.max_abs_dp) +
                          " of a probability differ");
    }
    if (count.compared > 0) place.measured = 0;
    if (rule.relation == Relation::report) return settle(place, RuleState::reported, RuleReason::identical, of);
    if (count.missing > 0)
        return settle(place, RuleState::incomplete, RuleReason::missing_runs,
                      plural(count.missing, "replay") + " missing");
    if (count.compared == 0)
        return settle(place, RuleState::incomplete, RuleReason::across_machines,
                      "no replay ran on the machine of its run");
    const double bound = rate_bound_of_none(count.compared, alpha_of(rule));
    settle(place, RuleState::pass, RuleReason::identical,
           of + "; at most " + percent(bound, 0) + " of such runs do not repeat");
}

// ---- collapsed -----------------------------------------------------------------------------------------------------

// Seeds of a configuration: a seed whose run or any repeat of it collapsed counts once.
struct SeedCount {
    std::set<std::size_t> seeds, collapsed, diverged, missing;
    std::string run;  // the first that collapsed or diverged
};

SeedCount count_seeds(const PreparedSide& side, const std::map<std::string, std::string>& levels) {
    SeedCount count;
    for (std::size_t run = 0; run < side.plan().runs.size(); ++run) {
        const Outcome outcome = side.outcomes[run];
        if (outcome == Outcome::skipped || fixed_levels(side.plan(), run) != levels) continue;
        const std::size_t seed = side.design.seed[run];
        const bool first = side.plan().runs[run].request.replicate == 0;
        if (is_missing(outcome)) {
            if (first) count.missing.insert(seed);
            continue;
        }
        count.seeds.insert(seed);
        if (outcome == Outcome::collapsed) count.collapsed.insert(seed);
        if (outcome == Outcome::diverged) count.diverged.insert(seed);
        const bool bad = outcome == Outcome::collapsed || outcome == Outcome::diverged;
        if (bad && count.run.empty()) count.run = run_label(side.plan(), side.plan().runs[run].number);
    }
    return count;
}

double binomial_tail(std::size_t k, std::size_t n, double rate) {
    // P(X >= k) <= alpha exactly where the lower Clopper-Pearson bound at 1 - 2 alpha reaches `rate`: solved for alpha.
    double low = 1e-12, high = 0.5;
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (clopper_pearson(k, n, 1 - 2 * middle).low >= rate ? high : low) = middle;
    }
    return high;
}

std::optional<std::size_t> seeds_to_decide(std::size_t k, std::size_t n, const GateRule& rule) {
    const double share = static_cast<double>(k) / static_cast<double>(n);
    for (std::size_t more = n + 1; more <= 10'000; ++more) {
        const auto expected = static_cast<std::size_t>(share * static_cast<double>(more) + 0.5);
        const ProportionInterval interval = clopper_pearson(expected, more, 1 - 2 * alpha_of(rule));
        if (interval.high < *rule.limit || interval.low > *rule.limit) return more;
    }
    return std::nullopt;
}

void judge_share(const PreparedSide& side, const GateRule& rule, std::size_t bad, std::size_t of, RulePlace& place) {
    const ProportionInterval interval = clopper_pearson(bad, of, 1 - 2 * alpha_of(rule));
    place.interval = Interval{interval.low, interval.high};
    if (rule.relation == Relation::report) return settle(place, RuleState::reported, RuleReason::interval);
    if (interval.high < *rule.limit) return settle(place, RuleState::pass, RuleReason::interval);
    place.p = bad == 0 ? 1 : binomial_tail(bad, of, *rule.limit);
    settle(place, RuleState::undecided, RuleReason::interval);
    if (const auto seeds = seeds_to_decide(bad, of, rule)) place.needed = needed_for(side, *seeds, 1);
}

void judge_seeds(const PreparedSide& side, const GateRule& rule, const SeedCount& count, RulePlace& place) {
    std::set<std::size_t> bad = count.collapsed;
    bad.insert(count.diverged.begin(), count.diverged.end());
    place.seeds = place.runs = count.seeds.size();
    place.run = count.run;
    if (!bad.empty())
        place.notes.push_back(plural(bad.size(), "seed") + " of " + std::to_string(count.seeds.size()) + ": " +
                              std::to_string(count.collapsed.size()) + " collapsed, " +
                              std::to_string(count.diverged.size()) + " diverged");
    if (count.seeds.empty()) return settle(place, RuleState::incomplete, RuleReason::missing_runs, "no run has ended");
    place.measured = static_cast<double>(bad.size()) / static_cast<double>(count.seeds.size());
    if (rule.relation != Relation::equal) return judge_share(side, rule, bad.size(), count.seeds.size(), place);
    if (!bad.empty()) return settle(place, RuleState::fail, RuleReason::count);
    if (!count.missing.empty())
        return settle(place, RuleState::incomplete, RuleReason::missing_runs,
                      plural(count.missing.size(), "seed") + " not there yet");
    if (place.seeds < k_gate_seeds) return settle_too_few(side, place.seeds, k_gate_seeds, place);
    settle(place, RuleState::pass, RuleReason::count,
           "none of " + plural(place.seeds, "seed") + "; at most " +
               percent(rate_bound_of_none(place.seeds, alpha_of(rule)), 0) + " of all seeds do");
}

}  // namespace

void judge_replay(const RuleContext& context, RuleResult& result) {
    const PreparedSide& side = context.candidate;
    const std::vector<Replay> replays = replays_of(side.plan());
    for (const GateConfiguration& configuration : side.configurations) {
        if (!in_scope(result.rule, configuration.levels)) continue;
        ReplayCount count;
        for (const Replay& replay : replays) {
            if (fixed_levels(side.plan(), replay.original) == configuration.levels) compare(side, replay, count);
        }
        if (count.planned == 0) {
            result.notes.push_back("no run is repeated at " + configuration.where);
            continue;
        }
        result.places.emplace_back();
        result.places.back().where = configuration.where;
        settle_replay(result.rule, count, result.places.back());
    }
    if (result.places.empty())
        refuse(result, RuleState::refused, RuleReason::no_pairs, "no run is repeated", "set `replays: 1` or more");
}

void judge_collapsed(const RuleContext& context, RuleResult& result) {
    const PreparedSide& side = context.candidate;
    judge_each_configuration(context, result, [&](const GateConfiguration& configuration, RulePlace& place) {
        judge_seeds(side, result.rule, count_seeds(side, configuration.levels), place);
    });
}

}  // namespace assay
