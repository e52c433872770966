#include "stats/exchange.hpp"

#include <gtest/gtest.h>

#include <array>

#include "lib/stats/audit_data.hpp"

namespace assay {
namespace {

// {level, seed, other} of each run.
std::vector<FactorRun> runs_of(std::initializer_list<std::array<std::size_t, 3>> labels) {
    std::vector<FactorRun> runs;
    for (const auto& [level, seed, other] : labels) runs.push_back({runs.size(), level, seed, other});
    return runs;
}

TEST(DeriveExchange, ReadsTheUnitOffTheLabels) {
    struct Row {
        const char* why;
        std::vector<FactorRun> runs;
        bool nested;
        std::size_t seeds, left_out;
        std::vector<std::vector<std::size_t>> slabs;
    };
    const Row rows[] = {
        {"shared seeds: runs of one cell",
         runs_of({{1, 7, 0}, {0, 7, 0}, {0, 3, 0}, {1, 3, 0}}),
         false,
         2,
         0,
         {{2}, {3}, {1}, {0}}},
        {"slabs hold the other factor in its order",
         runs_of({{0, 0, 1}, {0, 0, 0}, {1, 0, 0}, {1, 0, 1}, {0, 1, 0}, {1, 1, 0}, {0, 1, 1}, {1, 1, 1}}),
         false,
         2,
         0,
         {{1, 0}, {2, 3}, {4, 6}, {5, 7}}},
        {"a repeat at every level of one seed is no imbalance",
         runs_of({{0, 0, 0}, {1, 0, 0}, {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}}),
         false,
         2,
         0,
         {{0, 2}, {1, 3}, {4}, {5}}},
        {"a seed with a missing run is left out",
         runs_of({{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 2, 0}, {1, 2, 0}}),
         false,
         2,
         1,
         {{0}, {1}, {3}, {4}}},
        {"so is one with an extra repeat, and one whose other factor differs",
         runs_of({{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0, 2, 0}, {1, 2, 0}, {1, 2, 0}, {0, 3, 0}, {1, 3, 1}}),
         false,
         2,
         2,
         {{0}, {1}, {2}, {3}}},
        {"nested seeds: all runs of a seed",
         runs_of({{5, 0, 0}, {5, 0, 0}, {5, 1, 0}, {9, 2, 0}, {9, 3, 0}, {9, 3, 0}}),
         true,
         4,
         0,
         {{0, 1}, {2}, {3}, {4, 5}}},
        {"nested seeds need every value of the other factor equally often",
         runs_of({{0, 0, 0},
                  {0, 0, 1},
                  {0, 1, 0},
                  {0, 1, 1},
                  {1, 2, 0},
                  {1, 2, 1},
                  {1, 3, 0},
                  {1, 3, 1},
                  {1, 4, 0},
                  {1, 5, 0},
                  {1, 5, 1},
                  {1, 5, 1}}),
         true,
         4,
         2,
         {{0, 1}, {2, 3}, {4, 5}, {6, 7}}},
    };
    for (const Row& row : rows) {
        const Exchange exchange = derive_exchange(row.runs, Effect::main);
        EXPECT_EQ(exchange.untested, "") << row.why;
        EXPECT_EQ(exchange.nested, row.nested) << row.why;
        EXPECT_EQ(exchange.levels, 2U) << row.why;
        EXPECT_EQ(exchange.seeds, row.seeds) << row.why;
        EXPECT_EQ(exchange.seeds_left_out, row.left_out) << row.why;
        EXPECT_EQ(exchange.slabs, row.slabs) << row.why;
    }
}

TEST(DeriveExchange, SaysWhyThereIsNoTest) {
    struct Row {
        Effect effect;
        std::vector<FactorRun> runs;
        std::string code;
        const char* text;
    };
    const Row rows[] = {
        {Effect::main, {}, "ONE_LEVEL", "a comparison needs two levels or more"},
        {Effect::main, runs_of({{3, 0, 0}, {3, 1, 0}}), "ONE_LEVEL", "a comparison needs two levels or more"},
        {Effect::main, runs_of({{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 2, 0}}), "TOO_FEW_COMMON_SEEDS",
         "a test within seeds needs two seeds or more with the same runs at every level; there is 1"},
        {Effect::main, runs_of({{0, 0, 0}, {0, 1, 0}, {1, 2, 0}}), "TOO_FEW_SEEDS_AT_A_LEVEL",
         "seeds differ from level to level, and a level has fewer than two of them"},
        {Effect::interaction, runs_of({{0, 0, 0}, {1, 0, 1}, {2, 0, 0}}), "NO_EXACT_TEST",
         "only an interaction of two levels with two levels has an exact test"},
        {Effect::interaction, runs_of({{0, 0, 0}, {1, 0, 0}}), "NO_EXACT_TEST",
         "only an interaction of two levels with two levels has an exact test"},
        {Effect::interaction, runs_of({{0, 0, 0}, {1, 0, 0}, {0, 1, 1}, {1, 1, 1}}), "TOO_FEW_COMMON_SEEDS",
         "a test within seeds needs two seeds or more with the same runs at every level; there is none"},
    };
    for (const Row& row : rows) {
        const Exchange exchange = derive_exchange(row.runs, row.effect);
        EXPECT_EQ(exchange.untested, row.text);
        EXPECT_EQ(exchange.code, row.code);
    }
}

TEST(DeriveExchange, MakesALevelOfEachDiagonalForAnInteraction) {
    const std::vector<FactorRun> runs = runs_of({{1, 0, 5},
                                                 {1, 0, 8},
                                                 {2, 0, 5},
                                                 {2, 0, 8},
                                                 {1, 1, 5},
                                                 {1, 1, 8},
                                                 {2, 1, 5},
                                                 {2, 1, 8},  //
                                                 {1, 2, 5},
                                                 {1, 2, 8},
                                                 {2, 2, 5}});
    const Exchange exchange = derive_exchange(runs, Effect::interaction);
    EXPECT_EQ(exchange.slabs, (std::vector<std::vector<std::size_t>>{{0, 3}, {2, 1}, {4, 7}, {6, 5}}));
    EXPECT_EQ(exchange.seeds, 2U);
    EXPECT_EQ(exchange.seeds_left_out, 1U);
}

TEST(DeriveExchange, LeavesOutOfAnInteractionWhatRepeatsOneLevelOfTheOtherFactorAlone) {
    const std::vector<FactorRun> runs = runs_of({{1, 0, 5},
                                                 {1, 0, 8},
                                                 {2, 0, 5},
                                                 {2, 0, 8},
                                                 {1, 0, 8},
                                                 {2, 0, 8},  //
                                                 {1, 1, 5},
                                                 {1, 1, 8},
                                                 {2, 1, 5},
                                                 {2, 1, 8},  //
                                                 {1, 2, 5},
                                                 {1, 2, 8},
                                                 {2, 2, 5},
                                                 {2, 2, 8}});
    const Exchange exchange = derive_exchange(runs, Effect::interaction);
    EXPECT_EQ(exchange.seeds, 2U) << "11 + 22 of seed 0 would weigh level 8 twice as 5";
    EXPECT_EQ(exchange.seeds_left_out, 1U);
}

TEST(Exchange, CountsRunsOfSlabsByTheirHarmonicMean) {
    const Exchange exchange =
        derive_exchange(runs_of({{0, 0, 0}, {1, 0, 0}, {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}}), Effect::main);
    EXPECT_DOUBLE_EQ(exchange.runs_per_slab(), 4 / (0.5 + 0.5 + 1 + 1));
    EXPECT_EQ(exchange.rows(), (std::vector<std::size_t>{0, 2, 1, 3, 4, 5}));
}

TEST(SlabDistances, AreThoseOfMeans) {
    Random random(4, "test.slabs");
    std::vector<std::vector<double>> points;
    for (int i = 0; i < 9; ++i) points.push_back(random_point(random, 4));
    const std::vector<std::vector<std::size_t>> slabs = {{0, 4, 8}, {1}, {2, 3}, {5, 6, 7}};
    std::vector<std::vector<double>> means(slabs.size(), std::vector<double>(4, 0.0));
    for (std::size_t i = 0; i < slabs.size(); ++i) {
        for (const std::size_t row : slabs[i]) {
            for (std::size_t k = 0; k < 4; ++k) means[i][k] += points[row][k] / static_cast<double>(slabs[i].size());
        }
    }
    const Symmetric expected = squared_distances(means), found = slab_distances(squared_distances(points), slabs);
    for (std::size_t i = 0; i < expected.values.size(); ++i) EXPECT_NEAR(found.values[i], expected.values[i], 1e-13);
}

}  // namespace
}  // namespace assay
