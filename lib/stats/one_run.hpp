// Is one run a stranger among others? A conformal test: Vovk, Gammerman and Shafer, Algorithmic Learning in a Random
// World (2005), chapter 2, with the sum of squared distances to all others as the measure of strangeness.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/p_value.hpp"
#include "stats/symmetric.hpp"

namespace assay {

// Fewest others that can make p <= alpha: 1 / (n + 1) <= alpha. 19 at 5%.
std::size_t others_needed(double alpha);

// d2: squared distances. `others`: independent runs of the baseline, one a seed; `candidate`: a row that is none of
// them. p = (1 + #{others at least as far from all as the candidate}) / (n + 1): at most alpha with a probability of at
// most alpha when the candidate is one more such run, whatever their distribution. Only its smallness says something: a
// large p is no sign that the candidate is like the others. Nothing without others.
std::optional<PValue> one_run_test(const Symmetric& d2, std::span<const std::size_t> others, std::size_t candidate);

}  // namespace assay
