#include "analysis/effects.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "stats/jackknife.hpp"

namespace assay {
namespace {

using Response = std::function<double(const Pair&)>;

double mean_of(const std::vector<const Pair*>& pairs, const Response& response) {
    double sum = 0;
    for (const Pair* pair : pairs) sum += response(*pair);
    return sum / static_cast<double>(pairs.size());
}

// The mean without each unit of one set: pairs that touch the unit are left out.
std::vector<std::optional<double>> means_without(const std::vector<const Pair*>& pairs, const Response& response,
                                                 const std::vector<std::size_t>& unit_of_run) {
    std::map<std::size_t, std::size_t> touching;  // pairs of each unit
    for (const Pair* pair : pairs) {
        const std::size_t a = unit_of_run[pair->a], b = unit_of_run[pair->b];
        ++touching[a];
        if (b != a) ++touching[b];
    }
    std::vector<std::optional<double>> means;
    for (const auto& [unit, count] : touching) {
        const std::size_t left = pairs.size() - count;
        // Summed anew, not subtracted from the sum of all: a difference of nearly equal sums would invent a small
        // effect where there is none.
        double value = 0;
        for (const Pair* pair : pairs) {
            if (unit_of_run[pair->a] != unit && unit_of_run[pair->b] != unit) value += response(*pair);
        }
        means.push_back(left == 0 ? std::nullopt : std::optional(value / static_cast<double>(left)));
    }
    return means;
}

Estimate estimate(const std::vector<const Pair*>& pairs, const UnitSets& units, const Response& response) {
    Estimate out{mean_of(pairs, response), std::nullopt, ""};
    if (out.value == 0) {
        out.flag = "NONE_OBSERVED";
        return out;
    }
    std::vector<std::vector<std::optional<double>>> without;
    for (const auto& unit_of_run : units.unit_of_run) without.push_back(means_without(pairs, response, unit_of_run));
    const auto interval = jackknife_log_interval(out.value, without, units.min_units);
    if (!interval) {
        out.flag = "CI_TOO_FEW_UNITS";
        return out;
    }
    // Both responses are shares of something: none exceeds 1.
    out.interval =
        Interval{interval->low, interval->high ? std::optional(std::min(1.0, *interval->high)) : std::nullopt};
    out.flag = !interval->high ? "UNBOUNDED" : interval->one_unit_dominates ? "ONE_RUN_DOMINATES" : "";
    return out;
}

std::size_t fewest_units(const std::vector<const Pair*>& pairs, const UnitSets& units) {
    std::size_t fewest = 0;
    for (const auto& unit_of_run : units.unit_of_run) {
        std::set<std::size_t> seen;
        for (const Pair* pair : pairs) seen.insert({unit_of_run[pair->a], unit_of_run[pair->b]});
        fewest = fewest == 0 ? seen.size() : std::min(fewest, seen.size());
    }
    return fewest;
}

}  // namespace

UnitSets unit_sets(const Plan& plan, const std::vector<Axis>& axes) {
    UnitSets sets;
    if (plan.design == "seeds") {
        sets.min_units = 3;
        sets.unit_of_run.emplace_back();
        for (const PlannedRun& run : plan.runs) sets.unit_of_run.back().push_back(static_cast<std::size_t>(run.block));
        return sets;
    }
    for (const Axis& axis : axes) {
        if (axis.kind != FactorKind::seed) continue;
        std::map<std::vector<int>, std::size_t> numbers;
        sets.unit_of_run.emplace_back();
        for (const PlannedRun& run : plan.runs) {
            std::vector<int> levels;
            for (const std::size_t factor : axis.factors) levels.push_back(run.levels[factor]);
            sets.unit_of_run.back().push_back(numbers.try_emplace(levels, numbers.size()).first->second);
        }
    }
    return sets;
}

EffectCell effect_cell(const std::vector<const Pair*>& pairs, const UnitSets& units, const std::string& empty_reason) {
    EffectCell cell;
    cell.pairs = pairs.size();
    if (pairs.empty()) {
        cell.empty_reason = empty_reason;
        return cell;
    }
    for (const Pair* pair : pairs) {
        cell.bitwise_equal += pair->bitwise_equal ? 1U : 0U;
        cell.max_abs_dp = std::max(cell.max_abs_dp, pair->distance.max_abs_dp);
    }
    cell.units = fewest_units(pairs, units);
    cell.flips = estimate(pairs, units, [](const Pair& pair) { return pair.distance.flip_share(); });
    cell.distance = estimate(pairs, units, [](const Pair& pair) { return pair.distance.hellinger2; });
    return cell;
}

}  // namespace assay
