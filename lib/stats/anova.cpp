#include "stats/anova.hpp"

#include <cmath>
#include <map>
#include <set>

#include "base/check.hpp"
#include "stats/free_permutation.hpp"

namespace assay {
namespace {

// A running sum with its rounding errors kept beside it (Neumaier, Zeitschrift fuer angewandte Mathematik und Mechanik
// 1974): 1,800 plain additions cost the last of the 15 digits.
class Sum {
public:
    void add(double value) {
        const double sum = sum_ + value;
        lost_ += std::abs(sum_) >= std::abs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
        sum_ = sum;
    }
    double value() const { return sum_ + lost_; }

private:
    double sum_ = 0, lost_ = 0;
};

void finish(AnovaTable& table) {
    const double total = table.ss_between + table.ss_within;
    if (total > 0) table.r2 = table.ss_between / total;
    if (table.df_within == 0) return;
    const double ms_within = table.ss_within / static_cast<double>(table.df_within);
    table.residual_sd = std::sqrt(ms_within);
    if (ms_within > 0 && table.df_between > 0) {
        table.f = table.ss_between / static_cast<double>(table.df_between) / ms_within;
    }
}

// ---- Projections
// -----------------------------------------------------------------------------------------------------

double dot(const Column& a, const Column& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

// Adds to `basis` what `column` says beyond it. Gram-Schmidt, twice: once leaves a remainder as large as the
// cancellation (Giraud, Langou and Rozloznik, Computers and Mathematics with Applications 2005).
bool extend(std::vector<Column>& basis, Column column) {
    const double length = std::sqrt(dot(column, column));
    for (int pass = 0; pass < 2; ++pass) {
        for (const Column& unit : basis) {
            const double share = dot(unit, column);
            for (std::size_t i = 0; i < column.size(); ++i) column[i] -= share * unit[i];
        }
    }
    const double rest = std::sqrt(dot(column, column));
    if (rest <= 1e-9 * length) return false;
    for (double& value : column) value /= rest;
    basis.push_back(std::move(column));
    return true;
}

// G = -1/2 J D2 J (Gower, Some distance properties of latent root and vector methods, Biometrika 1966).
Symmetric centred_products(const Symmetric& d2) {
    const auto n = static_cast<double>(d2.n);
    std::vector<double> means(d2.n, 0.0);
    double mean = 0;
    for (std::size_t i = 0; i < d2.n; ++i) {
        for (std::size_t j = 0; j < d2.n; ++j) means[i] += d2(i, j) / n;
        mean += means[i] / n;
    }
    Symmetric g(d2.n);
    for (std::size_t i = 0; i < d2.n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) g.set(i, j, -(d2(i, j) - means[i] - means[j] + mean) / 2);
    }
    return g;
}

double quadratic(const Symmetric& g, const Column& q) {
    double sum = 0;
    for (std::size_t i = 0; i < g.n; ++i) {
        double row = 0;
        for (std::size_t j = 0; j < g.n; ++j) row += g(i, j) * q[j];
        sum += q[i] * row;
    }
    return sum;
}

void finish(DistanceAnova& anova) {
    const double ms_residual = anova.df_residual == 0 ? 0 : anova.ss_residual / static_cast<double>(anova.df_residual);
    for (TermSquares& term : anova.terms) {
        if (anova.ss_total > 0) term.r2 = term.ss / anova.ss_total;
        if (term.df > 0 && ms_residual > 0) term.f = term.ss / static_cast<double>(term.df) / ms_residual;
    }
}

}  // namespace

AnovaTable one_way_anova(std::span<const double> values, std::span<const std::size_t> group) {
    ASSAY_CHECK(!values.empty() && values.size() == group.size());
    struct Group {
        double size = 0, mean = 0;
        Sum sum;
    };
    std::map<std::size_t, Group> groups;
    Sum all, between, within;
    for (std::size_t i = 0; i < values.size(); ++i) {
        groups[group[i]].size += 1;
        groups[group[i]].sum.add(values[i] - values[0]);
        all.add(values[i] - values[0]);
    }
    const double mean = all.value() / static_cast<double>(values.size());
    for (auto& [label, members] : groups) {
        members.mean = members.sum.value() / members.size;
        between.add(members.size * (members.mean - mean) * (members.mean - mean));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double rest = values[i] - values[0] - groups[group[i]].mean;
        within.add(rest * rest);
    }
    AnovaTable table;
    table.df_between = groups.size() - 1;
    table.df_within = values.size() - groups.size();
    table.ss_between = between.value();
    table.ss_within = within.value();
    finish(table);
    return table;
}

std::vector<Column> factor_columns(std::span<const std::size_t> labels) {
    std::vector<Column> columns;
    for (const std::size_t level : std::set<std::size_t>(labels.begin(), labels.end())) {
        Column column;
        for (const std::size_t label : labels) column.push_back(label == level ? 1 : 0);
        columns.push_back(std::move(column));
    }
    return columns;
}

std::vector<Column> product_columns(std::span<const Column> a, std::span<const Column> b) {
    std::vector<Column> columns;
    for (const Column& left : a) {
        for (const Column& right : b) {
            ASSAY_CHECK(left.size() == right.size());
            Column column;
            for (std::size_t i = 0; i < left.size(); ++i) column.push_back(left[i] * right[i]);
            columns.push_back(std::move(column));
        }
    }
    return columns;
}

DistanceAnova sequential_squares(const Symmetric& d2, std::span<const ModelTerm> terms) {
    ASSAY_CHECK(d2.n > 0);
    const Symmetric g = centred_products(d2);
    std::vector<Column> basis;
    extend(basis, Column(d2.n, 1.0));
    DistanceAnova anova;
    for (std::size_t i = 0; i < d2.n; ++i) anova.ss_total += g(i, i);
    anova.df_total = d2.n - 1;
    anova.ss_residual = anova.ss_total;
    for (const ModelTerm& term : terms) {
        TermSquares squares{term.name, 0, 0, {}, {}};
        for (const Column& column : term.columns) {
            ASSAY_CHECK(column.size() == d2.n);
            if (!extend(basis, column)) continue;
            ++squares.df;
            squares.ss += quadratic(g, basis.back());
        }
        anova.ss_residual -= squares.ss;
        anova.terms.push_back(squares);
    }
    anova.df_residual = d2.n - basis.size();
    if (anova.df_residual == 0) anova.ss_residual = 0;
    finish(anova);
    return anova;
}

OneWayPermanova one_way_permanova(const Symmetric& d2, std::span<const std::size_t> group,
                                  const PermutationOptions& options) {
    const GroupedUnits units = grouped_units(d2, group);
    ASSAY_CHECK(units.sizes.size() >= 2 && units.sizes.size() < d2.n);
    // The total is the same for every arrangement, so that F falls as the squares within groups rise.
    const auto score = [&](std::span<const double> pair_sums) {
        double within = 0;
        for (std::size_t g = 0; g < units.sizes.size(); ++g)
            within += pair_sums[g] / static_cast<double>(units.sizes[g]);
        return units.trace - within;
    };
    OneWayPermanova result;
    result.table.df_between = units.sizes.size() - 1;
    result.table.df_within = d2.n - units.sizes.size();
    result.table.ss_between = score(units.pair_sums);
    result.table.ss_within = units.trace - result.table.ss_between;
    finish(result.table);
    const double threshold = result.table.ss_between * (1 - k_tie_relative) - k_tie_absolute * units.trace;
    result.p = free_permutation_p(units, score, threshold, options);
    return result;
}

}  // namespace assay
