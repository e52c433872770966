// The statistics of one number a run (accuracy, log loss, any): as one-dimensional Euclidean data, the same tests and
// variances as for answers. Pure.
#pragma once

#include <string>

#include "analysis/evidence.hpp"
#include "analysis/number_effects.hpp"

namespace assay {

// Squared distances are squared differences: variances are those of the number, in its unit squared. What only answers
// can show stays empty: hardware effects and the stability of inputs; so do intervals with the inputs as a sample.
// `left_out` says why there is nothing: no two runs with the number, or more than k_rows_max; `name` is used there.
Evidence response_evidence(const Plan& plan, const std::vector<RunData>& runs, const Numbers& numbers,
                           const std::string& name, Family family = Family::confirmatory);

}  // namespace assay
