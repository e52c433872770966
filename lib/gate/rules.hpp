// The rules, one family a file: each gives its places. p_holm and what follows from it are left to decide.cpp.
#pragma once

#include <functional>
#include <vector>

#include "gate/sides.hpp"

namespace assay {

struct RuleContext {
    const GateInput& input;
    const PreparedSide& candidate;
    const PreparedSide* baseline;  // null: its runs are not here
};

// Places in a fixed order; `result` already holds the rule. A rule that cannot be judged anywhere gets one place that
// says so, and `help`.
void judge_pairs(const RuleContext& context, RuleResult& result);      // flips, distance, maxdiff
void judge_replay(const RuleContext& context, RuleResult& result);     // replay
void judge_collapsed(const RuleContext& context, RuleResult& result);  // collapsed
void judge_scores(const RuleContext& context, RuleResult& result);     // accuracy, nll, ece, their spread
void judge_evidence(const RuleContext& context, RuleResult& result);   // share, A
void judge_baseline(const RuleContext& context, RuleResult& result);   // churn, R, scores against the baseline

// A place for each configuration that the rule lets in, judged by `judge_one`; refused where there is none.
void judge_each_configuration(const RuleContext& context, RuleResult& result,
                              const std::function<void(const GateConfiguration&, RulePlace&)>& judge_one);

// The only place of a rule that cannot be judged.
void refuse(RuleResult& result, RuleState state, RuleReason reason, std::string note, std::string help);

// A configuration without any usable run: incomplete where runs are missing; else all of them collapsed or diverged,
// which no rule may pass over. Returns whether it was one.
bool settle_unusable(const GateConfiguration& configuration, RulePlace& place);
// "of the runs that converged: 1 collapsed, 2 diverged"; "" where all did.
std::string left_out_note(const GateConfiguration& configuration);

// "8.4% of predicted labels change with hardware at lr 0.1", of its worst place.
std::string rule_sentence(const RuleResult& result);

}  // namespace assay
