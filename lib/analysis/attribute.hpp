// Records and design in, attribution out. Pure: the same runs give the same value, in any order of execution.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/attribution.hpp"
#include "core/input_table.hpp"
#include "core/plan.hpp"
#include "core/predictions.hpp"
#include "core/reload.hpp"
#include "core/run.hpp"

namespace assay {

// What the analysis knows of one planned run; `record` is nothing while the run is missing.
struct RunData {
    std::optional<RunRecord> record;
    std::optional<Predictions> predictions;  // completed runs
    std::optional<Reload> reload = {};       // of these, where the saved model was asked again
};

// `runs[i]` belongs to plan.runs[i]. `labels`: true labels of the held-out inputs, when any run wrote them.
// `inputs`: the table of the held-out inputs, where there is one. Preconditions: all predictions have one shape
// (checked when they are taken in), and the table has a line for each of their inputs.
Attribution attribute(const Plan& plan, const std::vector<RunData>& runs,
                      const std::optional<std::vector<std::int64_t>>& labels, const InputTable* inputs = nullptr);

}  // namespace assay
