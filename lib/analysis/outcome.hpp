// Which runs may be compared. A collapsed or failed run is a finding, not a data point.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/attribute.hpp"
#include "core/attribution.hpp"

namespace assay {

Outcome outcome_of(const RunData& run);
std::vector<Outcome> outcomes_of(const std::vector<RunData>& runs);

// Share of inputs whose most probable class is the true one; nothing without predictions or labels.
std::optional<double> accuracy_of(const RunData& run, const std::optional<std::vector<std::int64_t>>& labels);

}  // namespace assay
