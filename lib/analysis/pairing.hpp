// Matched pairs: runs that differ in exactly one axis, all else equal.
#pragma once

#include <string>
#include <vector>

#include "analysis/attribute.hpp"
#include "core/attribution.hpp"
#include "stats/distance.hpp"
#include "stats/divergences.hpp"

namespace assay {

// What is changed alone: one factor; or all seed factors together where the design moves them together.
struct Axis {
    std::string name;
    FactorKind kind = FactorKind::seed;
    std::vector<std::size_t> factors;  // indices into Plan::factors
};
std::vector<Axis> axes_of(const Plan& plan);

struct Pair {
    std::size_t axis = 0;
    std::size_t a = 0, b = 0;  // indices into Plan::runs; a's level comes first in the spec
    Distance distance;
    Divergence divergence;
    bool bitwise_equal = false;
};

// Two runs that differ in one axis only.
struct PairedRuns {
    std::size_t axis = 0, a = 0, b = 0;  // as in Pair
};
// Of first runs (no replays) with outcome completed. O(runs x pairs of a group): runs are grouped by the levels of the
// other factors, never compared all with all.
std::vector<PairedRuns> paired_runs(const Plan& plan, const std::vector<Axis>& axes,
                                    const std::vector<Outcome>& outcomes);

// Their answers compared: pairs of runs that have any. One pass over the probabilities
// of a pair, one over those of a run.
// `flips`: of a pair only bits, flips and inputs, which the labels tell; distances stay 0.
enum class Compared { flips, everything };
std::vector<Pair> matched_pairs(const Plan& plan, const std::vector<Axis>& axes, const std::vector<RunData>& runs,
                                const std::vector<Outcome>& outcomes, Compared compared = Compared::everything);

// The same pairs, as far as these inputs show: distance and bits of them alone.
std::vector<Pair> pairs_of_inputs(const std::vector<Pair>& pairs, const std::vector<RunData>& runs,
                                  const std::vector<std::size_t>& inputs);

// For each replay in the plan the run that it repeats.
struct Replay {
    std::size_t original = 0, replay = 0;
};
std::vector<Replay> replays_of(const Plan& plan);

// Whether two completed runs are one training: answers, steps and weights, as far as they were written, equal to the
// last bit.
bool same_bits(const RunRecord& a, const RunRecord& b);

}  // namespace assay
