// Tests of factors where not all arrangements are looked at, and what must not change a p-value.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "lib/stats/audit_data.hpp"
#include "stats/permutation.hpp"

namespace assay {
namespace {

PermutationOptions options_with(std::size_t threads, double alpha = 0.05) {
    return {.seed = 77, .stream = "test.random", .alpha = alpha, .draws = 9'999, .threads = threads};
}

using Test = std::function<PermutationTest(const Audit&, const PermutationOptions&)>;

PermutationTest main_effect(const Audit& audit, const PermutationOptions& options) {
    return test_factor(audit.d2(), audit.runs, options);
}
PermutationTest interaction(const Audit& audit, const PermutationOptions& options) {
    return test_interaction(audit.d2(), audit.runs, options);
}

struct Case {
    const char* name;
    Test test;
    Crossing crossing;
};

void expect_same_bits(const PermutationTest& a, const PermutationTest& b) {
    ASSERT_TRUE(a.p && b.p);
    EXPECT_EQ(a.p->value, b.p->value);
    EXPECT_EQ(a.p->count, b.p->count);
    EXPECT_EQ(a.p->total, b.p->total);
    EXPECT_EQ(a.f, b.f);
    EXPECT_EQ(a.ss_effect, b.ss_effect);
    EXPECT_EQ(a.ss_error, b.ss_error);
    EXPECT_EQ(a.ss_total, b.ss_total);
}

TEST(RandomArrangements, AreTheSameForAnyThreadsAndAnyOrderOfRuns) {
    const Case cases[] = {
        {"sign flips", main_effect, {2, 20}},
        {"orders of levels", main_effect, {4, 6}},
        {"slabs with repeats", main_effect, {3, 8, 2, 2}},
        {"interaction", interaction, {2, 19, 2, 2}},
        {"nested seeds", main_effect, {2, 12, 2, 2, 5, 1, true}},
        {"nested seeds, 3 levels", main_effect, {3, 6, 1, 1, 5, 1, true}},
        {"all sign flips", main_effect, {2, 8, 1, 3}},
        {"all orders", main_effect, {3, 4, 2, 1}},
        {"all groupings", main_effect, {2, 5, 1, 3, 5, 1, true}},
    };
    for (const Case& row : cases) {
        SCOPED_TRACE(row.name);
        const Audit audit = random_audit(row.crossing, row.name), other = shuffled(audit, row.name);
        const PermutationTest one = row.test(audit, options_with(1));
        EXPECT_EQ(one.p->exhaustive, std::string_view(row.name).starts_with("all"));
        for (const std::size_t threads : {2U, 8U}) expect_same_bits(one, row.test(audit, options_with(threads)));
        expect_same_bits(one, row.test(other, options_with(1)));
        expect_same_bits(one, row.test(other, options_with(8)));
    }
}

TEST(RandomArrangements, ChangeWithTheSeedAndTheStreamAlone) {
    const Audit audit = random_audit({2, 20}, "streams");
    PermutationOptions options = options_with(1);
    const PermutationTest first = main_effect(audit, options);
    options.stream = "test.another";
    EXPECT_NE(main_effect(audit, options).p->count, first.p->count);
    options = options_with(1);
    options.seed = 78;
    EXPECT_NE(main_effect(audit, options).p->count, first.p->count);
    EXPECT_EQ(main_effect(audit, options).f, first.f);
}

// Along a line every arrangement is a sum of differences, so that more than 131,072 of them are soon tried out.
double share_of_signs(const Audit& audit, std::size_t seeds) {
    std::vector<double> differences(seeds, 0.0);
    for (const FactorRun& run : audit.runs)
        differences[run.seed] += (run.level == 0 ? 1 : -1) * audit.points[run.row][0];
    double observed = 0;
    for (const double d : differences) observed += d;
    std::uint64_t count = 0;
    const std::uint64_t all = std::uint64_t{1} << seeds;
    for (std::uint64_t signs = 0; signs < all; ++signs) {
        double sum = 0;
        for (std::size_t s = 0; s < seeds; ++s) sum += (signs >> s & 1U) == 0 ? differences[s] : -differences[s];
        count += std::abs(sum) >= std::abs(observed) - 1e-9 ? 1U : 0U;
    }
    return static_cast<double>(count) / static_cast<double>(all);
}

struct Line {
    std::vector<double> values;  // seed * 3 + level
    double sums[3] = {0, 0, 0};
    double observed = 0, count = 0, total = 0;
};

void try_levels(Line& line, std::size_t seed) {
    constexpr std::size_t k_orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    if (seed * 3 == line.values.size()) {
        double square = 0;
        for (const double sum : line.sums) square += sum * sum;
        line.total += 1;
        line.count += square >= line.observed - 1e-9 ? 1 : 0;
        return;
    }
    for (const auto& order : k_orders) {
        for (std::size_t l = 0; l < 3; ++l) line.sums[l] += line.values[seed * 3 + order[l]];
        try_levels(line, seed + 1);
        for (std::size_t l = 0; l < 3; ++l) line.sums[l] -= line.values[seed * 3 + order[l]];
    }
}

double share_of_orders(const Audit& audit, std::size_t seeds) {
    Line line;
    line.values.resize(3 * seeds);
    double sums[3] = {0, 0, 0};
    for (const FactorRun& run : audit.runs) {
        line.values[run.seed * 3 + run.level] = audit.points[run.row][0];
        sums[run.level] += audit.points[run.row][0];
    }
    for (const double sum : sums) line.observed += sum * sum;
    // The first seed keeps its order: moving all seeds alike changes nothing.
    for (std::size_t l = 0; l < 3; ++l) line.sums[l] = line.values[l];
    try_levels(line, 1);
    return line.count / line.total;
}

// F2 of two groups of 11 along a line, all 705,432 ways.
double share_of_groupings(const Audit& audit) {
    double observed = 0, count = 0, total = 0;
    const auto f2 = [&](std::uint32_t second) {
        double sums[2] = {0, 0}, squares[2] = {0, 0};
        for (std::size_t i = 0; i < 22; ++i) {
            const double x = audit.points[i][0];
            sums[second >> i & 1U] += x;
            squares[second >> i & 1U] += x * x;
        }
        const double within = squares[0] + squares[1] - (sums[0] * sums[0] + sums[1] * sums[1]) / 11;
        return std::pow(sums[0] - sums[1], 2) / within;  // rises with F2, the groups being of one size
    };
    std::uint32_t second = 0;
    for (const FactorRun& run : audit.runs) second |= static_cast<std::uint32_t>(run.level << run.row);
    observed = f2(second);
    // The next larger number with as many bits (Gosper).
    for (std::uint32_t bits = (1U << 11) - 1; bits < 1U << 22;) {
        total += 1;
        count += f2(bits) >= observed - 1e-9 ? 1 : 0;
        const std::uint32_t low = bits & (0U - bits), next = bits + low;
        bits = next | (((bits ^ next) >> 2) / low);
    }
    return count / total;
}

void expect_estimate(const PermutationTest& test, double share) {
    ASSERT_TRUE(test.p && !test.p->exhaustive);
    const auto total = static_cast<double>(test.p->total);
    EXPECT_NEAR(test.p->value, share, 4 * std::sqrt(share * (1 - share) / total) + 1 / total)
        << "4 standard errors of a share of " << total;
    EXPECT_EQ(test.p->value, static_cast<double>(test.p->count) / total);
    EXPECT_EQ(test.p->smallest, 1 / total);
}

TEST(RandomArrangements, EstimateTheShareOfAll) {
    const Audit flips = random_audit({2, 19, 1, 1, 1}, "flips on a line", 1);
    expect_estimate(main_effect(flips, options_with(1)), share_of_signs(flips, 19));
    const Audit orders = random_audit({3, 8, 1, 1, 1}, "orders on a line");
    expect_estimate(main_effect(orders, options_with(1)), share_of_orders(orders, 8));
    const Audit groups = random_audit({2, 11, 1, 1, 1, 1, true}, "groups on a line");
    expect_estimate(main_effect(groups, options_with(1)), share_of_groupings(groups));
}

// At alpha = the very share, the 99% interval of 9,999 draws holds it: it is drawn on to a million, in steps of ten.
TEST(RandomArrangements, AreDrawnOnWhereTheyDoNotDecide) {
    const Audit audit = random_audit({2, 19, 1, 1, 1}, "flips on a line", 1);
    const double share = share_of_signs(audit, 19);
    const PermutationTest close = main_effect(audit, options_with(2, share));
    EXPECT_EQ(close.p->total, 1'000'000U);
    expect_estimate(close, share);
    EXPECT_EQ(main_effect(audit, options_with(1, share / 4)).p->total, 10'000U);
}

// ---- What must not matter ------------------------------------------------------------------------------------------

// Other names, in another order.
Audit relabelled(Audit audit) {
    for (FactorRun& run : audit.runs) {
        run.level = 900 - 100 * run.level;
        run.seed = run.seed * 7919 % 64 + 5;  // 7919 is odd: seeds stay apart
        run.other = run.other == 0 ? 42 : run.other;
    }
    return audit;
}

TEST(TestFactor, DoesNotCareWhatLevelsAndSeedsAreCalledNorInWhichUnitDistancesAre) {
    const Case cases[] = {
        {"flips", main_effect, {2, 9, 2, 2}},
        {"orders", main_effect, {3, 5, 2, 1}},
        {"interaction", interaction, {2, 8, 2, 1}},
        {"nested", main_effect, {2, 6, 2, 2, 5, 1, true}},
        {"nested", main_effect, {3, 3, 1, 2, 5, 1, true}},
    };
    for (const Case& row : cases) {
        SCOPED_TRACE(row.name);
        const Audit audit = random_audit(row.crossing, row.name);
        const PermutationTest test = row.test(audit, options_with(1));
        const PermutationTest renamed = row.test(relabelled(audit), options_with(1));
        ASSERT_TRUE(test.p->exhaustive);
        EXPECT_EQ(renamed.p->count, test.p->count);
        EXPECT_EQ(renamed.p->total, test.p->total);
        EXPECT_NEAR(*renamed.f, *test.f, 1e-11 * *test.f);
        Audit scaled = audit;
        for (auto& point : scaled.points) {
            for (double& x : point) x *= 1e-6;
        }
        const PermutationTest small = row.test(scaled, options_with(1));
        EXPECT_EQ(small.p->count, test.p->count);
        EXPECT_NEAR(*small.f, *test.f, 1e-11 * *test.f);
        EXPECT_NEAR(small.r2(), test.r2(), 1e-11);
    }
}

}  // namespace
}  // namespace assay
