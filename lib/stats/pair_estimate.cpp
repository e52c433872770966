#include "stats/pair_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

struct Ratio {
    std::optional<double> value;
    bool zero_denominator = false;
};

// mean_of: the mean of a class, or nothing.
template <class MeanOf>
std::optional<double> combine(const std::vector<PairTerm>& terms, const MeanOf& mean_of) {
    double sum = 0;
    for (const PairTerm& term : terms) {
        const std::optional<double> mean = mean_of(term.set);
        if (!mean) return std::nullopt;
        sum += term.weight * *mean;
    }
    return sum;
}

template <class MeanOf>
Ratio evaluate(const PairRatio& ratio, const MeanOf& mean_of) {
    const std::optional<double> over = combine(ratio.over, mean_of);
    if (ratio.under.empty() || !over) return {over, false};
    const std::optional<double> under = combine(ratio.under, mean_of);
    if (!under) return {};
    if (*under == 0) return {std::nullopt, true};
    return {*over / *under, false};
}

// The units of one set that meet a pair of the ratio, and the functional without each of them.
struct DeleteOne {
    std::vector<std::size_t> units;
    std::vector<std::optional<double>> without;
    std::optional<std::size_t> unit_of_all;  // without it the denominator is 0
    std::size_t fewest = 0;                  // units that meet the pairs of the term that has the fewest
};

std::vector<bool> met_units(const PairClasses& classes, FactorSet set, std::size_t unit_set) {
    std::vector<bool> met;
    const PairClass* found = classes.find(set);
    if (found == nullptr) return met;
    for (const PairSum& sum : found->touching[unit_set]) met.push_back(sum.pairs > 0);
    return met;
}

DeleteOne delete_one(const PairClasses& classes, const PairRatio& ratio, std::size_t unit_set) {
    DeleteOne out;
    std::vector<bool> met;
    bool first = true;
    for (const auto* terms : {&ratio.over, &ratio.under}) {
        for (const PairTerm& term : *terms) {
            const std::vector<bool> own = met_units(classes, term.set, unit_set);
            const auto count = static_cast<std::size_t>(std::count(own.begin(), own.end(), true));
            out.fewest = first ? count : std::min(out.fewest, count);
            first = false;
            met.resize(std::max(met.size(), own.size()));
            for (std::size_t unit = 0; unit < own.size(); ++unit) met[unit] = met[unit] || own[unit];
        }
    }
    for (std::size_t unit = 0; unit < met.size(); ++unit) {
        if (!met[unit]) continue;
        const Ratio rest =
            evaluate(ratio, [&](FactorSet set) { return pair_mean_without(classes, set, unit_set, unit); });
        if (rest.zero_denominator && !out.unit_of_all) out.unit_of_all = unit;
        out.units.push_back(unit);
        out.without.push_back(rest.value);
    }
    return out;
}

// The standard error that rounding alone can make: between sums as large as the ratio's terms.
double rounding_error(const PairClasses& classes, const PairRatio& ratio, Scale scale) {
    constexpr double k_rounding = 1e-12;
    if (scale == Scale::logarithm) return k_rounding;
    PairRatio sizes = ratio;
    for (PairTerm& term : sizes.over) term.weight = std::abs(term.weight);
    return k_rounding * *evaluate(sizes, [&](FactorSet set) { return pair_mean(classes, set); }).value;
}

void add_interval(JackknifeEstimate& estimate, const std::vector<DeleteOne>& sets, Scale scale, double rounding,
                  const JackknifeSettings& settings) {
    std::vector<std::vector<std::optional<double>>> without;
    for (std::size_t k = 0; k < sets.size(); ++k) {
        without.push_back(sets[k].without);
        if (!sets[k].unit_of_all) continue;
        estimate.dominating = UnitLabel{k, *sets[k].unit_of_all};
        estimate.flags.emplace_back("UNBOUNDED");
        return;
    }
    estimate.interval =
        scale == Scale::logarithm
            ? jackknife_log_interval(*estimate.value, without, settings.min_units, settings.confidence)
            : jackknife_identity_interval(*estimate.value, without, settings.min_units, settings.confidence);
    if (!estimate.interval) {
        estimate.flags.emplace_back("CI_TOO_FEW_UNITS");
        return;
    }
    const auto error = estimate.interval->standard_error;
    if (!estimate.interval->one_unit_dominates || (error && *error <= rounding)) return;
    const std::size_t k = estimate.interval->dominating_set;
    estimate.dominating = UnitLabel{k, sets[k].units[estimate.interval->dominating_unit]};
    estimate.flags.emplace_back(estimate.interval->high ? "ONE_RUN_DOMINATES" : "UNBOUNDED");
}

}  // namespace

bool JackknifeEstimate::has(std::string_view flag) const {
    return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

JackknifeEstimate jackknife_estimate(const PairClasses& classes, const PairRatio& ratio, Scale scale,
                                     const JackknifeSettings& settings) {
    JackknifeEstimate estimate;
    const Ratio all = evaluate(ratio, [&](FactorSet set) { return pair_mean(classes, set); });
    estimate.value = all.value;
    if (!all.value) {
        estimate.flags.emplace_back(all.zero_denominator ? "ZERO_DENOMINATOR" : "NO_PAIRS");
        return estimate;
    }
    std::vector<DeleteOne> sets;
    for (std::size_t k = 0; k < classes.n_unit_sets; ++k) {
        sets.push_back(delete_one(classes, ratio, k));
        estimate.units = k == 0 ? sets[k].fewest : std::min(estimate.units, sets[k].fewest);
    }
    if (scale == Scale::logarithm && *all.value == 0) {
        estimate.flags.emplace_back("NONE_OBSERVED");
    } else if (estimate.units < settings.min_units) {
        estimate.flags.emplace_back("CI_TOO_FEW_UNITS");
    } else {
        add_interval(estimate, sets, scale, rounding_error(classes, ratio, scale), settings);
    }
    return estimate;
}

}  // namespace assay
