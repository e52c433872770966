// Wins and losses against the baseline, seed by seed: which inputs were fixed, which broken.
#pragma once

#include <vector>

#include "core/input_table.hpp"
#include "gate/sides.hpp"

namespace assay {

// One for each configuration of the candidate that has runs of the baseline's seeds; in each a row for all inputs, one
// for each true class, one for each value of each slice.
std::vector<Ledger> ledgers_of(const PreparedSide& candidate, const PreparedSide& baseline, const InputTable* inputs);

}  // namespace assay
