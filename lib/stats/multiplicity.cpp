#include "stats/multiplicity.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/check.hpp"

namespace assay {
namespace {

std::vector<std::size_t> ascending(std::span<const double> p) {
    for (const double value : p) ASSAY_CHECK(value >= 0 && value <= 1);
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
    return order;
}

// p = 2/128 and alpha = 1/64 must agree: the room is for the rounding of alpha / tests.
bool reaches(double p, double alpha, std::size_t tests) {
    return p * static_cast<double>(tests) <= alpha * (1 + 1e-12);
}

// The first number, from 2 on, that is enough. It exists: smallest_p at least halves with each.
template <class SmallestP>
std::size_t first_enough(const SmallestP& smallest_p, double alpha, std::size_t tests) {
    ASSAY_CHECK(alpha > 0 && alpha < 1 && tests > 0);
    std::size_t count = 2;
    while (!reaches(smallest_p(count), alpha, tests)) ++count;
    return count;
}

}  // namespace

std::vector<double> holm(std::span<const double> p) {
    std::vector<double> adjusted(p.size());
    double least = 0;
    std::size_t left = p.size();
    for (const std::size_t i : ascending(p)) {
        least = std::max(least, std::min(1.0, static_cast<double>(left--) * p[i]));
        adjusted[i] = least;
    }
    return adjusted;
}

std::vector<double> benjamini_hochberg(std::span<const double> p) {
    std::vector<double> adjusted(p.size());
    const std::vector<std::size_t> order = ascending(p);
    double most = 1;
    for (std::size_t rank = p.size(); rank > 0; --rank) {
        const std::size_t i = order[rank - 1];
        most = std::min(most, static_cast<double>(p.size()) / static_cast<double>(rank) * p[i]);
        adjusted[i] = most;
    }
    return adjusted;
}

double smallest_p_shared_seeds(std::size_t levels, std::size_t seeds) {
    double p = 1;
    for (std::size_t s = 1; s < seeds; ++s) {
        for (std::size_t factor = 2; factor <= levels; ++factor) p /= static_cast<double>(factor);
    }
    return p;
}

double smallest_p_groups(std::span<const std::size_t> sizes) {
    std::map<std::size_t, std::size_t> alike;
    double ways = 1, placed = 0;
    for (const std::size_t size : sizes) {
        for (std::size_t k = 1; k <= size; ++k) ways = ways * ++placed / static_cast<double>(k);
        ways /= static_cast<double>(++alike[size]);
    }
    return 1 / ways;
}

double smallest_p_one_candidate(std::size_t baseline_runs) { return 1 / (static_cast<double>(baseline_runs) + 1); }

Reach reach_shared_seeds(std::size_t levels, std::size_t seeds, double alpha, std::size_t tests) {
    ASSAY_CHECK(levels >= 2);
    const double p = smallest_p_shared_seeds(levels, seeds);
    const auto with = [&](std::size_t count) { return smallest_p_shared_seeds(levels, count); };
    return {reaches(p, alpha, tests), p, first_enough(with, alpha, tests)};
}

Reach reach_groups(std::span<const std::size_t> sizes, double alpha, std::size_t tests) {
    ASSAY_CHECK(sizes.size() >= 2);
    const double p = smallest_p_groups(sizes);
    const auto with = [&](std::size_t count) {
        return smallest_p_groups(std::vector<std::size_t>(sizes.size(), count));
    };
    const bool spread = *std::min_element(sizes.begin(), sizes.end()) >= 2;  // F2 needs it in every group
    return {spread && reaches(p, alpha, tests), p, first_enough(with, alpha, tests)};
}

}  // namespace assay
