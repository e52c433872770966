// A rule of the gate as a person writes it: METRIC[.KIND[.NAME]]: limit.
//
//   METRIC            flips distance maxdiff          pairs of runs that differ in one factor alone: a KIND is needed
//                     share A                         seed.NAME; hardware or hardware.NAME
//                     replay collapsed                no suffix
//                     accuracy nll ece                no suffix; .baseline (candidate less baseline, larger is worse);
//                                                     .spread (standard deviation between seeds)
//                     churn.baseline R                against the baseline
//   KIND              seed hyperparameter architecture hardware software environment data
//   limit             "< X" "<= X" "> X" ">= X" "= 0", each also "p99 < X" and "max < X" (distance), X a number or a
//                     percentage; "identical"; "report"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/factor.hpp"
#include "core/verdict.hpp"

namespace assay {

// What is wrong with a rule, and what to write instead; `in_limit`: with the limit, not with the name.
struct RuleProblem {
    std::string message, help;
    bool in_limit = false;
    friend bool operator==(const RuleProblem&, const RuleProblem&) = default;
};

struct ParsedRule {
    std::optional<GateRule> rule;  // either this, without place, `where`, confidence and `undecided`
    RuleProblem problem;           // or this
};
ParsedRule parse_rule(std::string_view key, std::string_view limit);

// A rule that no audit of these factors can produce a pair for. Nothing: it can.
std::optional<RuleProblem> rule_problem(const GateRule& rule, const std::vector<Factor>& factors);

// A figure of the rule's metric as a person reads it: shares as percentages with as many digits as they need, all else
// by two significant digits or two to four decimals.
std::string gate_figure_text(const GateRule& rule, double value);

// Every metric as it stands in a rule, without its kind: "churn.baseline".
const std::vector<std::string>& gate_metrics();

}  // namespace assay
