// The columns of the table: which factors' levels split it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/pairing.hpp"
#include "core/plan.hpp"

namespace assay {

struct SettingGrid {
    std::vector<std::size_t> factors;      // indices into Plan::factors, in the order of the spec
    std::vector<std::vector<int>> levels;  // one row a setting: levels of those factors
    std::vector<std::string> names;        // "dense, lr 0.001"
    std::size_t index_of(const PlannedRun& run) const;
};

// "dense", "lr 0.001": how a level is named in a heading.
std::string level_name(const Factor& factor, int level);

// Factors of kind architecture, hyperparameter and data are ranked by how much the effects of all other factors differ
// between their levels: sum over the others f of max - min over levels of T_f, half the mean squared Hellinger distance
// of f's pairs. The first splits the table (up to 8 levels), more are added while there are at most 4 columns. Ties
// keep the order of the spec. Hardware, software and environment are what one asks about, so they stay rows. With
// design `screen` nothing splits: every change is made at the base configuration alone, and other columns would be
// empty.
SettingGrid choose_settings(const Plan& plan, const std::vector<Axis>& axes, const std::vector<Pair>& pairs);

// All combinations of the levels of `factors` (indices into Plan::factors, rising).
SettingGrid grid_of(const Plan& plan, std::vector<std::size_t> factors);

}  // namespace assay
