#include "stats/jackknife.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace assay {
namespace {

using Set = std::vector<std::optional<double>>;

struct SetVariance {
    double se2 = 0;
    bool dominated = false;
    std::size_t largest_unit = 0;
};

// Half of the variance, and more than the largest of U regular units carries in 95% of cases (Grubbs, Sample criteria
// for testing outlying observations, Annals of Mathematical Statistics 1950): of 4 units one carries half of it mostly.
double dominating_share(double units) {
    if (units < 3) return 1;
    const double t = quantile(boost::math::students_t(units - 2), 1 - 0.05 / (2 * units));
    return std::max(0.5, (units - 1) / units * t * t / (units - 2 + t * t));
}

// theta and without: on the scale of the interval; every value is there.
SetVariance variance_of(double theta, const std::vector<double>& without) {
    const auto units = static_cast<double>(without.size());
    std::vector<double> p;
    for (const double value : without) p.push_back(units * theta - (units - 1) * value);
    const double mean = std::accumulate(p.begin(), p.end(), 0.0) / units;
    SetVariance variance;
    double sum = 0, largest = 0;
    for (std::size_t j = 0; j < p.size(); ++j) {
        const double square = (p[j] - mean) * (p[j] - mean);
        sum += square;
        if (square <= largest) continue;
        largest = square;
        variance.largest_unit = j;
    }
    variance.se2 = sum / (units - 1) / units;
    // Where all values agree, rounding is left, and one of its errors is the largest.
    const bool varies = std::sqrt(variance.se2) > 1e-12 * std::max(1.0, std::abs(theta));
    variance.dominated = varies && largest > dominating_share(units) * sum;
    return variance;
}

bool enough(std::span<const Set> without, std::size_t min_units) {
    const std::size_t least = std::max<std::size_t>(min_units, 2);
    return !without.empty() &&
           std::all_of(without.begin(), without.end(), [&](const Set& set) { return set.size() >= least; });
}

template <class Predicate>
bool every_value(std::span<const Set> without, Predicate predicate) {
    for (const Set& set : without) {
        for (const auto& value : set) {
            if (!value || !predicate(*value)) return false;
        }
    }
    return true;
}

// The unit without which nothing is left, if there is one.
std::optional<JackknifeInterval> unbounded(std::span<const Set> without) {
    for (std::size_t s = 0; s < without.size(); ++s) {
        const auto gone = std::find(without[s].begin(), without[s].end(), std::optional<double>(0));
        if (gone == without[s].end()) continue;
        const auto unit = static_cast<std::size_t>(gone - without[s].begin());
        return JackknifeInterval{0, std::nullopt, true, s, unit, std::nullopt, 0};
    }
    return std::nullopt;
}

// theta and the sets on the scale of the interval. `low` and `high` are left to the caller: theta -/+ the reach.
template <class Transform>
std::pair<JackknifeInterval, double> reach_of(double theta, std::span<const Set> without, double confidence,
                                              Transform transform) {
    JackknifeInterval interval;
    double se2 = 0;
    std::size_t fewest = without.front().size();
    for (std::size_t s = 0; s < without.size(); ++s) {
        std::vector<double> values;
        for (const auto& value : without[s]) values.push_back(transform(*value));
        fewest = std::min(fewest, values.size());
        const SetVariance variance = variance_of(theta, values);
        se2 += variance.se2;
        if (!variance.dominated || interval.one_unit_dominates) continue;
        interval.one_unit_dominates = true;
        interval.dominating_set = s;
        interval.dominating_unit = variance.largest_unit;
    }
    interval.standard_error = std::sqrt(se2);
    interval.degrees_of_freedom = fewest - 1;
    const boost::math::students_t t(static_cast<double>(fewest - 1));
    return {interval, boost::math::quantile(t, 0.5 + confidence / 2) * *interval.standard_error};
}

}  // namespace

std::optional<JackknifeInterval> jackknife_log_interval(double theta, std::span<const Set> without,
                                                        std::size_t min_units, double confidence) {
    if (!(theta > 0) || !enough(without, min_units)) return std::nullopt;
    if (!every_value(without, [](double value) { return value >= 0; })) return std::nullopt;
    if (const auto interval = unbounded(without)) return interval;
    auto [interval, reach] =
        reach_of(std::log(theta), without, confidence, [](double value) { return std::log(value); });
    interval.low = theta * std::exp(-reach);
    interval.high = theta * std::exp(reach);
    return interval;
}

std::optional<JackknifeInterval> jackknife_identity_interval(double theta, std::span<const Set> without,
                                                             std::size_t min_units, double confidence) {
    if (!std::isfinite(theta) || !enough(without, min_units)) return std::nullopt;
    if (!every_value(without, [](double value) { return std::isfinite(value); })) return std::nullopt;
    auto [interval, reach] = reach_of(theta, without, confidence, [](double value) { return value; });
    interval.low = theta - reach;
    interval.high = theta + reach;
    return interval;
}

}  // namespace assay
