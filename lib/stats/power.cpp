#include "stats/power.hpp"

#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace assay {
namespace {

constexpr double k_most_listed = 131'072, k_drawn = 10'000;

// The smallest n in [least, most] with enough(n); enough never turns false again.
template <class Enough>
std::optional<std::size_t> smallest(std::size_t least, std::size_t most, const Enough& enough) {
    std::size_t low = least, high = least;
    while (high < most && !enough(high)) {
        low = high + 1;
        high = std::min(most, 2 * high);
    }
    if (high > most || !enough(high)) return std::nullopt;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (enough(middle)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return high;
}

}  // namespace

double attainable_level(std::size_t seeds, double alpha) {
    ASSAY_CHECK(alpha > 0 && alpha < 1);
    if (seeds < 2) return 0;
    const double listed = std::ldexp(1.0, static_cast<int>(std::min<std::size_t>(seeds, 1'000)) - 1);
    const double total = listed <= k_most_listed ? listed : k_drawn;
    double count = std::floor(alpha * total) + 1;
    while (count / total > alpha) --count;  // as a test compares its p with alpha, to the last bit
    return count / total;
}

double shift_power(double kappa, double nu, std::size_t seeds, double alpha) {
    ASSAY_CHECK(kappa >= 0 && nu >= 1);
    const double level = attainable_level(seeds, alpha);
    if (level == 0 || kappa == 0) return level;
    const auto units = static_cast<double>(seeds);
    const boost::math::fisher_f null_law(nu, nu * (units - 1));
    const double critical = boost::math::quantile(boost::math::complement(null_law, level));
    const boost::math::non_central_f law(nu, nu * (units - 1), units * kappa * nu);
    return boost::math::cdf(boost::math::complement(law, critical));
}

std::optional<std::size_t> seeds_for_shift(double kappa, double nu, double power, double alpha, std::size_t most) {
    ASSAY_CHECK(power > 0 && power < 1);
    // One by one: the attainable level goes up and down with the number of seeds, and so may the power.
    for (std::size_t seeds = 2; seeds <= most; ++seeds) {
        if (shift_power(kappa, nu, seeds, alpha) >= power) return seeds;
    }
    return std::nullopt;
}

std::optional<double> detectable_shift(double nu, std::size_t seeds, double power, double alpha) {
    ASSAY_CHECK(power > alpha && power < 1);
    if (attainable_level(seeds, alpha) == 0) return std::nullopt;
    const auto lacking = [&](double log_kappa) { return shift_power(std::exp(log_kappa), nu, seeds, alpha) - power; };
    double low = std::log(1e-6), high = low + 2;
    while (lacking(low) > 0) low -= 2;
    while (lacking(high) < 0) high += 2;
    std::uintmax_t steps = 100;
    const boost::math::tools::eps_tolerance<double> close(40);
    const auto [left, right] = boost::math::tools::toms748_solve(lacking, low, high, close, steps);
    return std::exp((left + right) / 2);
}

double non_inferiority_power(Arms arms, std::size_t n, double margin_over_sd, double alpha) {
    ASSAY_CHECK(n >= 2 && margin_over_sd > 0 && alpha > 0 && alpha < 1);
    const auto runs = static_cast<double>(n);
    const bool paired = arms == Arms::paired;
    const double df = paired ? runs - 1 : 2 * runs - 2;
    const double noncentrality = margin_over_sd * std::sqrt(paired ? runs : runs / 2);
    const double critical = boost::math::quantile(boost::math::complement(boost::math::students_t(df), alpha));
    return boost::math::cdf(boost::math::complement(boost::math::non_central_t(df, noncentrality), critical));
}

std::optional<std::size_t> non_inferiority_size(Arms arms, double margin_over_sd, double power, double alpha,
                                                std::size_t most) {
    ASSAY_CHECK(power > 0 && power < 1);
    return smallest(2, most,
                    [&](std::size_t n) { return non_inferiority_power(arms, n, margin_over_sd, alpha) >= power; });
}

double rate_bound_of_none(std::size_t trials, double tail) {
    ASSAY_CHECK(trials > 0 && tail > 0 && tail < 1);
    return -std::expm1(std::log(tail) / static_cast<double>(trials));
}

}  // namespace assay
