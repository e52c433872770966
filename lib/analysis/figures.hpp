// From estimates over rows of a table to figures of a report.
#pragma once

#include <vector>

#include "analysis/configurations.hpp"
#include "core/evidence.hpp"
#include "stats/pair_estimate.hpp"

namespace assay {

// `runs`: those of the estimate, indices into Plan::runs in rising order. Units are those of the design.
Figure figure_of(const JackknifeEstimate& estimate, const UnitSets& units, const std::vector<std::size_t>& runs);

// Rows of usable runs, and a label of each run as a label of each row.
std::vector<std::size_t> rows_of(const RunTable& table, const std::vector<std::size_t>& runs);
std::vector<std::size_t> by_row(const RunTable& table, const std::vector<std::size_t>& of_run);

}  // namespace assay
