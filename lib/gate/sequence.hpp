// Judging while the seeds come in, so that a clear answer costs few runs and a close one all of them.
//
// Seeds count in planned order (SeedGroups of core/plan.hpp); a seed counts when all of its runs have ended. Scores
// against a baseline that has every seed are looked at after each seed from the fourth on, by the t e-process
// (stats/sequential.hpp), which is valid at any time. All other rules are looked at when planned_looks says so: fixed
// before the first run, an equal part of the error for each (Bonferroni). A FAIL is Holm-adjusted over all rules at
// every look. An event that must not be breaks its rule at any time; that there was none decides at a planned look. The
// first decision of a rule stands; runs beyond the seed that decided the last rule are not looked at, so that the same
// runs give the same verdict whether they came in one by one, after an interruption, or at once.
#pragma once

#include <cstddef>
#include <vector>

#include "gate/decide.hpp"

namespace assay {

inline const std::vector<std::size_t> k_gate_looks = {6, 12, 18, 24};

// k_gate_looks below `seeds`, then `seeds`: the plan's end is always one. 8 seeds: 6, 8.
std::vector<std::size_t> planned_looks(std::size_t seeds);

// Verdict::sequence says how far it went. Its runs that are missing are those of looked-at seeds where every rule is
// decided; else of the whole plan, and rules that are still open are incomplete. `look` of the input is not read.
// Preconditions as decide's.
Verdict decide_in_sequence(const GateInput& input);

// Indices of the plan's runs, seed by seed, within a seed in the plan's own order.
std::vector<int> order_by_seed(const Plan& plan);

}  // namespace assay
