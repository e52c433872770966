#include "core/verdict.hpp"

#include <algorithm>
#include <array>

namespace assay {
namespace {

constexpr std::array<std::string_view, 6> k_states = {"pass", "fail", "undecided", "refused", "incomplete", "reported"};

constexpr std::array<std::string_view, 17> k_reasons = {
    "interval",        "identical",        "count",       "none_observed",  "insufficient",
    "missing_runs",    "baseline_missing", "no_baseline", "no_pairs",       "no_labels",
    "crossed_seeds",   "no_spread",        "too_coarse",  "no_usable_runs", "different_inputs",
    "across_machines", "one_run"};

}  // namespace

std::string rule_key(const GateRule& rule) {
    std::string key = rule.metric;
    if (rule.kind) key += "." + std::string(kind_name(*rule.kind));
    if (!rule.name.empty()) key += "." + rule.name;
    if (rule.baseline && rule.metric != "R") key += ".baseline";
    if (rule.spread) key += ".spread";
    return key;
}

std::string_view state_name(RuleState state) { return k_states[static_cast<std::size_t>(state)]; }
std::string_view reason_name(RuleReason reason) { return k_reasons[static_cast<std::size_t>(reason)]; }

Exit exit_of(const RuleResult& result, bool runs_missing) {
    switch (result.state) {
        case RuleState::pass:
        case RuleState::reported:
            return Exit::yes;
        case RuleState::fail:
            return Exit::no;
        case RuleState::refused:
            return Exit::usage;
        case RuleState::incomplete:
            return Exit::incomplete;
        case RuleState::undecided:
            break;
    }
    if (runs_missing) return Exit::incomplete;
    switch (result.rule.undecided) {
        case UndecidedAs::undecided:
            return Exit::undecided;
        case UndecidedAs::fail:
            return Exit::no;
        case UndecidedAs::warn:
        case UndecidedAs::pass:
            break;
    }
    return Exit::yes;
}

Exit exit_of(const Verdict& verdict) {
    const bool missing = verdict.missing > 0;
    Exit exit = missing ? Exit::incomplete : Exit::yes;
    for (const RuleResult& result : verdict.rules) exit = worse(exit, exit_of(result, missing));
    return exit;
}

RuleState state_of(const std::vector<RuleResult>& rules) {
    for (const RuleState state :
         {RuleState::refused, RuleState::fail, RuleState::incomplete, RuleState::undecided, RuleState::pass}) {
        const auto is = [&](const RuleResult& result) { return result.state == state; };
        if (std::any_of(rules.begin(), rules.end(), is)) return state;
    }
    return RuleState::reported;
}

}  // namespace assay
