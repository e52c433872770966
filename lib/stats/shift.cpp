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

using Sets = std::vector<std::vector<std::optional<double>>>;

// One over the other; undefined where the other is unknown or 0.
Sets ratios(Sets over, const Sets& under) {
    for (std::size_t set = 0; set < over.size(); ++set) {
        for (std::size_t unit = 0; unit < over[set].size(); ++unit) {
            const std::optional<double> below = under[set][unit];
            if (!over[set][unit] || !below || !(*below > 0)) {
                over[set][unit].reset();
            } else {
                *over[set][unit] /= *below;
            }
        }
    }
    return over;
}

void add_kappa(Shift& out, const Sets& shifts, const Sets& variances, std::size_t min_units) {
    if (!out.value || !out.variance || !(*out.variance > 0)) return;
    out.kappa = *out.value / *out.variance;
    out.kappa_interval = jackknife_identity_interval(*out.kappa, ratios(shifts, variances), min_units);
}

struct GroupShift {
    std::optional<double> shift, variance;  // variance: of the first group
};

// Without one row, of either group, which is `left_out`.
GroupShift group_shift(const Symmetric& d2, std::span<const std::size_t> a, std::span<const std::size_t> b,
                       std::optional<std::size_t> left_out) {
    Sum between, first, second;
    for (const std::size_t r : a) {
        for (const std::size_t s : b) {
            if (left_out != r && left_out != s) between.add(d2(r, s));
        }
    }
    const auto within = [&](std::span<const std::size_t> rows, Sum& sum) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            for (std::size_t j = i + 1; j < rows.size(); ++j) {
                if (left_out != rows[i] && left_out != rows[j]) sum.add(d2(rows[i], rows[j]) / 2);
            }
        }
    };
    within(a, first);
    within(b, second);
    GroupShift out{std::nullopt, first.mean()};
    if (first.mean() && second.mean()) out.shift = *between.mean() - *first.mean() - *second.mean();
    return out;
}

}  // namespace

Shift shift_between_groups(const Symmetric& d2, std::span<const std::size_t> a, std::span<const std::size_t> b,
                           std::size_t min_units) {
    for (const std::size_t row : a) ASSAY_CHECK(row < d2.n && std::find(b.begin(), b.end(), row) == b.end());
    for (const std::size_t row : b) ASSAY_CHECK(row < d2.n);
    const GroupShift all = group_shift(d2, a, b, std::nullopt);
    Shift out;
    out.value = all.shift;
    out.variance = all.variance;
    if (!out.value) return out;
    Sets shifts, variances;
    for (const auto rows : {a, b}) {
        shifts.emplace_back();
        variances.emplace_back();
        for (const std::size_t row : rows) {
            const GroupShift without = group_shift(d2, a, b, row);
            shifts.back().push_back(without.shift);
            variances.back().push_back(without.variance);
        }
    }
    out.interval = jackknife_identity_interval(*out.value, shifts, min_units);
    add_kappa(out, shifts, variances, min_units);
    return out;
}

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
    const Sets shifts = means_without(seeds, n, cross);
    out.interval = jackknife_identity_interval(*out.value, shifts, min_units);
    const auto inside = [&](std::size_t s, std::size_t t) { return d2(row(s, a), row(t, a)) / 2; };
    add_kappa(out, shifts, means_without(seeds, n, inside), min_units);
    return out;
}

}  // namespace assay
