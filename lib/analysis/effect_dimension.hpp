// In how many directions the effect of a factor varies from seed to seed: what a plan's power rests on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/attribute.hpp"

namespace assay {

// By full_name of the factor, of each that is no seed: the effective dimension (stats/decomposition.hpp) of what is
// left of its levels' answers without the means of seeds and of levels. Left out: factors with fewer than
// k_seeds_for_dimension seeds complete at every level, or with more directions than these can count; all of them where
// no run, or more than k_rows_for_dimension runs, can be used, or the machine has no BLAS.
std::map<std::string, double> effect_dimensions(const Plan& plan, const std::vector<RunData>& runs);
inline constexpr std::size_t k_seeds_for_dimension = 6;  // with fewer it is off by more than a half
inline constexpr std::size_t k_rows_for_dimension = 500;

}  // namespace assay
