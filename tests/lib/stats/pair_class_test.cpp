#include "stats/pair_class.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace assay {
namespace {

using Labels = std::vector<std::size_t>;

struct Audit {
    Symmetric d2;
    RunLevels levels;
    std::vector<Labels> units;  // the levels of the first two factors
};

// Runs at random levels of three factors, so that cells are missing and others hold repeats; random distances.
Audit random_audit(std::size_t n, std::uint64_t index) {
    Random random(20'240, "pair_class", index);
    Audit audit{Symmetric(n), {3, {}}, {Labels(n), Labels(n)}};
    for (std::size_t r = 0; r < n; ++r) {
        for (const std::uint64_t levels : {5U, 4U, 2U}) audit.levels.values.push_back(random.below(levels));
        for (std::size_t k = 0; k < 2; ++k) audit.units[k][r] = audit.levels.at(r, k);
        for (std::size_t s = 0; s < r; ++s) audit.d2.set(r, s, random.uniform());
    }
    return audit;
}

Labels all_but(std::size_t n, const Labels& unit_of_run, std::size_t unit) {
    Labels runs;
    for (std::size_t r = 0; r < n; ++r) {
        if (unit_of_run[r] != unit) runs.push_back(r);
    }
    return runs;
}

TEST(PairClasses, OfAHandfulOfRunsAreTheMeansByHand) {
    // Runs: (0,0), (0,1), (1,0), (1,1), (1,1) again.
    const RunLevels levels{2, {0, 0, 0, 1, 1, 0, 1, 1, 1, 1}};
    Symmetric d2(5);
    const double upper[4][4] = {{1, 2, 4, 6}, {8, 16, 20}, {32, 64}, {0.5}};
    for (std::size_t r = 0; r < 4; ++r) {
        for (std::size_t s = r + 1; s < 5; ++s) d2.set(r, s, upper[r][s - r - 1]);
    }
    const PairClasses classes = pair_classes(d2, levels);
    EXPECT_EQ(pair_mean(classes, 0b00), 0.5 / 2);                  // the repeat
    EXPECT_EQ(pair_mean(classes, 0b01), (2.0 + 16 + 20) / 3 / 2);  // the first factor alone
    EXPECT_EQ(pair_mean(classes, 0b10), (1.0 + 32 + 64) / 3 / 2);  // the second alone
    EXPECT_EQ(pair_mean(classes, 0b11), (4.0 + 6 + 8) / 3 / 2);    // both
    EXPECT_EQ(classes.classes.size(), 4U);
    const Labels first_four = {0, 1, 2, 3};
    const PairClasses some = pair_classes(d2, levels, {}, first_four);
    EXPECT_EQ(pair_mean(some, 0b00), std::nullopt);
    EXPECT_EQ(pair_mean(some, 0b11), (4.0 + 8) / 2 / 2);
}

TEST(PairClasses, WithoutPairsThereIsNoMean) {
    EXPECT_TRUE(pair_classes(Symmetric(0), {2, {}}).classes.empty());
    EXPECT_TRUE(pair_classes(Symmetric(1), {1, {7}}).classes.empty());
    EXPECT_EQ(pair_mean(pair_classes(Symmetric(2), {1, {0, 1}}), 0), std::nullopt);
    EXPECT_EQ(pair_mean(pair_classes(Symmetric(2), {1, {0, 1}}), 1), 0.0);
    const std::vector<Labels> units = {{0, 1}};
    EXPECT_EQ(pair_mean_without(pair_classes(Symmetric(2), {1, {0, 1}}, units), 1, 0, 1), std::nullopt);
}

TEST(PairClasses, SixteenFactorsHaveSetsOfTheirOwn) {
    RunLevels levels{16, Labels(17 * 16, 0)};  // run 0 at the base, run k+1 differs from it in factor k
    Symmetric d2(17);
    for (std::size_t k = 0; k < 16; ++k) {
        levels.values[(k + 1) * 16 + k] = 1;
        d2.set(0, k + 1, static_cast<double>(2 * (k + 1)));
    }
    const PairClasses classes = pair_classes(d2, levels);
    EXPECT_EQ(classes.classes.size(), 16U + 16U * 15U / 2U);
    for (std::size_t k = 0; k < 16; ++k) EXPECT_EQ(pair_mean(classes, FactorSet{1} << k), static_cast<double>(k + 1));
}

TEST(PairClasses, WithoutAUnitTheyAreThoseOfTheRunsThatAreLeft) {
    for (std::uint64_t index = 0; index < 20; ++index) {
        const Audit audit = random_audit(18, index);
        const PairClasses classes = pair_classes(audit.d2, audit.levels, audit.units);
        for (std::size_t k = 0; k < audit.units.size(); ++k) {
            for (std::size_t unit = 0; unit < 6; ++unit) {  // some are no unit of any run: nothing changes
                const Labels left = all_but(18, audit.units[k], unit);
                const PairClasses anew = pair_classes(audit.d2, audit.levels, {}, left);
                for (FactorSet set = 0; set < 8; ++set) {
                    const auto fast = pair_mean_without(classes, set, k, unit), slow = pair_mean(anew, set);
                    ASSERT_EQ(fast.has_value(), slow.has_value());
                    EXPECT_NEAR(fast.value_or(0), slow.value_or(0), 1e-15);
                }
            }
        }
    }
}

// A seed whose runs differ by rounding is told from its neighbours 10^13 times as far: no digit is lost in taking the
// large distances away, and what is left of none is 0 exactly.
TEST(PairClasses, TakingALargeUnitAwayLeavesTheSmallOnesAsTheyAre) {
    const std::vector<Labels> units = {{0, 0, 1, 1, 2, 2}};
    const RunLevels levels{2, {0, 0, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1}};
    Symmetric d2(6);
    d2.set(0, 1, 0.07);
    d2.set(2, 3, 1.1e-15);
    d2.set(4, 5, 0.3e-15);
    const PairClasses classes = pair_classes(d2, levels, units);
    EXPECT_NEAR(*pair_mean_without(classes, 0b10, 0, 0), 0.35e-15, 1e-27);
    d2.set(2, 3, 0);
    d2.set(4, 5, 0);
    EXPECT_EQ(pair_mean_without(pair_classes(d2, levels, units), 0b10, 0, 0), 0.0);
}

TEST(PairClasses, ForgetTheOrderOfRunsAndTheNamesOfLevels) {
    for (std::uint64_t index = 0; index < 10; ++index) {
        const Audit audit = random_audit(20, index);
        Random random(20'241, "pair_class_order", index);
        const auto order = random.permutation(20);
        Audit other{Symmetric(20), {3, {}}, {Labels(20), Labels(20)}};
        for (std::size_t r = 0; r < 20; ++r) {
            const auto from = static_cast<std::size_t>(order[r]);
            for (std::size_t k = 0; k < 3; ++k) other.levels.values.push_back(9 - audit.levels.at(from, k));
            for (std::size_t k = 0; k < 2; ++k) other.units[k][r] = (audit.units[k][from] + 3) % 7;
            for (std::size_t s = 0; s < r; ++s) other.d2.set(r, s, audit.d2(from, static_cast<std::size_t>(order[s])));
        }
        const PairClasses a = pair_classes(audit.d2, audit.levels, audit.units);
        const PairClasses b = pair_classes(other.d2, other.levels, other.units);
        ASSERT_EQ(a.classes.size(), b.classes.size());
        for (FactorSet set = 0; set < 8; ++set) {
            if (a.find(set) == nullptr) continue;
            EXPECT_NEAR(*pair_mean(a, set), *pair_mean(b, set), 1e-15);
            const auto one = pair_mean_without(a, set, 0, 2), same = pair_mean_without(b, set, 0, 5);
            ASSERT_EQ(one.has_value(), same.has_value());
            EXPECT_NEAR(one.value_or(0), same.value_or(0), 1e-15);
        }
    }
}

// Blocks of seeds of their own: two runs of different blocks differ in every seed factor, and count.
TEST(PairClasses, PairsAcrossBlocksCountWhereAllSeedsDiffer) {
    RunLevels levels{2, {}};
    std::vector<Labels> units(1);
    for (std::size_t block = 0; block < 3; ++block) {
        for (std::size_t cell = 0; cell < 4; ++cell) {
            levels.values.push_back(2 * block + cell / 2);
            levels.values.push_back(2 * block + cell % 2);
            units[0].push_back(block);
        }
    }
    const PairClasses classes = pair_classes(Symmetric(12), levels, units);
    EXPECT_EQ(classes.find(0b01)->all.pairs, 3U * 2U);
    EXPECT_EQ(classes.find(0b10)->all.pairs, 3U * 2U);
    EXPECT_EQ(classes.find(0b11)->all.pairs, 3U * 2U + 3U * 16U);
    for (const PairSum& block : classes.find(0b11)->touching[0]) EXPECT_EQ(block.pairs, 2U + 2U * 16U);
}

}  // namespace
}  // namespace assay
