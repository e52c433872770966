// Levels that change places inside seeds: counting the arrangements at least as extreme as the observed one.
#pragma once

#include <cstdint>
#include <optional>

#include "stats/p_value.hpp"
#include "stats/symmetric.hpp"

namespace assay {

// Inner products of x_ls - mean_l x_ls, row s * levels + l, from the squared distances of the x_ls.
Symmetric centred_within_seeds(const Symmetric& d2, std::size_t levels);

// sum_l || sum_s x_ls ||^2 = S SS_A of the observed arrangement.
double level_square(const Symmetric& centred, std::size_t levels);

// (levels!)^(seeds - 1), nothing above 2^53: moving all seeds alike changes nothing.
std::optional<std::uint64_t> distinct_within_seeds(std::size_t levels, std::size_t seeds);

// Arrangements whose level square is `threshold` or more. Precondition: 2 levels, 2 seeds or more.
PValue within_seeds_p(const Symmetric& centred, std::size_t levels, double threshold,
                      const PermutationOptions& options);

}  // namespace assay
