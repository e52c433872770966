// How far two levels of a factor lie apart systematically, and which of them varies more between seeds.
#pragma once

#include <vector>

#include "analysis/evidence.hpp"

namespace assay {

// Every two levels that have usable runs in common seeds, or each seeds of its own. `factor`: its index.
std::vector<LevelShift> level_shifts(const EvidenceInput& input, std::size_t factor);

// Every seed in use gave the same bits at every level: nothing to test, and nothing that others have to pay for.
bool is_bitwise_invariant(const EvidenceInput& input, const Exchange& exchange);

}  // namespace assay
