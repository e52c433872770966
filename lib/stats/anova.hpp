// Analysis of variance: of numbers, and of squared distances.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stats/p_value.hpp"
#include "stats/symmetric.hpp"

namespace assay {

struct AnovaTable {
    std::size_t df_between = 0, df_within = 0;
    double ss_between = 0, ss_within = 0;
    std::optional<double> f;            // nothing without spread inside groups, or without degrees of freedom for it
    std::optional<double> residual_sd;  // sqrt(ss_within / df_within)
    std::optional<double> r2;           // nothing when all values are equal
};

// One-way, on numbers. The first value is subtracted from all of them, then two passes in double: figures that share 7
// leading digits keep 10 digits of F, where sums of raw squares keep 1 (NIST Statistical Reference Datasets, analysis
// of variance). Precondition: a group label for each value, one value or more.
AnovaTable one_way_anova(std::span<const double> values, std::span<const std::size_t> group);

// ---- On squared distances (McArdle and Anderson, Ecology 2001) -----------------------------------------------------

using Column = std::vector<double>;  // one number for each row of the matrix of distances

struct ModelTerm {
    std::string name;
    std::vector<Column> columns;
};
// Indicators of the levels: one for each label.
std::vector<Column> factor_columns(std::span<const std::size_t> labels);
// Products of every pair: the interaction of two terms.
std::vector<Column> product_columns(std::span<const Column> a, std::span<const Column> b);

struct TermSquares {
    std::string name;
    std::size_t df = 0;  // 0: earlier terms say all that this one says
    double ss = 0;
    std::optional<double> f;   // against the residual; nothing without one, or without degrees of freedom
    std::optional<double> r2;  // nothing when all distances are 0
};

struct DistanceAnova {
    std::vector<TermSquares> terms;
    std::size_t df_residual = 0, df_total = 0;
    double ss_residual = 0, ss_total = 0;
};

// Sequential sums of squares: each term's is tr(H G), G = -1/2 J D2 J, with H the projection on what its columns add to
// the mean and to the terms before it. With one observation a row and no random factor the denominator is the residual;
// a factor whose runs share seeds is tested by test_factor (permutation.hpp) alone, which is why no p is given here.
DistanceAnova sequential_squares(const Symmetric& d2, std::span<const ModelTerm> terms);

struct OneWayPermanova {
    AnovaTable table;
    PValue p;
};

// The classic pseudo-F with free permutation of rows (Anderson, A new method for non-parametric multivariate analysis
// of variance, Austral Ecology 2001), to compare with published results. Groups of unequal size and spread make it
// reject a true hypothesis up to 95% of the time: use f2_test. Precondition: two groups or more, fewer than rows.
OneWayPermanova one_way_permanova(const Symmetric& d2, std::span<const std::size_t> group,
                                  const PermutationOptions& options);

}  // namespace assay
