// Does each seed stream, and each parameter, reach the model? A trainer that does not read a seed gives the same bits
// for every one.
#pragma once

#include <vector>

#include "analysis/pairing.hpp"
#include "core/attribution.hpp"

namespace assay {

// `unwired`: streams of which every matched pair is equal to the last bit, whatever the other factors. No accusation
// where something says that the seed was read (weights or steps differ), and none on hard labels alone: where every
// probability is 0 or 1, other seeds may well give the same answers. These are notes:
//   D0108  wired in some configurations only: "changes no bit where dropout is 0"
//   D0109  read, though no answer shows it
//   D0110  only hard labels, all equal: nobody can tell
//   D0113  a parameter of a command that changes no bit anywhere: no error, as momentum does nothing where there is
//   none D0114  weights that are one digest of a file, which cannot be compared
struct SeedWiring {
    std::vector<UnwiredStream> unwired;
    std::vector<Finding> notes;
};
SeedWiring seed_wiring(const Plan& plan, const std::vector<Axis>& axes, const std::vector<RunData>& runs,
                       const std::vector<Pair>& pairs);

}  // namespace assay
