#include "stats/pair_class.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/check.hpp"

namespace assay {
namespace {

// The class of a set of factors, found in one step: slot[set] is its place in `classes`.
class ClassTable {
public:
    ClassTable(std::size_t n_factors, std::vector<std::size_t> n_units)
        : slot_(std::size_t{1} << n_factors, k_none), n_units_(std::move(n_units)) {}

    PairClass& at(FactorSet set) {
        if (slot_[set] == k_none) {
            slot_[set] = classes.size();
            classes.emplace_back().set = set;
            for (const std::size_t n : n_units_) classes.back().touching.emplace_back(n);
        }
        return classes[slot_[set]];
    }

    std::vector<PairClass> classes;

private:
    static constexpr std::size_t k_none = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> slot_;
    std::vector<std::size_t> n_units_;
};

std::vector<std::size_t> numbers_of_units(std::span<const std::vector<std::size_t>> units,
                                          std::span<const std::size_t> runs, std::size_t n) {
    std::vector<std::size_t> numbers;
    for (const auto& unit_of_run : units) {
        ASSAY_CHECK(unit_of_run.size() == n);
        std::size_t& number = numbers.emplace_back(0);
        for (const std::size_t run : runs) {
            ASSAY_CHECK(unit_of_run[run] < k_max_units);
            number = std::max(number, unit_of_run[run] + 1);
        }
    }
    return numbers;
}

}  // namespace

FactorSet differing_factors(const RunLevels& levels, std::size_t r, std::size_t s) {
    FactorSet set = 0;
    for (std::size_t k = 0; k < levels.n_factors; ++k)
        set |= static_cast<FactorSet>(levels.at(r, k) != levels.at(s, k)) << k;
    return set;
}

// Two-sum: what rounding takes from `high` goes to `low` (Knuth, The Art of Computer Programming 2, 4.2.2, theorem B).
void PairSum::add(double distance) {
    const double sum = high + distance, part = sum - high;
    low += (high - (sum - part)) + (distance - part);
    high = sum;
    ++pairs;
}

// Where nearly all is taken away the difference of the high parts is exact, and the low parts say what is left.
PairSum PairSum::without(const PairSum& part) const {
    return {std::max(0.0, (high - part.high) + (low - part.low)), 0, pairs - part.pairs};
}

const PairClass* PairClasses::find(FactorSet set) const {
    const auto it = std::lower_bound(classes.begin(), classes.end(), set,
                                     [](const PairClass& c, FactorSet value) { return c.set < value; });
    return it == classes.end() || it->set != set ? nullptr : &*it;
}

PairClasses pair_classes(const Symmetric& d2, const RunLevels& levels, std::span<const std::vector<std::size_t>> units,
                         std::span<const std::size_t> runs) {
    ASSAY_CHECK(levels.n_factors <= k_max_factors && levels.values.size() == d2.n * levels.n_factors);
    for (const std::size_t run : runs) ASSAY_CHECK(run < d2.n);
    ClassTable table(levels.n_factors, numbers_of_units(units, runs, d2.n));
    for (std::size_t i = 0; i < runs.size(); ++i) {
        for (std::size_t j = i + 1; j < runs.size(); ++j) {
            const std::size_t r = runs[i], s = runs[j];
            const double distance = d2(r, s);
            ASSAY_CHECK(r != s && distance >= 0);
            PairClass& pairs = table.at(differing_factors(levels, r, s));
            pairs.all.add(distance);
            for (std::size_t k = 0; k < units.size(); ++k) {
                const std::size_t a = units[k][r], b = units[k][s];
                pairs.touching[k][a].add(distance);
                if (b != a) pairs.touching[k][b].add(distance);
            }
        }
    }
    std::sort(table.classes.begin(), table.classes.end(),
              [](const PairClass& a, const PairClass& b) { return a.set < b.set; });
    return {levels.n_factors, units.size(), std::move(table.classes)};
}

PairClasses pair_classes(const Symmetric& d2, const RunLevels& levels,
                         std::span<const std::vector<std::size_t>> units) {
    std::vector<std::size_t> all(d2.n);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return pair_classes(d2, levels, units, all);
}

std::optional<double> half_mean(const PairSum& sum) {
    if (sum.pairs == 0) return std::nullopt;
    return sum.total() / static_cast<double>(sum.pairs) / 2;
}

std::optional<double> pair_mean(const PairClasses& classes, FactorSet set) {
    const PairClass* found = classes.find(set);
    return found == nullptr ? std::nullopt : half_mean(found->all);
}

std::optional<double> pair_mean_without(const PairClasses& classes, FactorSet set, std::size_t unit_set,
                                        std::size_t unit) {
    const PairClass* found = classes.find(set);
    if (found == nullptr) return std::nullopt;
    ASSAY_CHECK(unit_set < found->touching.size());
    const auto& touching = found->touching[unit_set];
    return half_mean(unit < touching.size() ? found->all.without(touching[unit]) : found->all);
}

}  // namespace assay
