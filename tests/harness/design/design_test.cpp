#include "design/design.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

Plan plan_of(const std::string& rest) {
    return make_plan(parse_spec("assay: 1\nname: t\n" + rest, ""), Json::Object{{"kind", "torch"}});
}

std::size_t replays(const Plan& plan) {
    return static_cast<std::size_t>(
        std::count_if(plan.runs.begin(), plan.runs.end(), [](const auto& r) { return r.request.replicate > 0; }));
}

TEST(MakePlan, CountsRunsAndReplays) {
    struct Row {
        std::string rest;
        std::size_t runs, replays;
    };
    const Row rows[] = {
        {"factors: {seed: {init: 3, shuffle: 2}}\n", 7, 1},
        {"factors: {hyperparameter: {lr: [0.1, 0.2]}, seed: {init: 3}}\nreplays: 2\n", 10, 4},
        {"factors: {seed: {init: 3, shuffle: 3}}\ndesign: repeat\nreplays: 0\n", 3, 0},
        {"factors: {architecture: {model: [dense, cnn]}, seed: {init: 2, shuffle: 2}}\ndesign: {blocks: 3}\n", 26, 2},
        {"factors: {seed: {init: 2}}\nreplicates: 3\n", 6, 4},
        // Base, one change of lr, two of threads: 4 configurations of 8 seeds, one replay in each.
        {"factors: {hyperparameter: {lr: [0.1, 0.2]}, hardware: {threads: [1, 2, 4]}, seed: {init: 8, shuffle: "
         "8}}\ndesign: screen\n",
         36, 4},
        {"factors: {hardware: {threads: [1, 2], isa: [avx2, baseline]}, seed: {all: 7}}\ndesign: hardware\n", 32, 4},
    };
    for (const Row& row : rows) {
        const Plan plan = plan_of(row.rest);
        EXPECT_EQ(plan.runs.size(), row.runs) << row.rest;
        EXPECT_EQ(replays(plan), row.replays) << row.rest;
    }
}

TEST(MakePlan, EveryRunIsAskedForOnceAndCarriesItsLevels) {
    const Plan plan =
        plan_of("factors: {hyperparameter: {lr: [0.1, 0.2]}, seed: {init: 3}, hardware: {isa: [avx2, baseline]}}\n");
    std::set<std::string> ids;
    for (const PlannedRun& run : plan.runs) {
        EXPECT_TRUE(ids.insert(request_id(run.request)).second) << cell_text(plan, run);
        EXPECT_EQ(run.request.params.at("lr"), plan.factors[0].levels[static_cast<std::size_t>(run.levels[0])]);
        EXPECT_EQ(std::to_string(run.request.seeds.at("init")),
                  plan.factors[1].levels[static_cast<std::size_t>(run.levels[1])].as_string());
        EXPECT_EQ(run.request.hardware.at("isa"), plan.factors[2].levels[static_cast<std::size_t>(run.levels[2])]);
        EXPECT_EQ(run.request.hardware.at("threads"), Json(1));
        EXPECT_EQ(run.request.params.at("seed_mode"), Json("separate"));
    }
}

// The base configuration, then each other level alone; the same seeds everywhere, the streams side by side.
TEST(MakePlan, AScreenChangesOneThingAtATime) {
    const Plan plan = plan_of(
        "factors: {hyperparameter: {lr: [0.1, 0.2]}, seed: {init: 8, shuffle: 8}, hardware: {threads: [1, 2, 4]}}\n"
        "design: screen\nreplays: 0\n");
    const std::vector<std::vector<int>> configurations = {{0, 0}, {1, 0}, {0, 1}, {0, 2}};
    ASSERT_EQ(plan.runs.size(), 32U);
    for (std::size_t i = 0; i < plan.runs.size(); ++i) {
        const auto& configuration = configurations[i / 8];
        const int seed = static_cast<int>(i % 8);
        EXPECT_EQ(plan.runs[i].levels, (std::vector<int>{configuration[0], seed, seed, configuration[1]})) << i;
    }
}

TEST(MakePlan, HardwareRunsTheSameSeedsEverywhereAndRepeatsTheFirst) {
    const Plan plan =
        plan_of("factors: {hardware: {threads: [1, 2]}, seed: {init: 6, shuffle: 6}}\ndesign: hardware\n");
    std::map<int, std::vector<std::vector<int>>> first, again;
    for (const PlannedRun& run : plan.runs) {
        EXPECT_EQ(run.levels[1], run.levels[2]) << "streams side by side";
        (run.request.replicate > 0 ? again : first)[run.levels[0]].push_back({run.levels[1], run.levels[2]});
    }
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0], first[1]);
    EXPECT_EQ(first[0].size(), 6U);
    for (int level : {0, 1}) EXPECT_EQ(again[level], (std::vector<std::vector<int>>{{0, 0}})) << "seed 1";
}

TEST(MakePlan, IsBalanced) {
    const Plan plan =
        plan_of("factors: {hyperparameter: {lr: [0.1, 0.2, 0.3]}, seed: {init: 4, shuffle: 2}}\nreplays: 0\n");
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        std::map<int, int> count;
        for (const PlannedRun& run : plan.runs) ++count[run.levels[f]];
        for (const auto& [level, n] : count) EXPECT_EQ(n, 24 / static_cast<int>(plan.factors[f].levels.size()));
    }
}

TEST(MakePlan, NoTwoBlocksShareASeed) {
    const Plan plan =
        plan_of("model: {dropout: 0.2}\nfactors: {seed: {init: 2, shuffle: 2, dropout: 2}}\ndesign: {blocks: 4}\n");
    for (std::size_t f = 0; f < 3; ++f) {
        std::map<std::string, std::set<int>> blocks;
        for (const PlannedRun& run : plan.runs) {
            blocks[plan.factors[f].levels[static_cast<std::size_t>(run.levels[f])].as_string()].insert(run.block);
        }
        EXPECT_EQ(blocks.size(), 8U);
        for (const auto& [seed, where] : blocks) EXPECT_EQ(where.size(), 1U) << seed;
    }
}

TEST(MakePlan, TheOrderIsAPermutationThatDependsOnTheRootSeedOnly) {
    const std::string rest = "factors: {seed: {init: 9}}\n";
    const Plan a = plan_of(rest), b = plan_of(rest), c = plan_of(rest + "root_seed: 2\n");
    std::vector<int> sorted = a.order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) EXPECT_EQ(sorted[i], static_cast<int>(i));
    EXPECT_EQ(a.order, b.order);
    EXPECT_NE(a.order, c.order);
    EXPECT_EQ(audit_id(a), audit_id(b));
}

TEST(MakePlan, AllFeedsEveryStream) {
    const Plan plan = plan_of("factors: {seed: {all: [1, 42]}}\n");
    for (const auto& [stream, seed] : plan.runs[1].request.seeds) EXPECT_EQ(seed, 42U) << stream;
}

TEST(MakePlan, TooManyRunsAreRefused) {
    const std::string lists =
        "factors: {hyperparameter: {lr: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}, seed: {all: 1000}}\n";
    for (const std::string& rest :
         {std::string("factors: {seed: {init: 200, shuffle: 200}}\n"), lists + "design: screen\n",
          lists + "design: repeat\n", std::string("factors: {seed: {init: 1000}}\nreplicates: 11\n")}) {
        try {
            plan_of(rest);
            ADD_FAILURE() << rest;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "S0201") << rest;
            EXPECT_EQ(error.exit(), Exit::usage);
        }
    }
}

TEST(PlanNotes, SayWhatTheDesignCannotShow) {
    const std::pair<std::string, std::string> rows[] = {
        {"factors: {seed: {init: 3}}\n", "4 is the smallest number"},
        {"factors: {seed: {init: 2}}\ndesign: {blocks: 2}\n", "3 blocks is the smallest"},
        {"factors: {hyperparameter: {lr: [0.1, 0.2]}}\n", "no seed varies"},
        {"factors: {seed: {init: 4, shuffle: 4}}\ndesign: repeat\n", "vary together"},
    };
    for (const auto& [rest, expected] : rows) {
        const auto notes = plan_notes(plan_of(rest));
        EXPECT_NE(join(notes, "\n").find(expected), std::string::npos) << rest << join(notes, "\n");
    }
    EXPECT_TRUE(plan_notes(plan_of("factors: {seed: {init: 4, shuffle: 4}}\n")).empty());
}

}  // namespace
}  // namespace assay
