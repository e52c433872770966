#include "stats/outcome_tests.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

// Expected values: outcome_tests_reference.py beside this file, in whole numbers.
TEST(McNemarExact, AgreesWithWholeNumbers) {
    struct Row {
        std::size_t only_a, only_b;
        double p;
    };
    const Row rows[] = {
        {0, 0, 1.0},       {0, 1, 1.0}, {0, 5, 0.0625},         {0, 6, 0.03125},
        {1, 7, 0.0703125}, {3, 3, 1.0}, {10, 2, 0.03857421875}, {30, 70, 7.85013964559367e-05},
    };
    for (const Row& row : rows) {
        EXPECT_NEAR(mcnemar_exact(row.only_a, row.only_b), row.p, 1e-13 * row.p) << row.only_a << " " << row.only_b;
        EXPECT_EQ(mcnemar_exact(row.only_a, row.only_b), mcnemar_exact(row.only_b, row.only_a));
    }
}

TEST(FisherExact, AgreesWithWholeNumbers) {
    struct Row {
        std::size_t failed_a, n_a, failed_b, n_b;
        double p;
    };
    const Row rows[] = {
        {0, 8, 0, 8, 1.0},
        {8, 8, 8, 8, 1.0},
        {0, 8, 4, 8, 0.07692307692307693},  // two equal tails: both count
        {1, 8, 7, 8, 0.010101010101010102},
        {3, 10, 12, 15, 0.03442559257944909},
        {0, 5, 1, 20, 1.0},
        {5, 16, 0, 4, 0.5304437564499485},
        {0, 0, 3, 8, 1.0},
        {20, 100, 45, 120, 0.004939273840464893},
        {2, 3, 4, 9, 1.0},
        {200, 1000, 260, 1000, 0.0017010604910292224},
    };
    for (const Row& row : rows) {
        const double p = fisher_exact(row.failed_a, row.n_a, row.failed_b, row.n_b);
        EXPECT_NEAR(p, row.p, 1e-11 * row.p) << row.failed_a << " of " << row.n_a;
        EXPECT_NEAR(fisher_exact(row.failed_b, row.n_b, row.failed_a, row.n_a), p, 1e-13) << "groups exchanged";
        EXPECT_NEAR(fisher_exact(row.n_a - row.failed_a, row.n_a, row.n_b - row.failed_b, row.n_b), p, 1e-13)
            << "failures and successes exchanged";
        EXPECT_LE(p, 1);
    }
}

// The defining property, by summing probabilities: with the same rate in both groups p <= .05 has a probability of .05
// or less, whatever the rate.
TEST(FisherExact, HoldsItsLevelForEveryRate) {
    const std::size_t n_a = 8, n_b = 5;
    for (int percent = 1; percent < 100; ++percent) {
        const double rate = percent / 100.0;
        const auto probability = [rate](std::size_t k, std::size_t n) {
            double value = 1;
            for (std::size_t i = 0; i < n; ++i) value *= i < k ? rate * double(n - i) / double(k - i) : 1 - rate;
            return value;
        };
        double rejected = 0, all = 0;
        for (std::size_t a = 0; a <= n_a; ++a) {
            for (std::size_t b = 0; b <= n_b; ++b) {
                all += probability(a, n_a) * probability(b, n_b);
                if (fisher_exact(a, n_a, b, n_b) <= 0.05) rejected += probability(a, n_a) * probability(b, n_b);
            }
        }
        EXPECT_NEAR(all, 1, 1e-12) << "the check's own probabilities";
        EXPECT_LE(rejected, 0.05) << rate;
    }
}

TEST(OutcomeTestsDeathTest, MoreFailuresThanRunsIsABug) {
    EXPECT_DEATH(fisher_exact(3, 2, 0, 4), "outcome_tests.cpp");
    EXPECT_DEATH(fisher_exact(0, 2, 5, 4), "outcome_tests.cpp");
}

}  // namespace
}  // namespace assay
