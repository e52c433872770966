// One number a run, from its answers and the true labels.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/sides.hpp"

namespace assay {

// Inner edges of the calibration bins, from these runs of this side, pooled.
std::vector<double> pooled_edges(const PreparedSide& side, const std::vector<std::size_t>& runs);
// metric: accuracy, nll, ece (then by `edges`). Precondition: the labels fit the answers.
double score_of(const PreparedSide& side, std::size_t run, const std::string& metric, const std::vector<double>& edges);
// Whether a side has true labels, one for each input and each a class of the answers.
bool has_labels(const PreparedSide& side, std::size_t run);
// The smallest change of the score that one input makes; 0 where any is possible.
double step_of(const std::string& metric, std::size_t n_inputs);

}  // namespace assay
