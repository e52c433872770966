#include "stats/permutation.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/check.hpp"
#include "stats/f2.hpp"
#include "stats/within_seeds.hpp"

namespace assay {
namespace {

// Sum of squares about the mean: sum of D2 over pairs / rows, added in ascending order.
double total_square(const Symmetric& d2, const std::vector<std::size_t>& rows) {
    std::vector<double> values;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) values.push_back(d2(rows[i], rows[j]));
    }
    std::sort(values.begin(), values.end());
    return rows.empty() ? 0 : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(rows.size());
}

void test_within_seeds(const Symmetric& slabs, double scale, const PermutationOptions& options, PermutationTest& test) {
    const auto seeds = static_cast<double>(test.seeds);
    const Symmetric centred = centred_within_seeds(slabs, test.levels);
    double inside = 0;  // SS_A + SS_AS, which no arrangement changes
    for (std::size_t i = 0; i < centred.n; ++i) inside += centred(i, i);
    std::vector<std::size_t> rows(slabs.n);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    const double rounding = k_tie_absolute * total_square(slabs, rows);
    const double square = level_square(centred, test.levels);
    const double effect = std::max(0.0, square / seeds), error = std::max(0.0, inside - square / seeds);

    test.df_effect = test.levels - 1;
    test.df_error = (test.levels - 1) * (test.seeds - 1);
    test.ss_effect = scale * effect;
    test.ss_error = scale * error;
    test.f_infinite = error <= rounding / seeds && effect > rounding / seeds;
    if (error > rounding / seeds) test.f = effect * (seeds - 1) / error;
    test.p = within_seeds_p(centred, test.levels, square * (1 - k_tie_relative) - rounding, options);
}

void test_nested(const Symmetric& slabs, const Exchange& exchange, double scale, const PermutationOptions& options,
                 PermutationTest& test) {
    const F2Test f2 = f2_test(slabs, exchange.slab_level, options);
    ASSAY_CHECK(f2.untested.empty());
    test.df_effect = test.levels - 1;
    test.df_error = test.seeds - test.levels;
    test.ss_effect = scale * f2.ss_groups;
    test.f = f2.f;
    test.f_infinite = f2.f_infinite;
    test.p = f2.p;
}

PermutationTest test_effect(const Symmetric& d2, std::span<const FactorRun> runs, Effect effect,
                            const PermutationOptions& options) {
    std::vector<bool> seen(d2.n, false);  // a run that is listed twice would pass for a repeat
    for (const FactorRun& run : runs) {
        ASSAY_CHECK(run.row < d2.n && !seen[run.row]);
        seen[run.row] = true;
    }
    const Exchange exchange = derive_exchange(runs, effect);
    PermutationTest test;
    test.untested = exchange.untested;
    test.code = exchange.code;
    test.nested = exchange.nested;
    test.levels = exchange.levels;
    test.seeds = exchange.seeds;
    test.seeds_left_out = exchange.seeds_left_out;
    test.runs = exchange.rows().size();
    if (!test.untested.empty()) return test;
    test.ss_total = total_square(d2, exchange.rows());
    const Symmetric slabs = slab_distances(d2, exchange.slabs);
    const double scale = exchange.runs_per_slab();
    if (exchange.nested) {
        test_nested(slabs, exchange, scale, options, test);
    } else {
        test_within_seeds(slabs, scale, options, test);
    }
    return test;
}

}  // namespace

PermutationTest test_factor(const Symmetric& d2, std::span<const FactorRun> runs, const PermutationOptions& options) {
    return test_effect(d2, runs, Effect::main, options);
}

PermutationTest test_interaction(const Symmetric& d2, std::span<const FactorRun> runs,
                                 const PermutationOptions& options) {
    return test_effect(d2, runs, Effect::interaction, options);
}

}  // namespace assay
