// From matched pairs to means with intervals.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/pairing.hpp"
#include "core/attribution.hpp"
#include "core/plan.hpp"

namespace assay {

// The independent units of an audit: blocks of seeds, or the levels of each seed stream. units[s][run] numbers the unit
// of a run in set s. Seeds are the units, never inputs and never runs.
struct UnitSets {
    std::vector<std::vector<std::size_t>> unit_of_run;
    std::size_t min_units = 4;                    // for an interval: 4 seeds, 3 blocks
    std::vector<std::vector<std::string>> names;  // [set][unit]: "seed.init 3", "block 2"
    std::vector<std::string> run_labels;          // [run]: "013"
};
UnitSets unit_sets(const Plan& plan, const std::vector<Axis>& axes);

// The runs of a unit among `runs`, which are indices into Plan::runs in rising order.
Dominating dominating_unit(const UnitSets& units, std::size_t set, std::size_t unit,
                           const std::vector<std::size_t>& runs);

// A figure of two runs, as indices into Plan::runs.
struct PairValue {
    std::size_t a = 0, b = 0;
    double value = 0;
};
double mean_of(const std::vector<PairValue>& pairs);  // precondition: there are some
// For each set the means without each unit that meets a pair: pairs that touch the unit are left out; nothing where
// none is left.
std::vector<std::vector<std::optional<double>>> means_without(const std::vector<PairValue>& pairs,
                                                              const UnitSets& units);
std::size_t fewest_units(const std::vector<PairValue>& pairs, const UnitSets& units);  // of a set, that meet a pair

// Means over `pairs` and their delete-one-unit jackknife intervals. Without pairs the cell says `empty_reason`.
EffectCell effect_cell(const std::vector<const Pair*>& pairs, const UnitSets& units, const std::string& empty_reason);

}  // namespace assay
