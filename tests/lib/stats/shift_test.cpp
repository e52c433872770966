#include "stats/shift.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "lib/stats/audit_data.hpp"
#include "lib/stats/crossed_seeds.hpp"
#include "lib/stats/reference_data.hpp"

namespace assay {
namespace {

// S seeds, each a unit of its own.
SeedUnits plain(std::size_t seeds) {
    std::vector<std::size_t> all(seeds);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return {{all}, {all}};
}

void expect_relative(double value, double expected, double tolerance) {
    EXPECT_NEAR(value, expected, tolerance * std::abs(expected));
}

// 8 seeds at two learning rates, real trainings (fixtures/README.md). The matrix has all runs of one rate first.
TEST(Shift, OfRealRunsHasTheKnownValues) {
    const Symmetric by_rate = reference_matrix("g1_D2.csv");
    const Json expected = reference_json("expected.json").at("g1");
    Symmetric d2(16);
    for (std::size_t r = 0; r < 16; ++r) {
        for (std::size_t s = 0; s < r; ++s) d2.set(r, s, by_rate(r % 2 * 8 + r / 2, s % 2 * 8 + s / 2));
    }
    const Shift there = shift_between(d2, 2, 0, 1, plain(8), 4), back = shift_between(d2, 2, 1, 0, plain(8), 4);
    expect_relative(*there.value, expected.at("shift_sq").as_number(), 1e-9);
    expect_relative(*there.kappa, expected.at("kappa").as_number(), 1e-9);
    expect_relative(*there.variance, expected.at("V_A").as_number(), 1e-10);
    expect_relative(*back.variance, expected.at("V_B").as_number(), 1e-10);
    expect_relative(*back.value, *there.value, 1e-12);
    ASSERT_TRUE(there.interval);
    EXPECT_LT(there.interval->low, 0);
    EXPECT_GT(*there.interval->high, 0);
    EXPECT_EQ(there.interval->degrees_of_freedom, 7U);
}

// Without noise between seeds every W is the squared distance of the means, whatever is left out.
TEST(Shift, ThatIsTheSameForEverySeedIsKnownExactly) {
    Audit audit;
    for (std::size_t s = 0; s < 5; ++s) {
        const auto seed = static_cast<double>(s * s);
        audit.points.push_back({seed, -seed});
        audit.points.push_back({seed + 3, -seed + 4});
    }
    const Shift shift = shift_between(audit.d2(), 2, 0, 1, plain(5), 4);
    EXPECT_NEAR(*shift.value, 25, 1e-12);
    EXPECT_NEAR(shift.interval->low, 25, 1e-10);
    EXPECT_NEAR(*shift.interval->high, 25, 1e-10);
    // 2 variance(0, 1, 4, 9, 16) = 2 x 43.5: python3 -c "import statistics; print(statistics.variance([0,1,4,9,16]))"
    EXPECT_NEAR(*shift.variance, 87, 1e-12);
    EXPECT_NEAR(*shift.kappa, 25.0 / 87, 1e-13);
}

// Expected values: crossed_seeds_reference.py.
TEST(Shift, OfCrossedSeedsComparesThoseThatShareNothing) {
    const auto pairs = crossed_seeds();
    SeedUnits seeds{{{}, {}}, {}};
    Audit audit;
    for (const auto& [init, shuffle] : pairs) {
        seeds.streams[0].push_back(init + 7);  // a stream's numbers are names
        seeds.streams[1].push_back(shuffle);
        for (std::size_t level = 0; level < 3; ++level) audit.points.push_back(crossed_point(level, init, shuffle));
    }
    seeds.units = {seeds.streams[0], seeds.streams[1]};
    struct Row {
        std::size_t a, b;
        double value, low, high, variance, kappa, kappa_low, kappa_high;
    };
    const Row rows[] = {{0, 1, 0.4871949249615546, -1.9346147973226184, 2.9090046472457276, 2.9127695639971733,
                         0.16726174668379204, -0.6578372900263012, 0.9923607833938852},
                        {0, 2, 0.5308532446578158, -4.86718849846749, 5.9288949877831225, 2.9127695639971733,
                         0.18225034043864755, -1.7042477269670295, 2.068748407844325},
                        {1, 2, 0.14504478178099614, -2.153944241775275, 2.4440338053372677, 2.9289543477672244,
                         0.049521011446137915, -0.7177234835177915, 0.8167655064100674}};
    for (const Row& row : rows) {
        const Shift shift = shift_between(audit.d2(), 3, row.a, row.b, seeds, 4);
        expect_relative(*shift.value, row.value, 1e-12);
        ASSERT_TRUE(shift.interval);
        expect_relative(shift.interval->low, row.low, 1e-10);
        expect_relative(*shift.interval->high, row.high, 1e-10);
        expect_relative(*shift.variance, row.variance, 1e-12);
        expect_relative(*shift.kappa, row.kappa, 1e-12);
        ASSERT_TRUE(shift.kappa_interval);
        expect_relative(shift.kappa_interval->low, row.kappa_low, 1e-10);
        expect_relative(*shift.kappa_interval->high, row.kappa_high, 1e-10);
    }
    EXPECT_FALSE(shift_between(audit.d2(), 3, 0, 1, seeds, 5).interval) << "the smaller set has four units";
}

// The mean of shift2 over many audits is the squared distance of the means: 0 and 0.16. Its standard deviation follows
// from W = |m|^2 + noise: from 2,000 audits themselves, five of them.
TEST(Shift, IsUnbiased) {
    constexpr std::size_t k_audits = 2'000;
    for (const double move : {0.0, 0.4}) {
        double sum = 0, squares = 0;
        for (std::size_t a = 0; a < k_audits; ++a) {
            Audit audit = random_audit({2, 4, 1, 1, 3, 1.0}, "shift", a);
            for (const FactorRun& run : audit.runs) audit.points[run.row][0] += run.level == 1 ? move : 0;
            const double value = *shift_between(audit.d2(), 2, 0, 1, plain(4), 4).value;
            sum += value;
            squares += value * value;
        }
        const double mean = sum / k_audits, sd = std::sqrt(squares / k_audits - mean * mean);
        EXPECT_NEAR(mean, move * move, 5 * sd / std::sqrt(double{k_audits}));
        EXPECT_GT(sd, 0.1) << "the bound is not a bound on nothing";
    }
}

// Each group has seeds of its own, which nothing pairs. Expected values: crossed_seeds_reference.py.
TEST(Shift, BetweenGroupsAgreesWithAnIndependentComputation) {
    Audit audit;
    std::vector<std::size_t> a, b;
    for (std::size_t s = 0; s < 6; ++s) {
        b.push_back(audit.points.size());
        audit.points.push_back(crossed_point(1, s + 5, 3 * s));
        if (s == 5) continue;
        a.push_back(audit.points.size());
        audit.points.push_back(crossed_point(0, s, 2 * s));
    }
    const Shift shift = shift_between_groups(audit.d2(), a, b, 4);
    const double expected[] = {0.9303118111454123, -2.517214461714482,  4.377838084005306, 2.9734537440240913,
                               0.31287246792223,   -1.0749340455497718, 1.700678981394232};
    ASSERT_TRUE(shift.interval && shift.kappa_interval);
    const double found[] = {*shift.value, shift.interval->low,       *shift.interval->high,      *shift.variance,
                            *shift.kappa, shift.kappa_interval->low, *shift.kappa_interval->high};
    for (std::size_t i = 0; i < std::size(expected); ++i) expect_relative(found[i], expected[i], 1e-10);
    EXPECT_EQ(shift.interval->degrees_of_freedom, 4U) << "the smaller group has five seeds";
    EXPECT_FALSE(shift_between_groups(audit.d2(), a, b, 6).interval);
    EXPECT_TRUE(shift_between_groups(audit.d2(), a, b, 6).value);
}

// As above: the mean over many audits is the squared distance of the means, 0 and 0.16.
TEST(Shift, BetweenGroupsIsUnbiased) {
    constexpr std::size_t k_audits = 2'000;
    for (const double move : {0.0, 0.4}) {
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < k_audits; ++i) {
            Audit audit = random_audit({2, 4, 1, 1, 3, 1.0, true}, "shift.groups", i);
            std::vector<std::size_t> groups[2];
            for (const FactorRun& run : audit.runs) {
                audit.points[run.row][0] += run.level == 1 ? move : 0;
                groups[run.level].push_back(run.row);
            }
            const double value = *shift_between_groups(audit.d2(), groups[0], groups[1], 4).value;
            sum += value;
            squares += value * value;
        }
        const double mean = sum / k_audits, sd = std::sqrt(squares / k_audits - mean * mean);
        EXPECT_NEAR(mean, move * move, 5 * sd / std::sqrt(double{k_audits}));
        EXPECT_GT(sd, 0.1) << "the bound is not a bound on nothing";
    }
}

TEST(Shift, BetweenGroupsNeedsTwoSeedsInEach) {
    const Audit audit = random_audit({2, 3}, "shift.few");
    const std::size_t one[] = {0}, two[] = {1, 2};
    for (const Shift& shift :
         {shift_between_groups(audit.d2(), one, two, 2), shift_between_groups(audit.d2(), two, one, 2)})
        EXPECT_FALSE(shift.value || shift.interval || shift.kappa);
    const std::size_t others[] = {3, 4};
    const Shift shift = shift_between_groups(audit.d2(), two, others, 4);
    EXPECT_TRUE(shift.value && shift.kappa);
    EXPECT_FALSE(shift.interval || shift.kappa_interval);
}

TEST(Shift, OfTooFewSeedsHasNoInterval) {
    const Audit audit = random_audit({2, 3}, "shift.few");
    const Shift shift = shift_between(audit.d2(), 2, 0, 1, plain(3), 4);
    EXPECT_TRUE(shift.value && shift.variance && shift.kappa);
    EXPECT_FALSE(shift.interval);
    EXPECT_TRUE(shift_between(audit.d2(), 2, 0, 1, plain(3), 3).interval) << "three blocks are enough";
}

TEST(Shift, NeedsTwoIndependentSeeds) {
    const Audit one = random_audit({2, 1}, "shift.one");
    EXPECT_FALSE(shift_between(one.d2(), 2, 0, 1, plain(1), 4).value);
    const Audit many = random_audit({2, 6}, "shift.one");
    SeedUnits seeds = plain(6);
    seeds.streams.emplace_back(6, 0);  // all share their shuffling
    const Shift shift = shift_between(many.d2(), 2, 0, 1, seeds, 4);
    EXPECT_FALSE(shift.value || shift.interval || shift.variance || shift.kappa);
}

// Seed 0 has a stream that no other has, and the others share one: every independent pair needs it.
TEST(Shift, WithoutAnIndependentPairLeftHasNoInterval) {
    const Audit audit = random_audit({2, 5}, "shift.star");
    SeedUnits seeds = plain(5);
    seeds.streams.push_back({0, 1, 1, 1, 1});
    const Shift shift = shift_between(audit.d2(), 2, 0, 1, seeds, 4);
    EXPECT_TRUE(shift.value);
    EXPECT_FALSE(shift.interval);
}

TEST(Shift, OfLevelsWithEqualBitsIsZero) {
    Audit audit = random_audit({2, 6}, "shift.equal");
    for (std::size_t s = 0; s < 6; ++s) audit.points[2 * s + 1] = audit.points[2 * s];
    const Shift shift = shift_between(audit.d2(), 2, 0, 1, plain(6), 4);
    EXPECT_EQ(shift.value, 0);
    EXPECT_EQ(shift.kappa, 0);
}

TEST(Shift, InUnitsOfSeedsThatDoNotVaryIsUndefined) {
    Audit audit;
    for (std::size_t s = 0; s < 5; ++s) {
        audit.points.push_back({1});
        audit.points.push_back({2 + 0.1 * static_cast<double>(s)});
    }
    const Shift shift = shift_between(audit.d2(), 2, 0, 1, plain(5), 4);
    EXPECT_EQ(shift.variance, 0);
    EXPECT_EQ(shift.kappa, std::nullopt);
    EXPECT_GT(*shift.value, 1);
}

}  // namespace
}  // namespace assay
