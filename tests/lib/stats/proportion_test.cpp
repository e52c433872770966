#include "stats/proportion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace assay {
namespace {

double binomial(std::size_t k, std::size_t n, double p) {
    const auto dk = static_cast<double>(k), dn = static_cast<double>(n);
    return std::exp(std::lgamma(dn + 1) - std::lgamma(dk + 1) - std::lgamma(dn - dk + 1) + dk * std::log(p) +
                    (dn - dk) * std::log1p(-p));
}

// Expected values: proportion_reference.py beside this file; 4 of 8 is also in Clopper and Pearson's own chart.
TEST(ClopperPearson, AgreesWithExactTails) {
    struct Row {
        std::size_t k, n;
        double confidence, low, high;
    };
    const Row rows[] = {
        {0, 1, 0.95, 0.0, 0.975},
        {0, 8, 0.95, 0.0, 0.3694166475528193},
        {4, 8, 0.95, 0.15701277048705797, 0.842987229512942},
        {8, 8, 0.95, 0.6305833524471807, 1.0},
        {1, 20, 0.95, 0.0012650894979498034, 0.24873276277202777},
        {3, 10, 0.9, 0.0872644339141503, 0.6066242161054134},
        {19, 40, 0.99, 0.27287119471004784, 0.6831815943866371},
    };
    for (const Row& row : rows) {
        const ProportionInterval interval = clopper_pearson(row.k, row.n, row.confidence);
        EXPECT_NEAR(interval.low, row.low, 1e-10) << row.k << " of " << row.n;
        EXPECT_NEAR(interval.high, row.high, 1e-10) << row.k << " of " << row.n;
    }
}

TEST(ClopperPearson, NoneAndAllReachTheEnds) {
    for (const std::size_t n : {1U, 5U, 100U, 10'000U}) {
        EXPECT_EQ(clopper_pearson(0, n).low, 0);
        EXPECT_EQ(clopper_pearson(n, n).high, 1);
        // With none seen the upper limit has a closed form: (1 - p)^n = alpha / 2.
        const double closed = 1 - std::pow(0.025, 1 / static_cast<double>(n));
        EXPECT_NEAR(clopper_pearson(0, n).high, closed, 1e-12);
        EXPECT_NEAR(clopper_pearson(n, n).low, 1 - closed, 1e-12);
    }
}

TEST(ClopperPearson, TurnsRoundWithTheQuestion) {
    for (std::size_t k = 0; k <= 17; ++k) {
        const ProportionInterval yes = clopper_pearson(k, 17), no = clopper_pearson(17 - k, 17);
        EXPECT_NEAR(yes.low, 1 - no.high, 1e-12);
        EXPECT_NEAR(yes.high, 1 - no.low, 1e-12);
        EXPECT_LT(yes.low, static_cast<double>(k) / 17 + 1e-12);
        EXPECT_GT(yes.high, static_cast<double>(k) / 17 - 1e-12);
    }
}

// The defining property, by summing binomial probabilities: for every share on a grid, and a hair outside and inside of
// every limit, where coverage jumps, the intervals that hold the share have 95% of the probability or more.
TEST(ClopperPearson, CoversAtLeastWhatItPromises) {
    for (const std::size_t n : {1U, 2U, 5U, 8U, 20U, 60U}) {
        std::vector<ProportionInterval> intervals;
        std::vector<double> shares;
        for (std::size_t k = 0; k <= n; ++k) {
            intervals.push_back(clopper_pearson(k, n));
            for (const double limit : {intervals.back().low, intervals.back().high}) {
                shares.push_back(limit - 1e-9);
                shares.push_back(limit + 1e-9);
            }
        }
        for (int i = 1; i < 500; ++i) shares.push_back(i / 500.0);
        double worst = 1;
        for (const double share : shares) {
            if (share <= 0 || share >= 1) continue;
            double covered = 0;
            for (std::size_t k = 0; k <= n; ++k) {
                if (intervals[k].low <= share && share <= intervals[k].high) covered += binomial(k, n, share);
            }
            EXPECT_GE(covered, 0.95 - 1e-7) << share << " of " << n;
            worst = std::min(worst, covered);
        }
        EXPECT_LT(worst, 0.98) << "intervals that promise too little would cover, too";
    }
}

TEST(ClopperPearsonDeathTest, MoreThanAllIsABug) {
    EXPECT_DEATH(clopper_pearson(3, 2), "proportion.cpp");
    EXPECT_DEATH(clopper_pearson(0, 0), "proportion.cpp");
}

}  // namespace
}  // namespace assay
