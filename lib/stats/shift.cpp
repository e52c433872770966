#include "stats/shift.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace assay {
namespace {

struct Sum {
    double value = 0;
    std::size_t count = 0;

    void add(double x) {
        value += x;
        ++count;
    }
    std::optional<double> mean() const {
        return count == 0 ? std::nullopt : std::optional(value / static_cast<double>(count));
    }
};

bool independent(const SeedUnits& seeds, std::size_t s, std::size_t t) {
    return std::all_of(seeds.streams.begin(), seeds.streams.end(),
                       [&](const std::vector<std::size_t>& stream) { return stream[s] != stream[t]; });
}

template <class Term>
void each_independent_pair(const SeedUnits& seeds, std::size_t n, const Term& term) {
    for (std::size_t s = 0; s < n; ++s) {
        for (std::size_t t = s + 1; t < n; ++t) {
            if (independent(seeds, s, t)) term(s, t);
        }
    }
}

// For each unit set the mean of W over the pairs that the unit has no part in. Summed anew for each unit, not
// subtracted from the total: what is left may be 10^11 times smaller.
template <class Value>
std::vector<std::vector<std::optional<double>>> means_without(const SeedUnits& seeds, std::size_t n,
                                                              const Value& value) {
    std::vector<std::vector<std::optional<double>>> out;
    for (const std::vector<std::size_t>& units : seeds.units) {
        const std::size_t n_units = units.empty() ? 0 : *std::max_element(units.begin(), units.end()) + 1;
        std::vector<Sum> left(n_units);
        std::vector<bool> present(n_units, false);
        for (const std::size_t unit : units) present[unit] = true;
        each_independent_pair(seeds, n, [&](std::size_t s, std::size_t t) {
            const double w = value(s, t);
            for (std::size_t unit = 0; unit < n_units; ++unit) {
                if (unit != units[s] && unit != units[t]) left[unit].add(w);
            }
        });
        out.emplace_back();
        for (std::size_t unit = 0; unit < n_units; ++unit) {
            if (present[unit]) out.back().push_back(left[unit].mean());
        }
    }
    return out;
}

}  // namespace

Shift shift_between(const Symmetric& d2, std::size_t levels, std::size_t a, std::size_t b, const SeedUnits& seeds,
                    std::size_t min_units) {
    ASSAY_CHECK(levels > 0 && a < levels && b < levels && d2.n % levels == 0);
    const std::size_t n = d2.n / levels;
    for (const auto& stream : seeds.streams) ASSAY_CHECK(stream.size() == n);
    for (const auto& units : seeds.units) ASSAY_CHECK(units.size() == n);
    const auto row = [&](std::size_t seed, std::size_t level) { return seed * levels + level; };
    const auto cross = [&](std::size_t s, std::size_t t) {
        return ((d2(row(s, a), row(t, b)) - d2(row(s, a), row(t, a))) +
                (d2(row(s, b), row(t, a)) - d2(row(s, b), row(t, b)))) /
               2;
    };
    Sum shifted, varied;
    each_independent_pair(seeds, n, [&](std::size_t s, std::size_t t) {
        shifted.add(cross(s, t));
        varied.add(d2(row(s, a), row(t, a)) / 2);
    });
    Shift out;
    out.value = shifted.mean();
    out.variance = varied.mean();
    if (!out.value) return out;
    out.interval = jackknife_identity_interval(*out.value, means_without(seeds, n, cross), min_units);
    if (*out.variance > 0) out.kappa = *out.value / *out.variance;
    return out;
}

}  // namespace assay
