#include "stats/p_value.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

// Every twentieth draw counts: of draws 0 .. B-1 as many as there are multiples of 20 below B.
std::uint64_t multiples_of_20(std::uint64_t begin, std::uint64_t end) { return (end + 19) / 20 - (begin + 19) / 20; }

TEST(RandomP, CountsEveryDrawOnceForAnyNumberOfThreads) {
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
        for (const std::uint64_t draws : {37U, 511U, 512U, 513U, 9'999U}) {
            const PValue p = random_p({.alpha = 0.9, .draws = draws, .threads = threads},
                                      [](std::uint64_t begin, std::uint64_t end) {
                                          EXPECT_LT(begin, end);
                                          return multiples_of_20(begin, end);
                                      });
            EXPECT_EQ(p.count, (draws + 19) / 20 + 1);
            EXPECT_EQ(p.total, draws + 1);
            EXPECT_FALSE(p.exhaustive);
        }
    }
}

// 500 of 9,999: the 99% interval is 0.0445 to 0.0559. 5,000 of 99,999: 0.0482 to 0.0518.
// python3 -c "from scipy.stats import beta; print([(beta.ppf(.005,k,n-k+1), beta.ppf(.995,k+1,n-k)) for k,n in
// ((500,9999),(5000,99999),(50000,999999))])"
TEST(RandomP, DrawsOnUntilTheIntervalLeavesAlphaBehind) {
    struct Row {
        double alpha;
        std::uint64_t total;
    };
    const Row rows[] = {{0.0440, 10'000},    {0.0450, 100'000},   {0.0480, 100'000}, {0.0490, 1'000'000},
                        {0.0500, 1'000'000}, {0.0515, 1'000'000}, {0.0550, 100'000}, {0.0570, 10'000}};
    for (const Row& row : rows) {
        const PValue p = random_p({.alpha = row.alpha}, multiples_of_20);
        EXPECT_EQ(p.total, row.total) << row.alpha;
        EXPECT_EQ(p.count, row.total / 20 + 1) << row.alpha;
        EXPECT_EQ(p.value, static_cast<double>(p.count) / static_cast<double>(row.total));
        EXPECT_EQ(p.smallest, 1 / static_cast<double>(row.total));
    }
}

TEST(ExhaustiveP, IsTheShareAndItsLeastIsOneOfAll) {
    const PValue p = exhaustive_p(82, 128);
    EXPECT_EQ(p.value, 0.640625);
    EXPECT_EQ(p.smallest, 1.0 / 128);
    EXPECT_TRUE(p.exhaustive);
}

TEST(ExhaustivePDeathTest, WithoutTheObservedArrangementIsABug) { EXPECT_DEATH(exhaustive_p(0, 128), "p_value.cpp"); }

}  // namespace
}  // namespace assay
