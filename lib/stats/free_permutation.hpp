// Free permutation of independent units between groups: what F2 and the classic one-way test share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "stats/p_value.hpp"
#include "stats/symmetric.hpp"

namespace assay {

// Units in an order of their own: by group label, and inside a group by their distances, so that the order in which the
// caller holds them changes no bit of a result.
struct GroupedUnits {
    Symmetric d2;                    // squared distances, units of one group side by side
    std::vector<std::size_t> sizes;  // units of each group, by ascending label
    double trace = 0;                // of the centred Gram matrix: sum of D2 over pairs / units
    std::vector<double> pair_sums;   // of each group: sum of D2 over its pairs
};
// Precondition: a label for each row of d2.
GroupedUnits grouped_units(const Symmetric& d2, std::span<const std::size_t> group);

// Distinct ways to deal units to groups of these sizes, groups of one size being interchangeable; nothing above 2^53.
std::optional<std::uint64_t> distinct_groupings(std::span<const std::size_t> sizes);

// The pair sums of the groups -> how extreme: larger is more. Symmetric in groups of one size.
using GroupScore = std::function<double(std::span<const double> pair_sums)>;
// Arrangements that score `threshold` or more; the threshold is the observed score less the room for ties.
PValue free_permutation_p(const GroupedUnits& units, const GroupScore& score, double threshold,
                          const PermutationOptions& options);

}  // namespace assay
