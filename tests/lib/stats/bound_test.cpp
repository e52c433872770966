#include "stats/bound.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "stats/power.hpp"

namespace assay {
namespace {

// t(.95, 7) = 1.894579 (any table).
constexpr double k_t7 = 1.8945786050613;

TEST(Bound, OneSidedOnBothScales) {
    const Located plain{2, 0.5, 7, false}, logarithm{2, 0.5, 7, true};
    EXPECT_NEAR(upper_bound(plain, 0.95), 2 + 0.5 * k_t7, 1e-9);
    EXPECT_NEAR(lower_bound(plain, 0.95), 2 - 0.5 * k_t7, 1e-9);
    EXPECT_NEAR(upper_bound(logarithm, 0.95), 2 * std::exp(0.5 * k_t7), 1e-9);
    EXPECT_NEAR(lower_bound(logarithm, 0.95), 2 * std::exp(-0.5 * k_t7), 1e-9);
}

// A bound is on the limit exactly where its p is alpha.
TEST(Bound, AgreesWithItsP) {
    for (const bool logarithm : {false, true}) {
        const Located figure{2, 0.3, 5, logarithm};
        for (const double confidence : {0.9, 0.95, 0.9875}) {
            EXPECT_NEAR(p_above(figure, lower_bound(figure, confidence)), 1 - confidence, 1e-9);
            EXPECT_NEAR(p_below(figure, upper_bound(figure, confidence)), 1 - confidence, 1e-9);
        }
        EXPECT_NEAR(p_above(figure, 1.5) + p_below(figure, 1.5), 1, 1e-12);
    }
    EXPECT_EQ(p_above({2, 0.3, 5, true}, 0), 0) << "a ratio is never at most 0";
    EXPECT_EQ(p_above({2, 0, 5, false}, 1), 0);
    EXPECT_EQ(p_above({1, 0, 5, false}, 1), 1);
}

TEST(Bound, UnitsToDecideAreThoseOfTheSampleSizeTable) {
    // sd 1 over 8 units, 1 sd from the limit: 8 pairs for 80% (fixtures: ni_sample_size.csv).
    const Located figure{0, 1 / std::sqrt(8.0), 7, false};
    EXPECT_EQ(units_to_decide(figure, 8, 1, 0.95), 8U);
    EXPECT_EQ(units_to_decide(figure, 8, -0.5, 0.95), 27U);
    EXPECT_EQ(units_to_decide(figure, 8, 0, 0.95), std::nullopt) << "on the limit";
    EXPECT_EQ(units_to_decide(figure, 8, 1e-6, 0.95), std::nullopt) << "more than anyone would run";
}

TEST(Bound, MeansPairedAndWelch) {
    const std::vector<double> x = {1, 2, 3, 4}, y = {2, 2, 8};
    const Located paired = *mean_difference(x);
    EXPECT_DOUBLE_EQ(paired.value, 2.5);
    EXPECT_NEAR(paired.standard_error, std::sqrt(5.0 / 3 / 4), 1e-12);
    EXPECT_EQ(paired.degrees_of_freedom, 3);
    // R: t.test(c(2,2,8), c(1,2,3,4)): df 2.4254..., from va = 5/12, vb = 4.
    const Located welch = *mean_difference(x, y);
    const double va = 5.0 / 12, vb = 4;
    EXPECT_DOUBLE_EQ(welch.value, 1.5);
    EXPECT_NEAR(welch.standard_error, std::sqrt(va + vb), 1e-12);
    EXPECT_NEAR(welch.degrees_of_freedom, (va + vb) * (va + vb) / (va * va / 3 + vb * vb / 2), 1e-12);
    EXPECT_FALSE(mean_difference(std::vector<double>{1}));
}

}  // namespace
}  // namespace assay
