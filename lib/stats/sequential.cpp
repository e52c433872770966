#include "stats/sequential.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.hpp"

namespace assay {
namespace {

constexpr std::array k_effects = {0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8};
constexpr int k_nodes = 1'000;

// log int_0^inf w^nu exp(-(w - m)^2/2) dw by the midpoint rule in v = sqrt(w). The integrand falls off at least as fast
// as a normal density on both sides of its mode: all of it lies within 12, but for e^-72. The square root makes it flat
// at 0, where the rule in w would keep 6 digits for nu = 1 (2 differences). Error: 3e-12 at nu = 1, less above.
double log_integral(double nu, double m) {
    const double root = std::sqrt(m * m + 4 * nu);
    const double mode = m > 0 ? (m + root) / 2 : 2 * nu / (root - m);
    const double from = std::sqrt(std::max(0.0, mode - 12)), to = std::sqrt(mode + 12);
    const double step = (to - from) / k_nodes;
    const double peak = nu * std::log(mode) - (mode - m) * (mode - m) / 2;
    double sum = 0;
    for (int i = 0; i < k_nodes; ++i) {
        const double v = from + (i + 0.5) * step, w = v * v;
        sum += 2 * v * std::exp(nu * std::log(w) - (w - m) * (w - m) / 2 - peak);
    }
    return peak + std::log(sum * step);
}

struct Moments {
    double mean = 0, sum2 = 0, sum3 = 0;  // sums of powers of differences from the mean
};

Moments moments(std::span<const double> values) {
    const auto n = static_cast<double>(values.size());
    double shift = 0;  // from the first value, so that equal values have exactly no variance
    for (const double value : values) shift += (value - values.front()) / n;
    Moments result;
    result.mean = values.front() + shift;
    for (const double value : values) {
        const double centred = (value - values.front()) - shift;
        result.sum2 += centred * centred;
        result.sum3 += centred * centred * centred;
    }
    return result;
}

SequentialLook look_at(std::span<const double> values, double margin, double step) {
    const Moments m = moments(values);
    SequentialLook look;
    look.n = values.size();
    const auto n = static_cast<double>(look.n);
    look.mean = m.mean;
    look.sd = std::max(std::sqrt(m.sum2 / (n - 1)), step / std::sqrt(n));
    const double room = margin - look.mean;
    if (room == 0 && look.sd == 0) return look;
    const double t = look.sd > 0 ? room * std::sqrt(n) / look.sd : std::copysign(HUGE_VAL, room);
    look.log_e_pass = t_log_e_value(t, look.n);
    look.log_e_fail = t_log_e_value(-t, look.n);
    return look;
}

std::optional<double> skewness_of(std::span<const double> values) {
    if (values.size() < 3) return std::nullopt;
    const Moments m = moments(values);
    if (m.sum2 == 0) return std::nullopt;
    const auto n = static_cast<double>(values.size());
    const double variance = m.sum2 / n;
    return std::sqrt(n * (n - 1)) / (n - 2) * (m.sum3 / n) / (variance * std::sqrt(variance));
}

}  // namespace

double t_log_e_value(double t, std::size_t n) {
    ASSAY_CHECK(n >= 2 && !std::isnan(t));
    const auto nu = static_cast<double>(n - 1);
    // With w = s sqrt(nu + t^2) the exponent is -(w - c d)^2/2 - (1 - c^2) d^2/2, c = t / sqrt(nu + t^2): one range of
    // nodes serves every t, infinity (c = 1) too, where a grid in s would step over the whole integrand.
    const double length = std::hypot(t, std::sqrt(nu));
    const double c = std::isinf(t) ? std::copysign(1.0, t) : t / length;
    const double rest = nu / length / length;  // 1 - c^2
    const double at_zero = log_integral(nu, 0);
    std::array<double, k_effects.size()> logs{};
    for (std::size_t k = 0; k < k_effects.size(); ++k) {
        const double d = k_effects[k] * std::sqrt(static_cast<double>(n));
        logs[k] = log_integral(nu, c * d) - rest * d * d / 2 - at_zero;
    }
    const double largest = *std::max_element(logs.begin(), logs.end());
    double sum = 0;
    for (const double value : logs) sum += std::exp(value - largest);
    return largest + std::log(sum / static_cast<double>(logs.size()));
}

SequentialResult sequential_t(std::span<const double> differences, double margin, double alpha, double step) {
    ASSAY_CHECK(alpha > 0 && alpha < 1 && std::isfinite(margin) && step >= 0);
    for (const double x : differences) ASSAY_CHECK(std::isfinite(x));
    SequentialResult result;
    const double needed = -std::log(alpha);
    for (std::size_t n = 2; n <= differences.size(); ++n) {
        const SequentialLook look = look_at(differences.first(n), margin, step);
        result.looks.push_back(look);
        if (result.decision != SequentialDecision::undecided) continue;
        if (look.log_e_pass >= needed) result.decision = SequentialDecision::pass;
        if (look.log_e_fail >= needed) result.decision = SequentialDecision::fail;
        if (result.decision != SequentialDecision::undecided) result.decided_at = n;
    }
    result.skewness = skewness_of(differences);
    return result;
}

}  // namespace assay
