#include "analysis/effects.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "stats/jackknife.hpp"
#include "stats/mean.hpp"

namespace assay {
namespace {

// What is averaged over pairs, and the largest value that it can have.
struct Measure {
    double (*of)(const Pair&);
    double most = 1;
    std::optional<Estimate> EffectCell::*estimate = nullptr;
};
const Measure k_measures[] = {
    {[](const Pair& pair) { return pair.distance.flip_share(); }, 1, &EffectCell::flips},
    {[](const Pair& pair) { return pair.distance.hellinger2; }, 1, &EffectCell::distance},
    {[](const Pair& pair) { return pair.divergence.jensen_shannon; }, 1, &EffectCell::jensen_shannon},
    {[](const Pair& pair) { return pair.divergence.total_variation; }, 1, &EffectCell::total_variation},
    {[](const Pair& pair) { return pair.divergence.brier; }, 2, &EffectCell::brier},
};

using Values = std::vector<double>;  // of one measure, an entry a pair

using RunPair = std::pair<std::size_t, std::size_t>;

// One unit of a set, and the pairs that it has no part in.
struct Without {
    std::size_t unit = 0;
    std::vector<std::size_t> pairs;
};
using UnitsOfSet = std::vector<Without>;

UnitsOfSet without_each(const std::vector<RunPair>& pairs, const std::vector<std::size_t>& unit_of_run) {
    std::set<std::size_t> present;
    for (const auto& [a, b] : pairs) present.insert({unit_of_run[a], unit_of_run[b]});
    UnitsOfSet out;
    for (const std::size_t unit : present) {
        out.push_back({unit, {}});
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            if (unit_of_run[pairs[i].first] != unit && unit_of_run[pairs[i].second] != unit)
                out.back().pairs.push_back(i);
        }
    }
    return out;
}

// Summed anew for each unit, not subtracted from the sum of all: a difference of nearly equal sums would invent a small
// effect where there is none.
std::vector<std::optional<double>> means_without(const Values& values, const UnitsOfSet& units) {
    std::vector<std::optional<double>> means;
    for (const Without& without : units) {
        double sum = 0;
        for (const std::size_t pair : without.pairs) sum += values[pair];
        means.push_back(without.pairs.empty() ? std::nullopt
                                              : std::optional(sum / static_cast<double>(without.pairs.size())));
    }
    return means;
}

std::vector<std::size_t> runs_of(const std::vector<const Pair*>& pairs) {
    std::set<std::size_t> runs;
    for (const Pair* pair : pairs) runs.insert({pair->a, pair->b});
    return {runs.begin(), runs.end()};
}

Estimate estimate(const std::vector<const Pair*>& pairs, const UnitSets& units, const std::vector<UnitsOfSet>& sets,
                  const Measure& measure) {
    Values values;
    for (const Pair* pair : pairs) values.push_back(measure.of(*pair));
    Estimate out{mean_of(values), std::nullopt, ""};
    if (out.value == 0) {
        out.flag = "NONE_OBSERVED";
        return out;
    }
    std::vector<std::vector<std::optional<double>>> without;
    for (const UnitsOfSet& set : sets) without.push_back(means_without(values, set));
    const auto interval = jackknife_log_interval(out.value, without, units.min_units);
    if (!interval) {
        out.flag = "CI_TOO_FEW_UNITS";
        return out;
    }
    out.interval =
        Interval{interval->low, interval->high ? std::optional(std::min(measure.most, *interval->high)) : std::nullopt};
    if (!interval->one_unit_dominates) return out;
    out.flag = interval->high ? "ONE_RUN_DOMINATES" : "UNBOUNDED";
    const std::size_t set = interval->dominating_set;
    out.dominating = dominating_unit(units, set, sets[set][interval->dominating_unit].unit, runs_of(pairs));
    return out;
}

}  // namespace

Dominating dominating_unit(const UnitSets& units, std::size_t set, std::size_t unit,
                           const std::vector<std::size_t>& runs) {
    Dominating out{units.names[set][unit], {}};
    for (const std::size_t run : runs) {
        if (units.unit_of_run[set][run] == unit) out.runs.push_back(units.run_labels[run]);
    }
    return out;
}

UnitSets unit_sets(const Plan& plan, const std::vector<Axis>& axes) {
    UnitSets sets;
    for (const PlannedRun& run : plan.runs) sets.run_labels.push_back(run_label(plan, run.number));
    if (plan.design == "seeds") {
        sets.min_units = 3;
        sets.unit_of_run.emplace_back();
        for (const PlannedRun& run : plan.runs) sets.unit_of_run.back().push_back(static_cast<std::size_t>(run.block));
        sets.names.emplace_back();
        for (int block = 1; block <= plan.blocks; ++block)
            sets.names.back().push_back("block " + std::to_string(block));
        return sets;
    }
    for (const Axis& axis : axes) {
        if (axis.kind != FactorKind::seed) continue;
        std::map<std::vector<int>, std::size_t> numbers;
        sets.unit_of_run.emplace_back();
        sets.names.emplace_back();
        for (const PlannedRun& run : plan.runs) {
            std::vector<int> levels;
            for (const std::size_t factor : axis.factors) levels.push_back(run.levels[factor]);
            const auto [at, fresh] = numbers.try_emplace(levels, numbers.size());
            sets.unit_of_run.back().push_back(at->second);
            if (fresh) sets.names.back().push_back(axis.name + " " + std::to_string(levels.front() + 1));
        }
    }
    return sets;
}

double mean_of(const std::vector<PairValue>& pairs) {
    double sum = 0;
    for (const PairValue& pair : pairs) sum += pair.value;
    return sum / static_cast<double>(pairs.size());
}

std::vector<std::vector<std::optional<double>>> means_without(const std::vector<PairValue>& pairs,
                                                              const UnitSets& units) {
    std::vector<RunPair> ends;
    Values values;
    for (const PairValue& pair : pairs) {
        ends.emplace_back(pair.a, pair.b);
        values.push_back(pair.value);
    }
    std::vector<std::vector<std::optional<double>>> without;
    for (const auto& unit_of_run : units.unit_of_run)
        without.push_back(means_without(values, without_each(ends, unit_of_run)));
    return without;
}

std::size_t fewest_units(const std::vector<PairValue>& pairs, const UnitSets& units) {
    std::size_t fewest = 0;
    for (const auto& unit_of_run : units.unit_of_run) {
        std::set<std::size_t> seen;
        for (const PairValue& pair : pairs) seen.insert({unit_of_run[pair.a], unit_of_run[pair.b]});
        fewest = fewest == 0 ? seen.size() : std::min(fewest, seen.size());
    }
    return fewest;
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
    std::vector<RunPair> ends;
    for (const Pair* pair : pairs) ends.emplace_back(pair->a, pair->b);
    std::vector<UnitsOfSet> sets;
    for (const auto& unit_of_run : units.unit_of_run) {
        sets.push_back(without_each(ends, unit_of_run));
        cell.units = cell.units == 0 ? sets.back().size() : std::min(cell.units, sets.back().size());
    }
    for (const Measure& measure : k_measures) cell.*measure.estimate = estimate(pairs, units, sets, measure);
    return cell;
}

}  // namespace assay
