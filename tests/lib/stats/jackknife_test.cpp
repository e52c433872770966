#include "stats/jackknife.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay {
namespace {

using Set = std::vector<std::optional<double>>;
using Sets = std::vector<Set>;

// Half the width of an interval on the logarithmic scale: t times the standard error.
double reach(const JackknifeInterval& interval) { return std::log(*interval.high / interval.low) / 2; }

// Expected values: jackknife_reference.py beside this file.
TEST(JackknifeLogInterval, AgreesWithAnIndependentComputation) {
    struct Row {
        double theta;
        Sets without;
        double confidence, low, high;
    };
    const Row rows[] = {
        {0.1, {{0.09, 0.11, 0.1, 0.105}}, 0.95, 0.0663281687434822, 0.15076550716595294},
        {0.1, {{0.09, 0.11, 0.1, 0.105}}, 0.9, 0.07381570835555927, 0.13547251964082618},
        {2.5, {{2.0, 2.9, 2.4, 2.6, 2.7, 2.3, 2.55, 2.45}}, 0.95, 1.297888620037303, 4.815513368027194},
        {1e-12, {{9e-13, 1.2e-12, 1.05e-12}}, 0.95, 4.890681206819592e-13, 2.0447049351848875e-12},
        {0.02, {{0.0001, 0.021, 0.0215, 0.0205, 0.0212}}, 0.95, 1.3827179792086506e-07, 2892.8531053666184},
        {0.1, {{0.09, 0.11, 0.1, 0.105}, {0.08, 0.12, 0.1, 0.11, 0.09}}, 0.95, 0.0367754173988827, 0.27192077499856787},
        {0.1,
         {{0.08, 0.12, 0.1, 0.11, 0.09}, {0.09, 0.11, 0.1, 0.105}, {0.1, 0.1, 0.1, 0.1}},
         0.95,
         0.0367754173988827,
         0.27192077499856787},
    };
    for (const Row& row : rows) {
        const auto interval = jackknife_log_interval(row.theta, row.without, 3, row.confidence);
        ASSERT_TRUE(interval && interval->high) << row.low;
        EXPECT_NEAR(interval->low, row.low, 1e-11 * row.low);
        EXPECT_NEAR(*interval->high, row.high, 1e-11 * row.high);
    }
}

TEST(JackknifeLogInterval, SaysNothingWhereThereIsTooLittleToSay) {
    struct Row {
        const char* why;
        double theta;
        Sets without;
        std::size_t min_units;
    };
    const Row rows[] = {
        {"no set of units", 0.1, {}, 0},
        {"3 units where 4 are needed", 0.1, {{0.1, 0.2, 0.1}}, 4},
        {"one of two sets is too small", 0.1, {{0.1, 0.2, 0.1, 0.1}, {0.1, 0.2}}, 4},
        {"a variance needs 2 units, whatever is asked", 0.1, {{0.1}}, 0},
        {"an empty set", 0.1, {{}}, 0},
        {"nothing changes", 0, {{0, 0, 0, 0}}, 4},
        {"a negative functional has no logarithm", -0.1, {{0.1, 0.1, 0.1, 0.1}}, 4},
        {"not a number", std::nan(""), {{0.1, 0.1, 0.1, 0.1}}, 4},
        {"undefined without one unit", 0.1, {{0.1, std::nullopt, 0.1, 0.1}}, 4},
        {"undefined in the second set", 0.1, {{0.1, 0.2, 0.1, 0.1}, {0.1, 0.2, 0.1, std::nullopt}}, 4},
        {"negative without one unit", 0.1, {{0.1, -0.1, 0.1, 0.1}}, 4},
        {"undefined outweighs vanishing", 0.1, {{0, std::nullopt, 0.1, 0.1}}, 4},
    };
    for (const Row& row : rows) {
        EXPECT_FALSE(jackknife_log_interval(row.theta, row.without, row.min_units)) << row.why;
    }
}

TEST(JackknifeLogInterval, IsUnboundedWhenOneUnitCarriesEverything) {
    for (const Sets& without : {Sets{{0, 0.1, 0.1, 0.1}}, Sets{{0.1, 0.2, 0.1, 0.1}, {0.1, 0.1, 0.1, 0}}}) {
        const auto interval = jackknife_log_interval(0.075, without, 4);
        ASSERT_TRUE(interval);
        EXPECT_EQ(interval->low, 0);
        EXPECT_FALSE(interval->high);
        EXPECT_TRUE(interval->one_unit_dominates);
    }
}

TEST(JackknifeLogInterval, SaysWhenOneUnitCarriesMostOfTheVariance) {
    const Set regular = {0.09, 0.11, 0.095, 0.105, 0.1}, lone = {0.0001, 0.021, 0.0215, 0.0205, 0.0212};
    EXPECT_FALSE(jackknife_log_interval(0.1, Sets{regular}, 4)->one_unit_dominates);
    EXPECT_TRUE(jackknife_log_interval(0.02, Sets{lone}, 4)->one_unit_dominates);
    EXPECT_TRUE(jackknife_log_interval(0.02, Sets{regular, lone}, 4)->one_unit_dominates);
    EXPECT_TRUE(jackknife_log_interval(0.02, Sets{lone, regular}, 4)->one_unit_dominates);
    EXPECT_FALSE(jackknife_log_interval(0.1, Sets{{0.1, 0.1, 0.1, 0.1}}, 4)->one_unit_dominates)
        << "no variance at all";
}

TEST(JackknifeLogInterval, WithoutVarianceIsTheValueItself) {
    const auto interval = jackknife_log_interval(0.3, Sets{{0.2, 0.2, 0.2, 0.2}}, 4);
    ASSERT_TRUE(interval && interval->high);
    EXPECT_DOUBLE_EQ(interval->low, 0.3);
    EXPECT_DOUBLE_EQ(*interval->high, 0.3);
}

// Both sets have 4 units, hence one t quantile: the squares of the reaches add.
TEST(JackknifeLogInterval, VariancesOfCrossedSetsAdd) {
    const Set a = {0.09, 0.11, 0.1, 0.105}, b = {0.07, 0.12, 0.1, 0.13};
    const double ra = reach(*jackknife_log_interval(0.1, Sets{a}, 4));
    const double rb = reach(*jackknife_log_interval(0.1, Sets{b}, 4));
    const double both = reach(*jackknife_log_interval(0.1, Sets{a, b}, 4));
    EXPECT_NEAR(both * both, ra * ra + rb * rb, 1e-12);
    EXPECT_EQ(both, reach(*jackknife_log_interval(0.1, Sets{b, a}, 4)));
}

// Student's 97.5% quantiles with 3 and 7 degrees of freedom: the last line of jackknife_reference.py. A second set
// without variance adds nothing but its degrees of freedom.
TEST(JackknifeLogInterval, TheSmallestSetGivesTheDegreesOfFreedom) {
    const Set eight = {0.09, 0.11, 0.1, 0.105, 0.095, 0.1, 0.12, 0.08};
    const double alone = reach(*jackknife_log_interval(0.1, Sets{eight}, 4));
    const double beside = reach(*jackknife_log_interval(0.1, Sets{eight, {0.1, 0.1, 0.1, 0.1}}, 4));
    EXPECT_NEAR(beside / alone, 3.182446305283706 / 2.364624251592783, 1e-11);
}

TEST(JackknifeLogInterval, ScalesWithTheUnitOfMeasureAndForgetsTheOrderOfUnits) {
    Set values = {0.09, 0.11, 0.1, 0.105, 0.08};
    const auto interval = *jackknife_log_interval(0.1, Sets{values}, 4);
    Set thousandfold;
    for (const auto& value : values) thousandfold.emplace_back(*value * 1000);
    const auto scaled = *jackknife_log_interval(100, Sets{thousandfold}, 4);
    EXPECT_NEAR(scaled.low, interval.low * 1000, 1e-10);
    EXPECT_NEAR(*scaled.high, *interval.high * 1000, 1e-10);
    std::reverse(values.begin(), values.end());
    const auto reversed = *jackknife_log_interval(0.1, Sets{values}, 4);
    EXPECT_NEAR(reversed.low, interval.low, 1e-12);
    EXPECT_NEAR(*reversed.high, *interval.high, 1e-12);
}

// Expected values: jackknife_reference.py beside this file, below "identity".
TEST(JackknifeIdentityInterval, AgreesWithAnIndependentComputation) {
    struct Row {
        double theta;
        Sets without;
        double confidence, low, high;
    };
    const Row rows[] = {
        {0.1, {{0.09, 0.11, 0.1, 0.105}}, 0.95, 0.059237036743059794, 0.1407629632569402},
        {-0.3, {{-0.2, -0.35, -0.31, -0.28, -0.33, 0.01}}, 0.9, -0.8540874152701137, 0.25408741527011364},
        {0.0, {{0.001, -0.002, 0.0}}, 0.95, -0.007589166067193514, 0.007589166067193514},
        {1e9,
         {{1e9 + 1, 1e9 - 2, 1e9 + 0.5, 1e9 + 0.25}, {1e9, 1e9 + 3, 1e9 - 1, 1e9 + 1, 1e9 - 1}},
         0.99,
         999999978.9949205,
         1000000021.0050795},
    };
    for (const Row& row : rows) {
        const auto interval = jackknife_identity_interval(row.theta, row.without, 3, row.confidence);
        ASSERT_TRUE(interval && interval->high) << row.low;
        EXPECT_NEAR(interval->low, row.low, 1e-11 * std::abs(row.high - row.low) + 1e-15 * std::abs(row.theta));
        EXPECT_NEAR(*interval->high, row.high, 1e-11 * std::abs(row.high - row.low) + 1e-15 * std::abs(row.theta));
    }
}

TEST(JackknifeIdentityInterval, SaysNothingWhereThereIsTooLittleToSay) {
    struct Row {
        const char* why;
        double theta;
        Sets without;
        std::size_t min_units;
    };
    const double infinite = std::numeric_limits<double>::infinity();
    const Row rows[] = {
        {"no set of units", 0.1, {}, 0},
        {"3 units where 4 are needed", 0.1, {{0.1, 0.2, 0.1}}, 4},
        {"one of two sets is too small", 0.1, {{0.1, 0.2, 0.1, 0.1}, {0.1, 0.2}}, 4},
        {"a variance needs 2 units, whatever is asked", 0.1, {{0.1}}, 0},
        {"not a number", std::nan(""), {{0.1, 0.1, 0.1, 0.1}}, 4},
        {"undefined without one unit", 0.1, {{0.1, std::nullopt, 0.1, 0.1}}, 4},
        {"infinite without one unit", 0.1, {{0.1, infinite, 0.1, 0.1}}, 4},
    };
    for (const Row& row : rows) {
        EXPECT_FALSE(jackknife_identity_interval(row.theta, row.without, row.min_units)) << row.why;
    }
}

// Nothing is unbounded on this scale, and nothing needs a sign.
TEST(JackknifeIdentityInterval, MirrorsWithTheSignAndCrossesZero) {
    const Set plus = {0.02, -0.01, 0, 0.005, 0.03}, minus = {-0.02, 0.01, 0, -0.005, -0.03};
    const auto up = *jackknife_identity_interval(0.01, Sets{plus}, 4);
    const auto down = *jackknife_identity_interval(-0.01, Sets{minus}, 4);
    EXPECT_LT(up.low, 0);
    EXPECT_GT(*up.high, 0);
    EXPECT_DOUBLE_EQ(up.low, -*down.high);
    EXPECT_DOUBLE_EQ(*up.high, -down.low);
}

// Delete-one values that agree up to rounding: one of the rounding errors is the largest, and means nothing.
TEST(Jackknife, RoundingDoesNotDominate) {
    const double up = 0.1 * (1 + 1e-14);
    for (const auto& interval : {*jackknife_log_interval(0.1, Sets{{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, up}}, 4),
                                 *jackknife_identity_interval(0.1, Sets{{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, up}}, 4)}) {
        EXPECT_GT(*interval.standard_error, 0) << "or nothing is tested here";
        EXPECT_FALSE(interval.one_unit_dominates);
    }
}

TEST(Jackknife, NamesTheUnitThatDominatesAndTheErrorOnItsScale) {
    const Set regular = {0.09, 0.11, 0.095, 0.105, 0.1}, lone = {0.02, 0.021, 0.0215, 0.0001, 0.0212};
    for (const auto& interval : {*jackknife_log_interval(0.02, Sets{regular, lone}, 4),
                                 *jackknife_identity_interval(0.02, Sets{regular, {1, 1, 1, 9, 1}}, 4)}) {
        EXPECT_TRUE(interval.one_unit_dominates);
        EXPECT_EQ(interval.dominating_set, 1U);
        EXPECT_EQ(interval.dominating_unit, 3U);
        EXPECT_EQ(interval.degrees_of_freedom, 4U);
    }
    const auto unbounded = *jackknife_log_interval(0.1, Sets{regular, {0.1, 0.1, 0, 0.1}}, 4);
    EXPECT_EQ(unbounded.dominating_set, 1U);
    EXPECT_EQ(unbounded.dominating_unit, 2U);
    EXPECT_FALSE(unbounded.standard_error);
    // Student's 97.5% quantile with 4 degrees of freedom, 2.7764451051977908, times the error is the reach.
    const auto log = *jackknife_log_interval(0.1, Sets{regular}, 4);
    EXPECT_NEAR(*log.standard_error, reach(log) / 2.7764451051977908, 1e-11);
    const auto identity = *jackknife_identity_interval(0.1, Sets{regular}, 4);
    EXPECT_NEAR(*identity.standard_error, (*identity.high - identity.low) / 2 / 2.7764451051977908, 1e-11);
}

}  // namespace
}  // namespace assay
