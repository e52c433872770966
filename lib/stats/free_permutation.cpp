#include "stats/free_permutation.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/check.hpp"
#include "stats/draws.hpp"
#include "stats/pair_sum.hpp"

namespace assay {
namespace {

// Units by group, then by their sorted distances: only units that nothing tells apart keep the caller's order.
std::vector<std::size_t> own_order(const Symmetric& d2, std::span<const std::size_t> group) {
    std::vector<std::vector<double>> rows(d2.n);
    for (std::size_t r = 0; r < d2.n; ++r) {
        for (std::size_t s = 0; s < d2.n; ++s) rows[r].push_back(d2(r, s));
        std::sort(rows[r].begin(), rows[r].end());
    }
    std::vector<std::size_t> order(d2.n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return group[a] != group[b] ? group[a] < group[b] : rows[a] < rows[b];
    });
    return order;
}

void group_sums(const GroupedUnits& units, std::span<const std::uint32_t> order, std::span<double> sums) {
    std::size_t at = 0;
    for (std::size_t g = 0; g < units.sizes.size(); ++g) {
        sums[g] = pair_sum(units.d2, order.subspan(at, units.sizes[g]));
        at += units.sizes[g];
    }
}

// Every distinct grouping once: unit after unit goes to each group with room, but into an empty group only if it is the
// first empty one of its size.
class AllGroupings {
public:
    AllGroupings(const GroupedUnits& units, const GroupScore& score, double threshold)
        : units_(units), score_(score), threshold_(threshold), members_(units.sizes.size()) {}

    std::uint64_t count() {
        std::vector<double> sums(units_.sizes.size(), 0.0);
        place(0, sums);
        return count_;
    }
    std::uint64_t total() const { return total_; }

private:
    void place(std::size_t unit, std::vector<double>& sums) {
        if (unit == units_.d2.n) {
            ++total_;
            count_ += score_(sums) >= threshold_ ? 1U : 0U;
            return;
        }
        for (std::size_t g = 0; g < members_.size(); ++g) {
            if (members_[g].size() == units_.sizes[g] || stands_for_another(g)) continue;
            const double before = sums[g];
            for (const std::size_t other : members_[g]) sums[g] += units_.d2(unit, other);
            members_[g].push_back(unit);
            place(unit + 1, sums);
            members_[g].pop_back();
            sums[g] = before;
        }
    }

    bool stands_for_another(std::size_t g) const {
        if (!members_[g].empty()) return false;
        for (std::size_t earlier = 0; earlier < g; ++earlier) {
            if (units_.sizes[earlier] == units_.sizes[g] && members_[earlier].empty()) return true;
        }
        return false;
    }

    const GroupedUnits& units_;
    const GroupScore& score_;
    double threshold_;
    std::vector<std::vector<std::size_t>> members_;
    std::uint64_t count_ = 0, total_ = 0;
};

PValue random_groupings(const GroupedUnits& units, const GroupScore& score, double threshold,
                        const PermutationOptions& options) {
    const std::size_t n = units.d2.n;
    const Draws draws(options.seed, options.stream, shuffle_bounds(n, n - units.sizes.back()));
    return random_p(options, [&](std::uint64_t begin, std::uint64_t end) {
        std::vector<std::uint32_t> digits(draws.size()), order(n);
        std::vector<double> sums(units.sizes.size());
        std::uint64_t count = 0;
        for (std::uint64_t i = begin; i < end; ++i) {
            draws.draw(i, digits);
            std::iota(order.begin(), order.end(), 0U);
            shuffle_by(std::span<const std::uint32_t>(digits), std::span(order));
            group_sums(units, order, sums);
            count += score(sums) >= threshold ? 1U : 0U;
        }
        return count;
    });
}

}  // namespace

GroupedUnits grouped_units(const Symmetric& d2, std::span<const std::size_t> group) {
    ASSAY_CHECK(group.size() == d2.n);
    GroupedUnits units;
    units.d2 = Symmetric(d2.n);
    const std::vector<std::size_t> order = own_order(d2, group);
    for (std::size_t r = 0; r < d2.n; ++r) {
        for (std::size_t s = 0; s < d2.n; ++s) units.d2.values[r * d2.n + s] = d2(order[r], order[s]);
    }
    std::map<std::size_t, std::size_t> sizes;
    for (const std::size_t label : group) ++sizes[label];
    for (const auto& [label, size] : sizes) units.sizes.push_back(size);
    std::vector<std::uint32_t> all(d2.n);
    std::iota(all.begin(), all.end(), 0U);
    units.trace = d2.n == 0 ? 0 : pair_sum(units.d2, all) / static_cast<double>(d2.n);
    units.pair_sums.resize(units.sizes.size());
    group_sums(units, all, units.pair_sums);
    return units;
}

std::optional<std::uint64_t> distinct_groupings(std::span<const std::size_t> sizes) {
    constexpr std::uint64_t k_limit = std::uint64_t{1} << 53;
    std::map<std::size_t, std::uint64_t> groups_of_size;
    std::uint64_t ways = 1, placed = 0;
    for (const std::size_t size : sizes) {
        // Choose this group's units among those of the groups so far; groups of one size may trade places. After each
        // group the number is the answer for the groups so far, hence whole.
        const std::uint64_t alike = ++groups_of_size[size];
        for (std::uint64_t k = 1; k <= size; ++k) {
            ++placed;
            if (ways > k_limit / placed) return std::nullopt;
            ways = ways * placed / k;
        }
        ways /= alike;
    }
    return ways;
}

PValue free_permutation_p(const GroupedUnits& units, const GroupScore& score, double threshold,
                          const PermutationOptions& options) {
    const auto distinct = distinct_groupings(units.sizes);
    if (!distinct || *distinct > k_all_arrangements) return random_groupings(units, score, threshold, options);
    AllGroupings all(units, score, threshold);
    const std::uint64_t count = all.count();
    ASSAY_CHECK(all.total() == *distinct);
    return exhaustive_p(count, *distinct);
}

}  // namespace assay
