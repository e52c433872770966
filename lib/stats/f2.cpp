#include "stats/f2.hpp"

#include <algorithm>
#include <limits>

#include "stats/free_permutation.hpp"

namespace assay {
namespace {

constexpr double k_infinite = std::numeric_limits<double>::infinity();

struct Parts {
    double ss_groups = 0, error = 0;
};

Parts parts_of(const GroupedUnits& units, std::span<const double> pair_sums) {
    Parts parts{units.trace, 0};
    for (std::size_t g = 0; g < units.sizes.size(); ++g) {
        const auto size = static_cast<double>(units.sizes[g]), all = static_cast<double>(units.d2.n);
        parts.ss_groups -= pair_sums[g] / size;
        parts.error += (1 - size / all) * pair_sums[g] / (size * (size - 1));
    }
    return parts;
}

std::string why_untested(const GroupedUnits& units) {
    if (units.sizes.size() < 2) return "a comparison needs two groups or more";
    const std::size_t least = *std::min_element(units.sizes.begin(), units.sizes.end());
    return least < 2 ? "a group with one unit has no spread: 2 or more are needed in each" : "";
}

}  // namespace

F2Test f2_test(const Symmetric& d2, std::span<const std::size_t> group, const PermutationOptions& options) {
    const GroupedUnits units = grouped_units(d2, group);
    F2Test test;
    test.ss_total = units.trace;
    test.untested = why_untested(units);
    if (!test.untested.empty()) return test;
    for (std::size_t g = 0; g < units.sizes.size(); ++g) {
        const auto size = static_cast<double>(units.sizes[g]);
        test.variances.push_back(units.pair_sums[g] / (size * (size - 1)));
    }
    const double rounding = k_tie_absolute * units.trace;
    const auto score = [&](std::span<const double> pair_sums) {
        const Parts parts = parts_of(units, pair_sums);
        if (parts.error > rounding) return parts.ss_groups / parts.error;
        return parts.ss_groups > rounding ? k_infinite : 0;
    };
    const Parts parts = parts_of(units, units.pair_sums);
    test.ss_groups = std::max(0.0, parts.ss_groups);
    const double observed = score(units.pair_sums);
    test.f_infinite = observed == k_infinite;
    if (parts.error > rounding) test.f = observed;
    const double threshold =
        test.f_infinite || !test.f ? observed : observed * (1 - k_tie_relative) - rounding / parts.error;
    test.p = free_permutation_p(units, score, threshold, options);
    return test;
}

}  // namespace assay
