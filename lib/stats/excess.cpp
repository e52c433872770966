#include "stats/excess.hpp"

#include <vector>

#include "base/check.hpp"

namespace assay {
namespace {

struct Sums {
    double within_b = 0, across = 0;
    double n_within_b = 0, n_across = 0;
};

// Summed anew without `skip` on either side: a difference of sums would invent figures where seeds differ by rounding.
Sums sums_without(const Symmetric& d2, std::span<const std::size_t> b, std::span<const std::size_t> c, bool paired,
                  std::size_t skip_b, std::size_t skip_c) {
    Sums sums;
    for (std::size_t i = 0; i < b.size(); ++i) {
        if (i == skip_b) continue;
        for (std::size_t j = i + 1; j < b.size(); ++j) {
            if (j == skip_b) continue;
            sums.within_b += d2(b[i], b[j]);
            ++sums.n_within_b;
        }
        for (std::size_t j = 0; j < c.size(); ++j) {
            if (j == skip_c || (paired && i == j)) continue;
            sums.across += d2(b[i], c[j]);
            ++sums.n_across;
        }
    }
    return sums;
}

std::optional<double> ratio_of(const Sums& sums) {
    if (sums.n_within_b == 0 || sums.n_across == 0 || !(sums.within_b > 0)) return std::nullopt;
    return (sums.across / sums.n_across) / (sums.within_b / sums.n_within_b);
}

constexpr std::size_t k_none = static_cast<std::size_t>(-1);

std::vector<std::vector<std::optional<double>>> without_each(const Symmetric& d2, std::span<const std::size_t> b,
                                                             std::span<const std::size_t> c, bool paired) {
    std::vector<std::vector<std::optional<double>>> without(paired ? 1 : 2);
    for (std::size_t i = 0; i < b.size(); ++i)
        without[0].push_back(ratio_of(sums_without(d2, b, c, paired, i, paired ? i : k_none)));
    for (std::size_t j = 0; !paired && j < c.size(); ++j)
        without[1].push_back(ratio_of(sums_without(d2, b, c, paired, k_none, j)));
    return without;
}

std::optional<double> variance_of(const Symmetric& d2, std::span<const std::size_t> rows) {
    if (rows.size() < 2) return std::nullopt;
    double sum = 0, pairs = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = i + 1; j < rows.size(); ++j) {
            sum += d2(rows[i], rows[j]);
            ++pairs;
        }
    }
    return sum / pairs / 2;
}

}  // namespace

Excess excess_distance(const Symmetric& d2, std::span<const std::size_t> baseline,
                       std::span<const std::size_t> candidate, bool paired) {
    ASSAY_CHECK(!paired || baseline.size() == candidate.size());
    Excess excess;
    excess.ratio = ratio_of(sums_without(d2, baseline, candidate, paired, k_none, k_none));
    if (!excess.ratio) return excess;
    const std::optional<double> vb = variance_of(d2, baseline), vc = variance_of(d2, candidate);
    if (vc) {
        excess.spread_ratio = *vc / *vb;
        excess.shift = 2 * *excess.ratio - 1 - *excess.spread_ratio;
    }
    if (!(*excess.ratio > 0)) return excess;
    const auto without = without_each(d2, baseline, candidate, paired);
    const auto interval = jackknife_log_interval(*excess.ratio, without, k_min_excess_seeds);
    if (!interval) return excess;
    excess.located = located(*excess.ratio, *interval, true);
    excess.one_seed_dominates = interval->one_unit_dominates;
    if (excess.located && excess.one_seed_dominates) excess.located->standard_error *= k_dominated_widening;
    excess.dominating = interval->dominating_unit + (interval->dominating_set == 1 ? baseline.size() : 0);
    return excess;
}

}  // namespace assay
