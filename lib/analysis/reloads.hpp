// What trainer.predict found: does the saved model, loaded in a fresh process, predict what the training predicted?
#pragma once

#include <optional>
#include <vector>

#include "analysis/attribute.hpp"

namespace assay {

// Nothing where no run was asked again.
std::optional<Reloads> reloads_of(const Plan& plan, const std::vector<RunData>& runs);

//   D0111  RELOAD_DIFFERS: in how many runs, how far, how many labels
//   D0112  RELOAD_FAILED: in how many runs, and the reason of the first
std::vector<Finding> reload_findings(const std::optional<Reloads>& reloads);

}  // namespace assay
