#include "stats/jackknife.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace assay {
namespace {

struct SetVariance {
    double se2 = 0;
    bool dominated = false;
};

// Half of the variance, and more than the largest of U regular units carries in 95% of cases (Grubbs, Sample criteria
// for testing outlying observations, Annals of Mathematical Statistics 1950): of 4 units one carries half of it mostly.
double dominating_share(double units) {
    if (units < 3) return 1;
    const double t = quantile(boost::math::students_t(units - 2), 1 - 0.05 / (2 * units));
    return std::max(0.5, (units - 1) / units * t * t / (units - 2 + t * t));
}

SetVariance variance_of(double theta, const std::vector<std::optional<double>>& without) {
    const auto units = static_cast<double>(without.size());
    std::vector<double> p;
    for (const auto& value : without) p.push_back(units * std::log(theta) - (units - 1) * std::log(*value));
    const double mean = std::accumulate(p.begin(), p.end(), 0.0) / units;
    double sum = 0, largest = 0;
    for (const double x : p) {
        sum += (x - mean) * (x - mean);
        largest = std::max(largest, (x - mean) * (x - mean));
    }
    return {sum / (units - 1) / units, sum > 0 && largest > dominating_share(units) * sum};
}

}  // namespace

std::optional<JackknifeInterval> jackknife_log_interval(double theta,
                                                        std::span<const std::vector<std::optional<double>>> without,
                                                        std::size_t min_units, double confidence) {
    if (without.empty() || !(theta > 0)) return std::nullopt;
    std::size_t fewest = without.front().size();
    bool vanishes = false;
    for (const auto& set : without) {
        fewest = std::min(fewest, set.size());
        for (const auto& value : set) {
            if (!value || *value < 0) return std::nullopt;
            vanishes = vanishes || *value == 0;
        }
    }
    if (fewest < min_units || fewest < 2) return std::nullopt;
    if (vanishes) return JackknifeInterval{0, std::nullopt, true};
    double se2 = 0;
    JackknifeInterval interval;
    for (const auto& set : without) {
        const SetVariance variance = variance_of(theta, set);
        se2 += variance.se2;
        interval.one_unit_dominates = interval.one_unit_dominates || variance.dominated;
    }
    const boost::math::students_t t(static_cast<double>(fewest - 1));
    const double reach = boost::math::quantile(t, 0.5 + confidence / 2) * std::sqrt(se2);
    interval.low = theta * std::exp(-reach);
    interval.high = theta * std::exp(reach);
    return interval;
}

}  // namespace assay
