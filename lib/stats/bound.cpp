#include "stats/bound.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "base/check.hpp"
#include "stats/mean.hpp"
#include "stats/power.hpp"

namespace assay {
namespace {

double moved(const Located& figure, double confidence, double direction) {
    ASSAY_CHECK(confidence > 0.5 && confidence < 1 && figure.degrees_of_freedom > 0);
    const boost::math::students_t law(figure.degrees_of_freedom);
    const double reach = direction * boost::math::quantile(law, confidence) * figure.standard_error;
    return figure.logarithm ? figure.value * std::exp(reach) : figure.value + reach;
}

// (figure - limit) on the scale of the standard error.
double beyond(const Located& figure, double limit) {
    if (!figure.logarithm) return figure.value - limit;
    ASSAY_CHECK(figure.value > 0);
    return limit > 0 ? std::log(figure.value) - std::log(limit) : std::numeric_limits<double>::infinity();
}

double tail(const Located& figure, double distance) {
    if (figure.standard_error > 0 && std::isfinite(distance)) {
        const boost::math::students_t law(figure.degrees_of_freedom);
        return boost::math::cdf(boost::math::complement(law, distance / figure.standard_error));
    }
    return distance > 0 ? 0 : 1;
}

double squares(std::span<const double> values, double mean) {
    double sum = 0;
    for (const double x : values) sum += (x - mean) * (x - mean);
    return sum;
}

}  // namespace

double lower_bound(const Located& figure, double confidence) { return moved(figure, confidence, -1); }
double upper_bound(const Located& figure, double confidence) { return moved(figure, confidence, 1); }

double p_above(const Located& figure, double limit) { return tail(figure, beyond(figure, limit)); }
double p_below(const Located& figure, double limit) { return tail(figure, -beyond(figure, limit)); }

std::optional<std::size_t> units_to_decide(const Located& figure, std::size_t units, double limit, double confidence,
                                           double power, std::size_t most) {
    const double distance = std::abs(beyond(figure, limit));
    const double sd = figure.standard_error * std::sqrt(static_cast<double>(units));
    if (distance == 0) return std::nullopt;
    if (sd == 0 || !std::isfinite(distance)) return units;
    const double effect = std::min(distance / sd, 1e3);  // beyond, two units do
    return non_inferiority_size(Arms::paired, effect, power, 1 - confidence, most);
}

std::optional<Located> located(double value, const JackknifeInterval& interval, bool logarithm) {
    if (!interval.high || !interval.standard_error) return std::nullopt;
    return Located{value, *interval.standard_error, static_cast<double>(interval.degrees_of_freedom), logarithm};
}

std::optional<Located> mean_difference(std::span<const double> differences) {
    if (differences.size() < 2) return std::nullopt;
    const auto n = static_cast<double>(differences.size());
    const double mean = mean_of(differences);
    return Located{mean, std::sqrt(squares(differences, mean) / (n - 1) / n), n - 1, false};
}

std::optional<Located> mean_difference(std::span<const double> first, std::span<const double> second) {
    if (first.size() < 2 || second.size() < 2) return std::nullopt;
    const auto n = static_cast<double>(first.size()), m = static_cast<double>(second.size());
    const double a = mean_of(first), b = mean_of(second);
    const double va = squares(first, a) / (n - 1) / n, vb = squares(second, b) / (m - 1) / m;
    const double sum = va + vb;
    const double df = sum > 0 ? sum * sum / (va * va / (n - 1) + vb * vb / (m - 1)) : n + m - 2;
    return Located{b - a, std::sqrt(sum), df, false};
}

}  // namespace assay
