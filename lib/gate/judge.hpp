// A figure against a limit.
#pragma once

#include <optional>
#include <string>

#include "gate/sides.hpp"
#include "stats/bound.hpp"

namespace assay {

bool wants_below(const GateRule& rule);
double alpha_of(const GateRule& rule);
// With at least the standard error that one step in one unit would give.
Located with_least_error(Located figure, double step, std::size_t seeds);
// Both one-sided bounds, inside what the figure can be: a share is never above 1.
Interval bounds_of(const GateRule& rule, const Located& figure);

// A place that is settled without an interval.
void settle(RulePlace& place, RuleState state, RuleReason reason, std::string note = {});
// Too few seeds: undecided, and what it takes.
void settle_too_few(const PreparedSide& side, std::size_t seeds, std::size_t least, RulePlace& place);

// By its interval: pass where the whole of it is inside; otherwise undecided, with p and what it takes. Whether p makes
// it a fail depends on all other places: decide.cpp. `step`: the smallest change that the figure can show in one unit
// (one input); 0: any. A figure that is the same in every unit is taken to differ by one step in one of them; where it
// has no step, seeds change nothing and there is nothing to measure by.
struct JudgedBy {
    const GateRule& rule;
    const PreparedSide& side;
    double step = 0;
};
void judge(const JudgedBy& by, Located figure, std::size_t seeds, RulePlace& place);

// Nothing was seen in any of `seeds` seeds, though bits differ. What was not met has a share of at most
// 1 - alpha^(1/seeds) of seeds, and does there no more than `most`.
void judge_none_observed(const JudgedBy& by, std::size_t seeds, double most, RulePlace& place);

}  // namespace assay
