// The plan of an audit: which runs, in which order. A pure value, made by harness/design from a spec, kept in
// the store beside the runs, and all that the analysis needs to know of the design.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "core/factor.hpp"
#include "core/run.hpp"

namespace assay {

struct PlannedRun {
    int number = 0;           // 1, 2, ...: "run 013" for a person; position in Plan::runs plus one
    std::vector<int> levels;  // one index into levels per factor of the plan, complete
    int block = 0;            // design `seeds`: which block; else 0
    RunRequest request;       // request.replicate > 0: a replay of the run with the same levels

    friend bool operator==(const PlannedRun&, const PlannedRun&) = default;
};

// `factors` in the order of the spec. With design "seeds" each seed factor has two levels per block (levels
// 2b and 2b+1 belong to block b), so runs of two blocks share no seed. With "screen" the base configuration is level 0
// of every factor that is no seed, and no run has two of them off it.
struct Plan {
    std::string name;
    std::string design;  // "factorial", "repeat", "screen", "hardware", "seeds"
    int blocks = 1;
    std::uint64_t root_seed = 1;
    std::vector<Factor> factors;
    std::vector<PlannedRun> runs;
    std::vector<int> order;                // indices into runs, in the order of execution (randomised, recorded)
    Json spec;                             // the resolved spec: every default filled in
    std::optional<MemberRef> inputs = {};  // the table of inputs (core/input_table.hpp), an object of the store

    friend bool operator==(const Plan&, const Plan&) = default;
};

Json plan_json(const Plan& plan);  // "assay-audit/1"
Plan plan_from_json(const Json& json);
std::string audit_id(const Plan& plan);  // SHA-256 of the canonical JSON

// Whether the seed streams move together, run for run ("repeat", "screen", "hardware"), or cross.
bool seeds_move_together(const Plan& plan);

// Which runs are independent of each other: runs of two groups share no seed of any stream. A group is one seed where
// streams move together, one block where they cross in blocks, and all runs where every seed crosses every other.
struct SeedGroups {
    std::size_t count = 0;
    std::vector<std::size_t> group;  // [run]
    std::vector<std::size_t> place;  // [run]: which combination of the group's seeds, numbered alike in each group
};
SeedGroups seed_groups(const Plan& plan);

// "013": wide enough for the plan, at least three digits.
std::string run_label(const Plan& plan, int number);
// "lr=0.1 init=1 isa=avx2": levels of one run, seeds as the number of their level.
std::string cell_text(const Plan& plan, const PlannedRun& run);

}  // namespace assay
