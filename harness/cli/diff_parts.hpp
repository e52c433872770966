// The sections of a comparison, one function for each thing that two runs, files or environments can differ in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/comparison.hpp"
#include "core/fingerprint.hpp"
#include "core/predictions.hpp"
#include "fingerprint/compare.hpp"

namespace assay {

// identity, behaviour, context; then seeds and trace where one of the two has them.
std::vector<ComparisonSection> environment_sections(const Fingerprint& a, const Fingerprint& b);

// How far tensors are apart; `digests_only`: the values are not there, so nobody can say how far.
ComparisonSection weights_section(const WeightsComparison& comparison, bool digests_only);

// Labels, largest |dp|, Hellinger.
ComparisonSection predictions_section(const Predictions& a, const Predictions& b);

// Leaves of two JSON values that are not the same: "params.lr" 0.1 | 0.01.
ComparisonSection leaves_section(const std::string& name, const Json& a, const Json& b);

inline constexpr const char* k_not_there = "(not there)";

}  // namespace assay
