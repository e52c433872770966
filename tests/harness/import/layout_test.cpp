// Which design the rows of a table make.
#include "import/layout.hpp"

#include <gtest/gtest.h>

#include "tables.hpp"

namespace assay {
namespace {
using testing::Tables;

Plan plan_of(const std::string& header, const std::vector<std::string>& rows) {
    const Tables tables;
    std::string text = header + ",response.loss\n";
    for (const std::string& row : rows) text += row + ",1\n";
    return tables.import(text).plan;
}

std::vector<std::string> crossing(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::string> rows;
    for (const std::string& x : a) {
        for (const std::string& y : b) rows.push_back(x + "," + y);
    }
    return rows;
}

std::vector<std::vector<int>> levels_of(const Plan& plan) {
    std::vector<std::vector<int>> levels;
    for (const PlannedRun& run : plan.runs) levels.push_back(run.levels);
    return levels;
}

TEST(Layout, LevelsInTheOrderOfAppearance) {
    const Plan plan = plan_of("lr,seed", {"0.1,7", "0.01,7", "0.1,3", "0.01,3"});
    EXPECT_EQ(plan.design, "factorial");
    EXPECT_EQ(plan.factors[0].levels, (std::vector<Json>{0.1, 0.01}));
    EXPECT_EQ(plan.factors[1].levels, (std::vector<Json>{"7", "3"}));
    EXPECT_EQ(levels_of(plan), (std::vector<std::vector<int>>{{0, 0}, {1, 0}, {0, 1}, {1, 1}}));
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(plan.runs[static_cast<std::size_t>(i)].number, i + 1);
        EXPECT_EQ(plan.order[static_cast<std::size_t>(i)], i);
    }
}

TEST(Layout, StreamsThatOnlyVaryTogetherAreOneSeed) {
    EXPECT_EQ(plan_of("seed.init,seed.shuffle", {"1,1", "2,2", "3,3"}).design, "repeat");
    EXPECT_EQ(plan_of("lr,seed.init,seed.shuffle", {"0,1,1", "0,2,2", "1,1,1", "1,2,2"}).design, "repeat")
        << "the same two seeds in both configurations";
    EXPECT_EQ(plan_of("seed.init,seed.shuffle", {"1,1", "2,2", "3,3", "3,1"}).design, "factorial")
        << "the last two runs differ in one stream alone";
    EXPECT_EQ(plan_of("seed", {"1", "2", "3"}).design, "factorial") << "one stream needs no word for it";
}

TEST(Layout, CrossedStreamsAreFactorial) {
    const Plan plan = plan_of("seed.init,seed.shuffle", crossing({"1", "2", "3"}, {"1", "2", "3"}));
    EXPECT_EQ(plan.design, "factorial");
    EXPECT_EQ(plan.blocks, 1);
    EXPECT_EQ(plan_of("seed.init,seed.shuffle", crossing({"1", "2"}, {"1", "2"})).design, "factorial")
        << "one block alone";
}

TEST(Layout, RunsThatShareNoSeedAreBlocks) {
    std::vector<std::string> rows;  // interleaved, so that levels are not in the order of blocks
    const std::vector<std::string> blocks[] = {crossing({"1", "2"}, {"11", "12"}), crossing({"3", "4"}, {"13", "14"}),
                                               crossing({"5", "6"}, {"15", "16"})};
    for (std::size_t i = 0; i < 4; ++i) {
        for (const auto& block : blocks) {
            for (const char* lr : {"0.1", "0.2"}) rows.push_back(block[i] + "," + lr);
        }
    }
    const Plan plan = plan_of("seed.init,seed.shuffle,lr", rows);
    EXPECT_EQ(plan.design, "seeds");
    EXPECT_EQ(plan.blocks, 3);
    EXPECT_EQ(plan.factors[1].levels, (std::vector<Json>{"11", "12", "13", "14", "15", "16"}));
    for (const PlannedRun& run : plan.runs) {
        for (const std::size_t stream : {0U, 1U}) {
            EXPECT_EQ(run.levels[stream] / 2, run.block);
            const char* const name = stream == 0 ? "init" : "shuffle";
            EXPECT_EQ(plan.factors[stream].levels[static_cast<std::size_t>(run.levels[stream])],
                      Json(std::to_string(run.request.seeds.at(name))))
                << "a moved level is still the run's seed";
        }
    }
    rows.emplace_back("7,17,0.1");  // a seed that stands alone is no block of two
    EXPECT_EQ(plan_of("seed.init,seed.shuffle,lr", rows).design, "factorial");
}

// Seed 2 of one stream has nothing to do with seed 2 of another, nor the second of one with the second of another.
TEST(Layout, ASeedIsItsStreamAndItsNumber) {
    EXPECT_EQ(plan_of("seed.init,seed.shuffle", {"1,1", "1,2", "3,3", "3,4", "2,1", "2,2", "4,3", "4,4"}).blocks, 2);
    EXPECT_EQ(plan_of("seed.init,seed.shuffle", {"1,3", "1,4", "2,3", "2,4", "3,1", "3,2", "4,1", "4,2"}).blocks, 2);
}

TEST(Layout, EqualRowsAreRepeats) {
    const auto replicates = [](const Plan& plan) {
        std::vector<int> out;
        for (const PlannedRun& run : plan.runs) out.push_back(run.request.replicate);
        return out;
    };
    const Plan counted = plan_of("seed,lr", {"1,0.1", "1,0.1", "2,0.1", "1,0.10", "2,0.1"});
    EXPECT_EQ(replicates(counted), (std::vector<int>{0, 1, 0, 2, 1}));
    const Plan numbered = plan_of("seed,replicate", {"1,1", "1,0", "2,0"});
    EXPECT_EQ(replicates(numbered), (std::vector<int>{1, 0, 0}));
}

}  // namespace
}  // namespace assay
