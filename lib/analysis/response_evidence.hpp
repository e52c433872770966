// The statistics of one number that the runs reported (accuracy, log loss, any): as one-dimensional Euclidean data, the
// same tests and variances as for answers. Pure.
#pragma once

#include <string>
#include <vector>

#include "analysis/attribute.hpp"
#include "core/attribution.hpp"
#include "core/evidence.hpp"

namespace assay {

// The numbers that any run reported, sorted by name.
std::vector<std::string> response_names(const std::vector<RunData>& runs);

// Squared distances are squared differences: variances are those of the number, in its unit squared. `outcomes` as
// attribute() gives them. A run counts when it completed, reported the number, and did not collapse (as far as its
// answers are known). What only answers can show stays empty: hardware effects and the stability of inputs; so do
// intervals with the inputs as a sample. `left_out` says why there is nothing: no two runs with the number, or more
// than k_rows_max.
Evidence response_evidence(const Plan& plan, const std::vector<RunData>& runs, const std::vector<Outcome>& outcomes,
                           const std::string& name);

}  // namespace assay
