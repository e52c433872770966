// Which runs may be compared. A collapsed or failed run is a finding, not a data point.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/attribute.hpp"
#include "core/attribution.hpp"

namespace assay {

// A run whose trainer promised no answers, only numbers, is completed without them; one whose answers cannot be read is
// failed.
Outcome outcome_of(const RunData& run);
std::vector<Outcome> outcomes_of(const std::vector<RunData>& runs);
// The same for what compares answers: a completed run without any is missing.
std::vector<Outcome> with_answers(const std::vector<RunData>& runs, std::vector<Outcome> outcomes);

// Share of inputs whose most probable class is the true one; nothing without predictions or labels.
std::optional<double> accuracy_of(const RunData& run, const std::optional<std::vector<std::int64_t>>& labels);

}  // namespace assay
