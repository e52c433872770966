#include "stats/permutation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "lib/stats/audit_data.hpp"
#include "stats/multiplicity.hpp"

namespace assay {
namespace {

const PermutationOptions k_options{.seed = 5, .stream = "test.permutation"};

using Points = std::vector<std::vector<double>>;

// Textbook sums of squares of one run a cell, from the vectors themselves: x[seed * levels + level].
struct Squares {
    double effect = 0, error = 0;
};

Squares textbook(const Points& x, std::size_t levels) {
    const std::size_t seeds = x.size() / levels;
    const auto n_levels = static_cast<double>(levels), n_seeds = static_cast<double>(seeds);
    Squares squares;
    for (std::size_t k = 0; k < x[0].size(); ++k) {
        std::vector<double> of_level(levels, 0.0), of_seed(seeds, 0.0);
        double mean = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            of_level[i % levels] += x[i][k] / n_seeds;
            of_seed[i / levels] += x[i][k] / n_levels;
            mean += x[i][k] / (n_levels * n_seeds);
        }
        for (const double m : of_level) squares.effect += n_seeds * (m - mean) * (m - mean);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double rest = x[i][k] - of_level[i % levels] - of_seed[i / levels] + mean;
            squares.error += rest * rest;
        }
    }
    return squares;
}

double ratio(const Points& x, std::size_t levels) {
    const Squares squares = textbook(x, levels);
    return squares.effect / squares.error;
}

struct Tally {
    double count = 0, total = 0;
};

// Every order of the levels of this seed and of those after it, with F from scratch.
void try_orders(const Points& x, std::size_t levels, double observed, std::size_t seed, Points& arranged,
                Tally& tally) {
    if (seed == x.size() / levels) {
        tally.total += 1;
        if (ratio(arranged, levels) >= observed * (1 - 1e-9)) tally.count += 1;
        return;
    }
    std::vector<std::size_t> order(levels);
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
        for (std::size_t l = 0; l < levels; ++l) arranged[seed * levels + l] = x[seed * levels + order[l]];
        try_orders(x, levels, observed, seed + 1, arranged, tally);
    } while (std::next_permutation(order.begin(), order.end()));
}

// (levels!)^seeds arrangements: each distinct one levels! times.
Tally brute_force(const Points& x, std::size_t levels) {
    Tally tally;
    Points arranged = x;
    try_orders(x, levels, ratio(x, levels), 0, arranged, tally);
    return tally;
}

// Means over repeats and other factors, seed by seed.
Points cell_means(const Audit& audit, std::size_t levels, std::size_t seeds) {
    Points means(levels * seeds, std::vector<double>(audit.points[0].size(), 0.0));
    const double share = static_cast<double>(levels * seeds) / static_cast<double>(audit.points.size());
    for (const FactorRun& run : audit.runs) {
        auto& mean = means[run.seed * levels + run.level];
        for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += share * audit.points[run.row][k];
    }
    return means;
}

void expect_as_brute_force(const PermutationTest& test, const Points& means, double scale) {
    const std::size_t levels = test.levels;
    const Squares squares = textbook(means, levels);
    EXPECT_NEAR(test.ss_effect, scale * squares.effect, 1e-12 * scale * squares.effect);
    EXPECT_NEAR(*test.ss_error, scale * squares.error, 1e-12 * scale * squares.error);
    EXPECT_EQ(test.df_effect, levels - 1);
    EXPECT_EQ(test.df_error, (levels - 1) * (test.seeds - 1));
    const double f = squares.effect / squares.error * static_cast<double>(test.seeds - 1);
    EXPECT_NEAR(*test.f, f, 1e-12 * f);
    const auto [count, total] = brute_force(means, levels);
    ASSERT_TRUE(test.p && test.p->exhaustive);
    EXPECT_DOUBLE_EQ(test.p->value, count / total);
    EXPECT_EQ(test.p->total * static_cast<std::uint64_t>(std::tgamma(levels + 1) + 0.5),
              static_cast<std::uint64_t>(total));
    EXPECT_EQ(test.p->smallest, smallest_p_shared_seeds(levels, test.seeds));
}

TEST(TestFactor, CountsWhatTryingEveryOrderCounts) {
    for (const Crossing& crossing :
         {Crossing{2, 3}, Crossing{2, 6}, Crossing{2, 9}, Crossing{3, 3}, Crossing{3, 4}, Crossing{4, 3}}) {
        for (std::uint64_t i = 0; i < 3; ++i) {
            const Audit audit = random_audit(crossing, "brute", i);
            const PermutationTest test = test_factor(audit.d2(), audit.runs, k_options);
            SCOPED_TRACE(std::to_string(crossing.levels) + " levels, " + std::to_string(crossing.seeds) + " seeds");
            expect_as_brute_force(test, cell_means(audit, crossing.levels, crossing.seeds), 1);
            EXPECT_FALSE(test.nested);
        }
    }
}

// 8,192 sign vectors: rounding is swept out once on the way.
TEST(TestFactor, KeepsCountWhereTheGrayCodeStartsAfresh) {
    const Audit audit = random_audit({2, 14, 1, 1, 2}, "fresh");
    const PermutationTest test = test_factor(audit.d2(), audit.runs, k_options);
    EXPECT_EQ(test.p->total, 8192U);
    EXPECT_EQ(static_cast<double>(test.p->count), brute_force(cell_means(audit, 2, 14), 2).count / 2);
}

// With other factors and repeats, slabs of a seed move as a whole: the same as testing their means.
TEST(TestFactor, MovesSlabsOfOtherFactorsAsAWhole) {
    for (const Crossing& crossing : {Crossing{2, 6, 3, 1}, Crossing{3, 4, 2, 2}, Crossing{2, 5, 1, 3}}) {
        const Audit audit = random_audit(crossing, "slabs");
        const PermutationTest test = test_factor(audit.d2(), audit.runs, k_options);
        const auto slab = static_cast<double>(crossing.others * crossing.repeats);
        expect_as_brute_force(test, cell_means(audit, crossing.levels, crossing.seeds), slab);
        EXPECT_EQ(test.runs, audit.runs.size());
    }
}

// The interaction by its contrast of each seed, all sign vectors: W = <c_s, c_t>, SS = 1'W1 / (4 S).
TEST(TestInteraction, FlipsTheContrastOfEachSeed) {
    constexpr std::size_t k_seeds = 7;
    const Audit audit = random_audit({2, k_seeds, 2, 1}, "interaction");
    Points contrasts(k_seeds, std::vector<double>(5, 0.0));
    for (const FactorRun& run : audit.runs) {
        const double sign = run.level == run.other ? 1 : -1;
        for (std::size_t k = 0; k < 5; ++k) contrasts[run.seed][k] += sign * audit.points[run.row][k];
    }
    double trace = 0, observed = 0;
    std::vector<double> squares;
    for (const auto& contrast : contrasts) trace += square(contrast);
    for (unsigned signs = 0; signs < 1U << k_seeds; ++signs) {
        std::vector<double> sum(5, 0.0);
        for (std::size_t s = 0; s < k_seeds; ++s) {
            for (std::size_t k = 0; k < 5; ++k) sum[k] += (signs >> s & 1U) == 0 ? contrasts[s][k] : -contrasts[s][k];
        }
        squares.push_back(square(sum));
    }
    observed = squares[0];
    const auto count = std::count_if(squares.begin(), squares.end(), [&](double q) { return q >= observed - 1e-9; });
    const PermutationTest test = test_interaction(audit.d2(), audit.runs, k_options);
    EXPECT_NEAR(test.ss_effect, observed / (4 * k_seeds), 1e-12 * observed);
    EXPECT_NEAR(*test.ss_error, (trace - observed / k_seeds) / 4, 1e-12 * trace);
    EXPECT_EQ(test.p->count * 2, static_cast<std::uint64_t>(count));
    EXPECT_EQ(test.p->total, 64U);
}

// 2 learning rates x 8 seeds of real trainings. Expected values: expected.json, "g1"; vegan 2.6-4
// adonis2(D ~ seed + config, blocks = seed, complete enumeration) has the same F, R2 and 82 of 128.
TEST(TestFactor, AgreesWithTheGoldenAuditOfTwoLearningRates) {
    const Symmetric d2 = reference_matrix("g1_D2.csv");
    const Json expected = reference_json("expected.json").at("g1");
    std::vector<FactorRun> runs;
    for (std::size_t i = 0; i < 16; ++i) runs.push_back({i, i / 8, i % 8, 0});
    const PermutationTest test = test_factor(d2, runs, k_options);
    const auto expect = [&](const char* name, double value) {
        EXPECT_NEAR(value, expected.at(name).as_number(), 1e-11 * expected.at(name).as_number()) << name;
    };
    expect("F_config", *test.f);
    expect("R2_config", test.r2());
    expect("SS_config", test.ss_effect);
    expect("SS_resid", *test.ss_error);
    expect("SS_total", test.ss_total);
    EXPECT_EQ(test.p->count, 82U);
    EXPECT_EQ(test.p->total, 128U);
    EXPECT_EQ(test.p->value, 0.640625);
    EXPECT_EQ(test.p->smallest, 1.0 / 128);
}

// Whole seeds change places, 3 runs each: as F2 of the means of seeds, enumerated over the 35 ways to split 8 in two.
TEST(TestFactor, AveragesTheRunsOfNestedSeedsAndMovesWholeSeeds) {
    const Audit audit = random_audit({2, 4, 3, 1, 5, 2, true}, "nested");
    const PermutationTest test = test_factor(audit.d2(), audit.runs, k_options);
    ASSERT_TRUE(test.nested && test.p);
    EXPECT_EQ(test.p->total, 35U);
    Points means(8, std::vector<double>(5, 0.0));
    for (const FactorRun& run : audit.runs) {
        for (std::size_t k = 0; k < 5; ++k) means[run.seed][k] += audit.points[run.row][k] / 3;
    }
    const auto f2 = [&](unsigned first) {  // ||m1 - m2||^2 / (V1/4 + V2/4), V = sum ||x - m||^2 / 3
        std::vector<double> centre[2] = {std::vector<double>(5, 0.0), std::vector<double>(5, 0.0)};
        for (std::size_t s = 0; s < 8; ++s) {
            for (std::size_t k = 0; k < 5; ++k) centre[first >> s & 1U][k] += means[s][k] / 4;
        }
        double apart = 0, spread = 0;
        for (std::size_t k = 0; k < 5; ++k) {
            apart += std::pow(centre[0][k] - centre[1][k], 2);
            for (std::size_t s = 0; s < 8; ++s) spread += std::pow(means[s][k] - centre[first >> s & 1U][k], 2) / 12;
        }
        return apart / spread;
    };
    const double observed = f2(0b10101010);
    unsigned count = 0;
    for (unsigned first = 0; first < 256; ++first) {
        if (std::popcount(first) == 4 && f2(first) >= observed * (1 - 1e-9)) ++count;
    }
    EXPECT_NEAR(*test.f, observed, 1e-12 * observed);
    EXPECT_EQ(test.p->count * 2, count);
    EXPECT_EQ(test.df_error, 6U);
    EXPECT_FALSE(test.ss_error);
}

TEST(TestFactor, CallsTheSameDifferenceInEverySeedInfinite) {
    Audit audit = random_audit({2, 6, 1, 1, 3}, "constant");
    for (const FactorRun& run : audit.runs) {
        if (run.level == 0) continue;
        for (const FactorRun& base : audit.runs) {
            if (base.level == 1 || base.seed != run.seed) continue;
            audit.points[run.row] = audit.points[base.row];
            audit.points[run.row][0] += 0.5;
        }
    }
    const PermutationTest test = test_factor(audit.d2(), audit.runs, k_options);
    EXPECT_TRUE(test.f_infinite);
    EXPECT_FALSE(test.f);
    EXPECT_EQ(test.p->count, 1U);
    EXPECT_EQ(test.p->value, 1.0 / 32);
    EXPECT_NEAR(test.ss_effect, 6 * 0.25 / 2, 1e-12);
}

TEST(TestFactor, FindsNothingWhereNothingDiffersWithinSeeds) {
    Audit audit = random_audit({2, 6, 2, 1, 3}, "identical");
    for (const FactorRun& run : audit.runs) {  // whatever the level: the vector of the seed and the other factor
        for (const FactorRun& base : audit.runs) {
            if (base.level == 0 && base.seed == run.seed && base.other == run.other)
                audit.points[run.row] = audit.points[base.row];
        }
    }
    const PermutationTest test = test_factor(audit.d2(), audit.runs, k_options);
    EXPECT_FALSE(test.f);
    EXPECT_FALSE(test.f_infinite);
    EXPECT_EQ(test.ss_effect, 0) << "to the last bit: the same distances stand on both sides";
    EXPECT_EQ(test.p->value, 1);
}

// Equal statistics count, in spite of rounding: with differences of one size along one line, half of the seeds each
// way, no arrangement is less extreme. With 5 against 1, the 6 distinct ways and the one of 6 against 0 are as extreme.
TEST(TestFactor, CountsTies) {
    for (const auto& [against, count] : {std::pair{3, 32U}, std::pair{1, 7U}}) {
        Audit audit = random_audit({2, 6, 1, 1, 1, 10}, "ties");
        for (const FactorRun& run : audit.runs) {
            if (run.level == 0) continue;
            const double base = audit.points[run.row - 1][0];  // level 0 of the same seed
            audit.points[run.row][0] = base + (run.seed < static_cast<std::size_t>(against) ? -0.1 : 0.1);
        }
        EXPECT_EQ(test_factor(audit.d2(), audit.runs, k_options).p->count, count) << against;
    }
}

TEST(TestFactor, LeavesOutSeedsThatLackACell) {
    Audit audit = random_audit({3, 5}, "missing");
    const Symmetric d2 = audit.d2();
    std::vector<FactorRun> whole, damaged;
    for (const FactorRun& run : audit.runs) {
        if (run.seed != 2) whole.push_back(run);
        if (run.seed != 2 || run.level != 1) damaged.push_back(run);
    }
    const PermutationTest expected = test_factor(d2, whole, k_options), test = test_factor(d2, damaged, k_options);
    EXPECT_EQ(test.seeds, 4U);
    EXPECT_EQ(test.seeds_left_out, 1U);
    EXPECT_EQ(test.f, expected.f);
    EXPECT_EQ(test.p->count, expected.p->count);
    EXPECT_EQ(test.ss_total, expected.ss_total);
}

TEST(TestFactorDeathTest, ARunThatIsListedTwiceIsABug) {
    Audit audit = random_audit({2, 3}, "twice");
    audit.runs.push_back(audit.runs[0]);
    EXPECT_DEATH(test_factor(audit.d2(), audit.runs, k_options), "permutation.cpp");
}

}  // namespace
}  // namespace assay
