// R within a class or a slice: where a change that the whole hides is felt.
#pragma once

#include <string>
#include <vector>

#include "gate/baseline_match.hpp"
#include "stats/excess.hpp"

namespace assay {

// Scopes without input in common: the classes, or the values of one slice.
using Scopes = std::vector<const std::vector<std::size_t>*>;

// Distances of the inputs of each scope, then excess_distance of the shared seeds. Precondition: a pair.
std::vector<Excess> excess_within(const PreparedSide& candidate, const PreparedSide& baseline,
                                  const MatchedSides& matched, const Scopes& scopes);

}  // namespace assay
