#include "stats/dispersion.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.hpp"
#include "stats/jackknife.hpp"

namespace assay {
namespace {

using Runs = std::span<const std::size_t>;
using Values = std::vector<std::optional<double>>;

constexpr std::size_t k_nobody = static_cast<std::size_t>(-1);

double variance_without(const Symmetric& d2, Runs runs, std::size_t left_out) {
    double sum = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        for (std::size_t j = i + 1; j < runs.size(); ++j) {
            if (i != left_out && j != left_out) sum += d2(runs[i], runs[j]);
        }
    }
    const auto n = static_cast<double>(left_out == k_nobody ? runs.size() : runs.size() - 1);
    return sum / (n * (n - 1));
}

// V without each run. By row sums, but where a run carries nearly everything the difference has no digits left.
std::vector<double> leave_one_out(const Symmetric& d2, Runs runs) {
    std::vector<double> rows;
    for (const std::size_t r : runs) {
        double row = 0;
        for (const std::size_t s : runs) row += d2(r, s);
        rows.push_back(row);
    }
    const double total = std::accumulate(rows.begin(), rows.end(), 0.0) / 2;
    const auto n = static_cast<double>(runs.size());
    std::vector<double> without;
    for (std::size_t j = 0; j < runs.size(); ++j) {
        const double rest = total - rows[j];
        without.push_back(rest > 1e-3 * total ? rest / ((n - 1) * (n - 2)) : variance_without(d2, runs, j));
    }
    return without;
}

Dispersion without_evidence(const Symmetric& d2, Runs a, Runs b) {
    Dispersion result;
    result.variance_a = trace_variance(d2, a);
    result.variance_b = trace_variance(d2, b);
    if (!result.variance_a || !result.variance_b) {
        result.reason = "a group has fewer than 2 runs";
    } else if (*result.variance_a == 0 || *result.variance_b == 0) {
        result.reason = "a group does not vary at all";
    } else {
        result.ratio = *result.variance_a / *result.variance_b;
        if (std::min(a.size(), b.size()) < k_min_dispersion_units) result.reason = "fewer than 4 units";
    }
    return result;
}

// sets: V_a / V_b without each unit of each set of units.
void add_evidence(Dispersion& result, const std::vector<Values>& sets) {
    const auto interval = jackknife_log_interval(*result.ratio, sets, k_min_dispersion_units);
    if (!interval || !interval->high) {
        result.reason = "one unit carries all of the variation";
        return;
    }
    if (*interval->standard_error <= 1e-12) {  // what rounding leaves of a zero
        result.reason = "every unit gives the same ratio: no standard error";
        return;
    }
    DispersionEvidence evidence;
    evidence.log_se = *interval->standard_error;
    evidence.df = static_cast<double>(interval->degrees_of_freedom);
    evidence.t = std::log(*result.ratio) / evidence.log_se;
    const boost::math::students_t law(evidence.df);
    evidence.p = 2 * boost::math::cdf(boost::math::complement(law, std::abs(evidence.t)));
    evidence.low = interval->low;
    evidence.high = *interval->high;
    evidence.one_unit_dominates = interval->one_unit_dominates;
    result.evidence = evidence;
}

// Undefined where the group below does not vary without a unit.
Values ratios(const std::vector<double>& above, const std::vector<double>& below) {
    Values values;
    for (std::size_t j = 0; j < above.size(); ++j) {
        values.push_back(below[j] == 0 ? std::nullopt : std::optional(above[j] / below[j]));
    }
    return values;
}

}  // namespace

std::optional<double> trace_variance(const Symmetric& d2, std::span<const std::size_t> runs) {
    for (const std::size_t r : runs) ASSAY_CHECK(r < d2.n);
    if (runs.size() < 2) return std::nullopt;
    return variance_without(d2, runs, k_nobody);
}

Dispersion dispersion_paired(const Symmetric& d2, std::span<const std::size_t> a, std::span<const std::size_t> b) {
    ASSAY_CHECK(a.size() == b.size());
    Dispersion result = without_evidence(d2, a, b);
    if (!result.reason.empty()) return result;
    add_evidence(result, {ratios(leave_one_out(d2, a), leave_one_out(d2, b))});
    return result;
}

Dispersion dispersion_unpaired(const Symmetric& d2, std::span<const std::size_t> a, std::span<const std::size_t> b) {
    Dispersion result = without_evidence(d2, a, b);
    if (!result.reason.empty()) return result;
    const std::vector<double> whole_a(b.size(), *result.variance_a), whole_b(a.size(), *result.variance_b);
    add_evidence(result, {ratios(leave_one_out(d2, a), whole_b), ratios(whole_a, leave_one_out(d2, b))});
    return result;
}

}  // namespace assay
