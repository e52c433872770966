// What the rules see of a side: its configurations, each with the runs that were planned, that can be used, and what
// became of the others.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/configurations.hpp"
#include "gate/decide.hpp"

namespace assay {

struct GateConfiguration {
    std::map<std::string, std::string> levels;             // of the fixed factors: "hardware.isa" -> "avx2"
    std::string where;                                     // "dense, lr 0.1"; "" where there is one only
    std::vector<std::size_t> planned;                      // first runs that were not skipped
    std::vector<std::size_t> usable;                       // of these, completed, with answers
    std::size_t missing = 0, collapsed = 0, diverged = 0;  // of these; missing: not there, failed, timed out
};

struct PreparedSide {
    const GateSide* side = nullptr;
    std::vector<Outcome> outcomes;
    DesignLabels design;
    std::vector<GateConfiguration> configurations;
    double mean_wall_s = 0;

    const Plan& plan() const { return side->plan; }
    const Predictions& answers(std::size_t run) const { return *side->runs[run].predictions; }
};
PreparedSide prepare_side(const GateSide& side);

bool is_missing(Outcome outcome);
// Whether `where` of a rule lets these levels in.
bool in_scope(const GateRule& rule, const std::map<std::string, std::string>& levels);
std::map<std::string, std::string> fixed_levels(const Plan& plan, std::size_t run);
// Two runs of a configuration share a seed and differ in another: they are not independent.
bool seeds_cross(const PreparedSide& side, const std::vector<std::size_t>& runs);
std::string seed_key(const PlannedRun& run);  // the seeds that a run was given, as text
std::string fingerprint_of(const GateSide& side, std::size_t run);

// Runs that `units` seeds (or blocks) would take beyond those that are planned.
std::size_t runs_beyond(const PreparedSide& side, std::size_t units);
// What it takes to have `usable` seeds (or blocks) that converge, where the share `kept` does: by default that of the
// configuration in which fewest did.
Needed needed_for(const PreparedSide& side, std::size_t usable);
Needed needed_for(const PreparedSide& side, std::size_t usable, double kept);

}  // namespace assay
