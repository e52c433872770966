// Runs of a configuration beside those of the baseline with the same levels.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/sides.hpp"
#include "stats/symmetric.hpp"

namespace assay {

struct SeedPair {
    std::size_t candidate = 0, baseline = 0;  // indices into the plans' runs
};

struct MatchedSides {
    // What keeps them from being compared at all, with what it makes of the place; nothing: they can be.
    std::optional<RuleReason> problem;
    RuleState state = RuleState::refused;
    std::string note, help;

    std::vector<SeedPair> pairs;                   // runs of one seed, in the candidate's order
    std::vector<std::size_t> candidate, baseline;  // usable runs
    std::size_t planned_candidate = 0, missing_candidate = 0, missing_baseline = 0;
    std::size_t collapsed_candidate = 0;  // or diverged
    std::size_t without_partner = 0;      // usable runs whose seeds the baseline never planned
    std::size_t unequal = 0;              // pairs whose answers differ in a bit
    bool all_identical = true;            // every pair there is

    bool paired() const { return !pairs.empty(); }
};
// Precondition: the configuration has a usable run.
MatchedSides match_sides(const PreparedSide& candidate, const PreparedSide& baseline,
                         const GateConfiguration& configuration);

// d2 of baseline runs, then candidate runs.
Symmetric distances_between_sides(const PreparedSide& candidate, const std::vector<std::size_t>& candidate_runs,
                                  const PreparedSide& baseline, const std::vector<std::size_t>& baseline_runs);

// The one usable run of a configuration that plans one, among the baseline's; p is nothing where these are too few.
OneRunResult one_run_of(const PreparedSide& candidate, const PreparedSide& baseline, const MatchedSides& matched,
                        double alpha);
// Of all configurations with one planned run, at k_alpha.
std::vector<OneRunResult> one_run_results(const PreparedSide& candidate, const PreparedSide& baseline);

}  // namespace assay
