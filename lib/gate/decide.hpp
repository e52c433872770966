// Rules, the candidate's runs and the baseline's in; a verdict out. Pure: the same runs give the same verdict, in any
// order of execution.
//
// PASS is shown, never assumed: in every configuration, for every rule, the one-sided 95% bound lies inside the limit
// (an intersection-union test, level 5% without correction; Berger, Technometrics 1982). FAIL is shown, too: the other
// bound lies outside, Holm-adjusted over all configurations of all rules. Everything else is undecided, and says how
// many runs would decide. Seeds are the units. Rules about single events (identical, = 0, max) speak of the runs that
// were made: one event breaks them, and none in fewer than k_gate_seeds seeds decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/attribute.hpp"
#include "core/input_table.hpp"
#include "core/plan.hpp"
#include "core/verdict.hpp"

namespace assay {

// Fewer seeds than this decide nothing, whatever they show.
inline constexpr std::size_t k_gate_seeds = 4;

struct GateSide {
    Plan plan;
    std::vector<RunData> runs;  // runs[i] belongs to plan.runs[i]
    std::optional<std::vector<std::int64_t>> labels;
    // Of the environment of each run: an id, "" where none was recorded. Empty: of none. Hosts are never compared: two
    // machines with one fingerprint are one, one host with two fingerprints is two.
    std::vector<std::string> fingerprints;
};

// One look of several at a growing number of seeds; gate/sequence.hpp makes them. The default: the only one.
struct GateLook {
    std::size_t of = 1;       // planned looks; each spends an equal part of a rule's error (Bonferroni)
    bool planned = true;      // else nothing is spent here: p counts as 1 but where `every_seed` holds
    bool every_seed = false;  // scores against the baseline by the t e-process, which may be looked at at any time
};

struct GateInput {
    std::vector<GateRule> rules;
    GateSide candidate;
    std::optional<GateSide> baseline;    // nothing: its runs are not here ...
    std::optional<BaselineFacts> facts;  // ... or nothing was ever accepted, where this is nothing, too
    const InputTable* inputs = nullptr;  // of the candidate's held-out inputs
    GateLook look = {};
};

// Whether a rule is judged by the t e-process where a look has `every_seed`.
bool by_e_process(const GateRule& rule);

// Preconditions: runs fit their plans; rules come from parse_rule.
// Throws Error E0103 (70) when the machine has no BLAS.
Verdict decide(const GateInput& input);

}  // namespace assay
