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
    // One unit can carry at most (U-1)/U of the sum; more than half of it is said aloud.
    return {sum / (units - 1) / units, sum > 0 && largest > 0.5 * sum && units > 2};
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
