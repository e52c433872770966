#include "gate/decide.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/check.hpp"
#include "base/text.hpp"
#include "gate/baseline_match.hpp"
#include "gate/judge.hpp"
#include "gate/ledger.hpp"
#include "gate/rule.hpp"
#include "gate/rules.hpp"
#include "stats/multiplicity.hpp"

namespace assay {
namespace {

void judge_rule(const RuleContext& context, RuleResult& result) {
    const GateRule& rule = result.rule;
    if (rule.metric == "replay") return judge_replay(context, result);
    if (rule.metric == "collapsed") return judge_collapsed(context, result);
    if (rule.metric == "share" || rule.metric == "A") return judge_evidence(context, result);
    if (rule.baseline) return judge_baseline(context, result);
    if (rule.kind) return judge_pairs(context, result);
    judge_scores(context, result);
}

// Judged with its part of the error; p is given back in units of the whole.
void judge_look(const RuleContext& context, RuleResult& result) {
    const GateLook& look = context.input.look;
    const bool spends = look.of > 1 && !(look.every_seed && by_e_process(result.rule));
    const double asked = result.rule.confidence;
    if (spends) result.rule.confidence = 1 - (1 - asked) / static_cast<double>(look.of);
    judge_rule(context, result);
    result.confidence = result.rule.confidence;
    result.rule.confidence = asked;
    for (RulePlace& place : result.places) {
        if (spends && place.p) place.p = look.planned ? std::min(1.0, *place.p * static_cast<double>(look.of)) : 1;
    }
}

// A p of any place of any rule that was asked to decide: one family.
void adjust(std::vector<RuleResult>& rules) {
    std::vector<RulePlace*> places;
    std::vector<double> p, alpha;
    for (RuleResult& result : rules) {
        for (RulePlace& place : result.places) {
            if (!place.p || result.rule.relation == Relation::report) continue;
            places.push_back(&place);
            p.push_back(*place.p);
            alpha.push_back(alpha_of(result.rule));
        }
    }
    const std::vector<double> adjusted = holm(p);
    for (std::size_t i = 0; i < places.size(); ++i) {
        places[i]->p_holm = adjusted[i];
        if (places[i]->state != RuleState::undecided || adjusted[i] > alpha[i] * (1 + 1e-12)) continue;
        places[i]->state = RuleState::fail;
        places[i]->needed.reset();
    }
}

// What a single run showed, after Holm.
void name_one_run(std::vector<RuleResult>& rules) {
    for (RuleResult& result : rules) {
        for (RulePlace& place : result.places) {
            if (place.reason != RuleReason::one_run || !place.p_holm) continue;
            const bool outlier = place.state == RuleState::fail;
            place.notes.insert(place.notes.begin(), outlier ? "OUTLIER: farther from the baseline's runs than they are "
                                                              "from each other"
                                                            : "CONSISTENT with the baseline's seeds, which is no pass");
        }
    }
}

// Where a rule asked, its verdict counts; else a run that stands apart is a remark.
std::vector<OneRunResult> one_runs(const RuleContext& context, const std::vector<RuleResult>& rules) {
    if (context.baseline == nullptr) return {};
    std::vector<OneRunResult> out = one_run_results(context.candidate, *context.baseline);
    for (OneRunResult& one : out) {
        for (const RuleResult& result : rules) {
            for (const RulePlace& place : result.places) {
                if (place.reason == RuleReason::one_run && place.p_holm && place.where == one.where)
                    one.outlier = place.state == RuleState::fail;
            }
        }
    }
    return out;
}

int severity(RuleState state) {
    switch (state) {
        case RuleState::refused:
            return 5;
        case RuleState::fail:
            return 4;
        case RuleState::incomplete:
            return 3;
        case RuleState::undecided:
            return 2;
        case RuleState::pass:
            return 1;
        case RuleState::reported:
            break;
    }
    return 0;
}

// Worse: the more severe state; of two alike, the figure that is nearer to the limit or farther beyond it.
bool is_worse(const GateRule& rule, const RulePlace& a, const RulePlace& b) {
    if (severity(a.state) != severity(b.state)) return severity(a.state) > severity(b.state);
    if (!a.measured || !b.measured) return a.measured.has_value() && !b.measured;
    return wants_below(rule) ? *a.measured > *b.measured : *a.measured < *b.measured;
}

void conclude(RuleResult& result) {
    ASSAY_CHECK(!result.places.empty());
    const bool report = result.rule.relation == Relation::report;
    for (std::size_t i = 1; i < result.places.size(); ++i) {
        if (is_worse(result.rule, result.places[i], result.places[result.worst])) result.worst = i;
    }
    for (const RulePlace& place : result.places) {
        if (!place.needed || place.state != RuleState::undecided) continue;
        if (!result.needed || place.needed->more_runs > result.needed->more_runs) result.needed = place.needed;
    }
    const RulePlace& worst = result.places[result.worst];
    // A rule that only prints fails nothing, whatever became of its runs; it never passes, either.
    const bool no_judgement = report && worst.state != RuleState::refused && worst.state != RuleState::incomplete;
    result.state = no_judgement ? RuleState::reported : worst.state;
    result.reason = worst.reason;
}

void count_machines(const GateInput& input, Verdict& verdict) {
    std::map<std::string, MachineGroup> groups;
    std::map<std::string, std::set<std::string>> hosts;
    const auto add = [&](const GateSide& side, std::size_t MachineGroup::*count) {
        for (std::size_t run = 0; run < side.runs.size(); ++run) {
            if (!side.runs[run].record) continue;
            const std::string id = fingerprint_of(side, run);
            ++(groups[id].*count);
            hosts[id].insert(side.runs[run].record->host);
        }
    };
    add(input.candidate, &MachineGroup::runs);
    if (input.baseline) add(*input.baseline, &MachineGroup::baseline_runs);
    for (auto& [id, group] : groups) {
        group.fingerprint = id;
        for (const std::string& host : hosts[id]) {
            if (!host.empty()) group.hosts.push_back(host);
        }
        verdict.machines.push_back(std::move(group));
    }
    if (verdict.machines.size() > 1)
        verdict.notes.push_back("across machines: runs come from " + std::to_string(verdict.machines.size()) +
                                " different environments");
}

void count_runs(const PreparedSide& side, Verdict& verdict) {
    for (std::size_t run = 0; run < side.outcomes.size(); ++run) {
        if (side.outcomes[run] == Outcome::skipped) continue;
        ++verdict.planned;
        verdict.missing += is_missing(side.outcomes[run]) ? 1U : 0U;
    }
    std::set<std::pair<std::string, std::size_t>> collapsed;
    for (const GateConfiguration& configuration : side.configurations) {
        for (const std::size_t run : configuration.planned) {
            if (side.outcomes[run] == Outcome::collapsed || side.outcomes[run] == Outcome::diverged)
                collapsed.emplace(configuration.where, side.design.seed[run]);
        }
    }
    verdict.collapsed_seeds = collapsed.size();
    if (collapsed.empty()) return;
    const std::size_t n = collapsed.size();
    verdict.notes.push_back(std::to_string(n) + (n == 1 ? " seed" : " seeds") +
                            " collapsed or diverged: every figure is of the others; the rule `collapsed` judges this");
}

}  // namespace

bool by_e_process(const GateRule& rule) {
    return rule.baseline && rule.metric != "R" && rule.metric != "churn" && rule.limit.has_value();
}

void refuse(RuleResult& result, RuleState state, RuleReason reason, std::string note, std::string help) {
    result.places.assign(1, RulePlace{});
    settle(result.places.front(), state, reason, std::move(note));
    result.help = std::move(help);
}

void judge_each_configuration(const RuleContext& context, RuleResult& result,
                              const std::function<void(const GateConfiguration&, RulePlace&)>& judge_one) {
    for (const GateConfiguration& configuration : context.candidate.configurations) {
        if (!in_scope(result.rule, configuration.levels)) continue;
        result.places.emplace_back();
        result.places.back().where = configuration.where;
        judge_one(configuration, result.places.back());
    }
    if (result.places.empty())
        refuse(result, RuleState::refused, RuleReason::no_pairs, "no run is in its scope", "widen `where`");
}

bool settle_unusable(const GateConfiguration& configuration, RulePlace& place) {
    if (!configuration.usable.empty()) return false;
    if (configuration.missing > 0) {
        settle(
            place, RuleState::incomplete, RuleReason::missing_runs,
            std::to_string(configuration.missing) + " of " + plural(configuration.planned.size(), "run") + " missing");
        return true;
    }
    settle(place, RuleState::fail, RuleReason::no_usable_runs,
           "no run is left to measure: " + std::to_string(configuration.collapsed) + " collapsed, " +
               std::to_string(configuration.diverged) + " diverged");
    return true;
}

std::string left_out_note(const GateConfiguration& configuration) {
    if (configuration.collapsed + configuration.diverged == 0) return "";
    return "of the runs that converged: " + std::to_string(configuration.collapsed) + " collapsed, " +
           std::to_string(configuration.diverged) + " diverged";
}

Verdict decide(const GateInput& input) {
    ASSAY_CHECK(input.candidate.runs.size() == input.candidate.plan.runs.size());
    const PreparedSide candidate = prepare_side(input.candidate);
    std::optional<PreparedSide> baseline;
    if (input.baseline) baseline = prepare_side(*input.baseline);
    const RuleContext context{input, candidate, baseline ? &*baseline : nullptr};
    Verdict verdict;
    verdict.baseline = input.facts;
    count_runs(candidate, verdict);
    count_machines(input, verdict);
    for (const GateRule& rule : input.rules) {
        verdict.rules.emplace_back();
        verdict.rules.back().rule = rule;
        judge_look(context, verdict.rules.back());
    }
    adjust(verdict.rules);
    name_one_run(verdict.rules);
    for (RuleResult& result : verdict.rules) {
        conclude(result);
        result.sentence = rule_sentence(result);
    }
    verdict.state = state_of(verdict.rules);
    verdict.one_run = one_runs(context, verdict.rules);
    if (baseline) verdict.ledgers = ledgers_of(candidate, *baseline, input.inputs);
    return verdict;
}

}  // namespace assay
