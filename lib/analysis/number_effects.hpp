// One number instead of answers: places and changes of it.
#pragma once

#include <optional>
#include <vector>

#include "analysis/settings.hpp"
#include "core/response.hpp"

namespace assay {

using Numbers = std::vector<std::optional<double>>;  // one a planned run; nothing where it may not be used

// Which runs have the number, as outcomes: completed, or missing.
std::vector<Outcome> number_outcomes(const Numbers& numbers);

// Every axis of the plan, in its order: its matched pairs by setting of the grid (over all of them for the settings'
// own factors), and every two levels of what is no seed. Intervals are jackknife intervals over units of seeds, of the
// logarithm for sizes and of the mean itself for differences.
std::vector<NumberRow> number_rows(const Plan& plan, const Numbers& numbers, const SettingGrid& grid);

// `deviation` is left empty: it is the root of a variance of the evidence.
std::vector<NumberPlace> number_places(const Plan& plan, const Numbers& numbers);

// Stand-ins for choose_settings where no run has answers: squared differences for squared distances.
std::vector<Pair> number_pairs(const Plan& plan, const std::vector<Axis>& axes, const Numbers& numbers);

}  // namespace assay
