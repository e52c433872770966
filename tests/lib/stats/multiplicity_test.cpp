#include "stats/multiplicity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "lib/stats/reference_data.hpp"
#include "stats/free_permutation.hpp"
#include "stats/within_seeds.hpp"

namespace assay {
namespace {

std::vector<double> random_ps(std::uint64_t index) {
    Random random(6, "test.multiplicity", index);
    std::vector<double> p;
    for (int i = 0; i < 6; ++i) p.push_back(std::pow(random.uniform(), 3));
    if (index % 3 == 0) p[4] = p[1];  // ties, as exact tests give them
    return p;
}

// Holm closes Bonferroni: a hypothesis is rejected when every set that holds it is, a set by its size times its least
// p.
TEST(Holm, ClosesBonferroni) {
    for (std::uint64_t index = 0; index < 50; ++index) {
        const std::vector<double> p = random_ps(index), adjusted = holm(p);
        for (unsigned i = 0; i < 6; ++i) {
            double largest = 0;
            for (unsigned set = 1; set < 64; ++set) {
                if ((set >> i & 1U) == 0) continue;
                double least = 1;
                int size = 0;
                for (unsigned j = 0; j < 6; ++j) {
                    if ((set >> j & 1U) == 0) continue;
                    least = std::min(least, p[j]);
                    ++size;
                }
                largest = std::max(largest, std::min(1.0, size * least));
            }
            EXPECT_DOUBLE_EQ(adjusted[i], largest);
        }
    }
}

// The smallest level at which the step-up rule, the largest k with p_(k) <= k alpha / m, rejects a hypothesis.
TEST(BenjaminiHochberg, IsTheSmallestLevelOfTheStepUpRule) {
    const auto rejects = [](const std::vector<double>& p, std::size_t i, double alpha) {
        std::vector<double> sorted = p;
        std::sort(sorted.begin(), sorted.end());
        double limit = -1;
        for (std::size_t k = 1; k <= 6; ++k) {
            if (sorted[k - 1] <= static_cast<double>(k) * alpha / 6 * (1 + 1e-12)) limit = sorted[k - 1];
        }
        return p[i] <= limit;
    };
    for (std::uint64_t index = 0; index < 50; ++index) {
        const std::vector<double> p = random_ps(index), adjusted = benjamini_hochberg(p);
        for (std::size_t i = 0; i < 6; ++i) {
            double smallest = 1;  // below it nothing changes but at p_j m / k
            for (const double other : p) {
                for (int k = 1; k <= 6; ++k) {
                    const double alpha = 6 * other / k;
                    if (rejects(p, i, alpha)) smallest = std::min(smallest, alpha);
                }
            }
            EXPECT_NEAR(adjusted[i], smallest, 1e-12);
        }
    }
}

TEST(Adjusted, KeepTheOrderOfTheTestsAndOneOfThemItself) {
    EXPECT_TRUE(holm({}).empty());
    EXPECT_TRUE(benjamini_hochberg({}).empty());
    EXPECT_EQ(holm(std::vector{0.03}), std::vector{0.03});
    EXPECT_EQ(benjamini_hochberg(std::vector{0.03}), std::vector{0.03});
    EXPECT_EQ(holm(std::vector{0.5, 0.0078125, 0.5}), (std::vector{1.0, 3 * 0.0078125, 1.0}));
}

// min_p.csv: distinct arrangements in whole numbers, p to 6 digits. "S=8", "a=3", "n=5+3".
std::size_t number_after(const std::string& text, const std::string& key) {
    const std::size_t at = text.find(key) + key.size();
    return static_cast<std::size_t>(number_of(text.substr(at, text.find_first_not_of("0123456789", at) - at)));
}

TEST(SmallestP, IsThatOfTheTable) {
    std::size_t rows = 0;
    for (const auto& row : reference_rows("min_p.csv")) {
        if (row[0] == "design") continue;
        SCOPED_TRACE(row[0] + " " + row[1]);
        const auto distinct = static_cast<std::uint64_t>(number_of(row[2]));
        double p = 0;
        if (row[0].starts_with("paired")) {
            p = smallest_p_shared_seeds(2, number_after(row[1], "S="));
            EXPECT_EQ(distinct_within_seeds(2, number_after(row[1], "S=")), distinct);
        } else if (row[0].starts_with("within-seed")) {
            const std::size_t levels = number_after(row[0], "a="), seeds = number_after(row[1], "S=");
            p = smallest_p_shared_seeds(levels, seeds);
            EXPECT_EQ(distinct_within_seeds(levels, seeds), distinct);
        } else if (row[0].starts_with("unpaired")) {
            const std::vector<std::size_t> sizes = {number_after(row[1], "n="), number_after(row[1], "+")};
            p = smallest_p_groups(sizes);
            EXPECT_EQ(distinct_groupings(sizes), distinct);
        } else {
            ASSERT_TRUE(row[0].starts_with("conformal"));
            p = smallest_p_one_candidate(number_after(row[1], "n_b="));
        }
        EXPECT_NEAR(p * static_cast<double>(distinct), 1, 1e-14);
        EXPECT_NEAR(p, number_of(row[3]), 5e-6 * p) << "6 digits";
        ++rows;
    }
    EXPECT_EQ(rows, 32U);
}

// S >= ceil(1 + log2(tests / alpha)) for two levels: 6 alone, 7 for 3 tests, 8 for 5, 9 for 10.
TEST(Reach, CountsTheSeedsThatHolmNeeds) {
    for (const auto& [tests, need] : {std::pair{1, 6}, std::pair{3, 7}, std::pair{5, 8}, std::pair{10, 9}}) {
        const auto family = static_cast<std::size_t>(tests), seeds = static_cast<std::size_t>(need);
        EXPECT_EQ(seeds, static_cast<std::size_t>(std::ceil(1 + std::log2(tests / 0.05))));
        const Reach short_by_one = reach_shared_seeds(2, seeds - 1, 0.05, family);
        EXPECT_FALSE(short_by_one.testable);
        EXPECT_EQ(short_by_one.smallest_p, std::pow(2, 2 - need));
        EXPECT_EQ(short_by_one.need, seeds);
        EXPECT_TRUE(reach_shared_seeds(2, seeds, 0.05, family).testable);
    }
    EXPECT_EQ(reach_shared_seeds(3, 2, 0.05, 1).need, 3U);
    EXPECT_EQ(reach_shared_seeds(4, 2, 0.05, 1).need, 2U);
    EXPECT_FALSE(reach_shared_seeds(2, 1, 0.99, 1).testable) << "one seed has no denominator";
    EXPECT_FALSE(reach_shared_seeds(2, 0, 0.05, 1).testable);
    EXPECT_TRUE(reach_shared_seeds(2, 7, 1.0 / 64, 1).testable) << "a p at the threshold itself is small enough";
}

TEST(Reach, CountsTheUnitsOfEachGroup) {
    const Reach three = reach_groups(std::vector<std::size_t>{3, 3}, 0.05, 1);
    EXPECT_FALSE(three.testable);
    EXPECT_DOUBLE_EQ(three.smallest_p, 0.1);
    EXPECT_EQ(three.need, 4U);
    EXPECT_TRUE(reach_groups(std::vector<std::size_t>{4, 4}, 0.05, 1).testable);
    EXPECT_FALSE(reach_groups(std::vector<std::size_t>{4, 4}, 0.05, 2).testable);
    EXPECT_TRUE(reach_groups(std::vector<std::size_t>{8, 4}, 0.05, 2).testable);
    EXPECT_FALSE(reach_groups(std::vector<std::size_t>{30, 1}, 0.05, 1).testable) << "one unit has no spread";
}

}  // namespace
}  // namespace assay
