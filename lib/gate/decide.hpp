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

struct GateInput {
    std::vector<GateRule> rules;
    GateSide candidate;
    std::optional<GateSide> baseline;    // nothing: its runs are not here ...
    std::optional<BaselineFacts> facts;  // ... or nothing was ever accepted, where this is nothing, too
    const InputTable* inputs = nullptr;  // of the candidate's held-out inputs
    // Stop as soon as every rule is decided. Scores: a look after every seed (stats/sequential.hpp). R and churn:
    // looks at these numbers of seeds only, the error spent in equal parts (Bonferroni). Empty: one look, at the end.
    std::vector<std::size_t> looks = {};
};
inline const std::vector<std::size_t> k_gate_looks = {6, 12, 18, 24};

// Preconditions: runs fit their plans; rules come from parse_rule.
// Throws Error E0103 (70) when the machine has no BLAS.
Verdict decide(const GateInput& input);

}  // namespace assay
