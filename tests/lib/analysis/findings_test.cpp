// Replays, seeds that reach nothing, hardware that took hold, pairs of levels.
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/attribute.hpp"
#include "lib/analysis/audit_builder.hpp"

namespace assay {
namespace {

using testing::Audit;

// Dense and cnn, 4 seeds; seed s flips the labels 0 .. s - 1.
Audit two_models() {
    return testing::crossed(
        {testing::factor(FactorKind::architecture, "model", {"dense", "cnn"}), testing::seeds("init", 4)},
        [](const std::vector<int>& levels, int) {
            return testing::flipping(testing::inputs(0, static_cast<std::size_t>(levels[1])));
        });
}

TEST(Replays, WithTheSameBitsAreCountedPerSetting) {
    Audit audit = two_models();
    testing::replay(audit, 1, *audit.runs[1].predictions);
    testing::replay(audit, 2, *audit.runs[2].predictions);
    testing::replay(audit, 5, *audit.runs[5].predictions);
    const Attribution a = audit.attribution();
    EXPECT_TRUE(a.findings.empty());
    EXPECT_EQ(a.settings[0].replays, 2U);
    EXPECT_EQ(a.settings[0].replays_identical, 2U);
    EXPECT_EQ(a.settings[1].replays, 1U);
    EXPECT_EQ(a.settings[0].runs, 4U) << "a replay is no run of its own";
    EXPECT_EQ(a.rows, two_models().attribution().rows) << "and no member of a pair";
}

TEST(Replays, WithOtherBitsAreAFinding) {
    Audit audit = two_models();
    testing::replay(audit, 1, testing::flipping({0, 5, 6}));
    testing::replay(audit, 2, testing::flipping({0, 1, 7}));
    testing::replay(audit, 5, *audit.runs[5].predictions);
    const Attribution a = audit.attribution();
    ASSERT_EQ(a.findings.size(), 1U);
    EXPECT_EQ(a.findings[0].code, "D0101");
    EXPECT_NE(a.findings[0].sentence.find("2 of 3 replays"), std::string::npos) << a.findings[0].sentence;
    EXPECT_EQ(a.settings[0].replays, 2U);
    EXPECT_EQ(a.settings[0].replays_identical, 0U);
    EXPECT_DOUBLE_EQ(a.settings[0].replay_flips, 2.0 / 20) << "the worst of them";
    EXPECT_NEAR(a.settings[0].replay_max_abs_dp, 0.9 - 0.1 / 3, 1e-6);
    EXPECT_EQ(a.settings[1].replays_identical, 1U);
}

// Same answers, but the way there differs: not the same training.
TEST(Replays, AreComparedInPredictionsStepsAndWeights) {
    const std::function<void(RunRecord&)> differences[] = {
        [](RunRecord& record) { record.members["predictions.npy"].sha256 = "other"; },
        [](RunRecord& record) {
            record.members["steps.npy"] = {"steps", 8};
        },
        [](RunRecord& record) {
            record.weights = {{"layer", "F32", {1}, "digest"}};
        },
    };
    for (const auto& differ : differences) {
        Audit audit = two_models();
        testing::replay(audit, 1, *audit.runs[1].predictions);
        differ(*audit.runs.back().record);
        const Attribution a = audit.attribution();
        EXPECT_EQ(a.settings[0].replays, 1U);
        EXPECT_EQ(a.settings[0].replays_identical, 0U);
        EXPECT_EQ(a.settings[0].replay_flips, 0);
        ASSERT_EQ(a.findings.size(), 1U);
        EXPECT_EQ(a.findings[0].code, "D0101");
    }
    Audit audit = two_models();
    testing::replay(audit, 1, *audit.runs[1].predictions);
    audit.runs.back().record->members["log.txt"] = {"another log", 12};
    EXPECT_TRUE(audit.attribution().findings.empty()) << "a log holds times";
}

TEST(Replays, ThatDidNotEndSayNothing) {
    for (const std::size_t lost : {1U, 8U}) {  // the run itself, or its replay
        Audit audit = two_models();
        testing::replay(audit, 1, testing::flipping({9}));
        testing::end_as(audit.runs[lost], RunState::failed, "exit code 1");
        const Attribution a = audit.attribution();
        EXPECT_EQ(a.settings[0].replays, 0U);
        EXPECT_TRUE(a.findings.empty());
    }
}

TEST(Hardware, ThatChangesNoBitIsGoodNews) {
    const Attribution a =
        testing::crossed({testing::factor(FactorKind::hardware, "isa", {"a", "b"})}, [](const auto&, int) {
            return testing::flipping({});
        }).attribution();
    EXPECT_TRUE(a.findings.empty());
    EXPECT_TRUE(a.unwired.empty());
    EXPECT_EQ(a.rows[0].cells[0].bitwise_equal, 1U);
}

TEST(HardwareChecks, CountTheRunsWhoseLibrariesSaidSo) {
    Audit audit = testing::crossed(
        {testing::factor(FactorKind::hardware, "isa", {"a", "b"}), testing::seeds("init", 4)},
        [](const std::vector<int>& levels, int) { return testing::flipping({static_cast<std::size_t>(levels[1])}); });
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        RunRecord& record = *audit.runs[i].record;
        record.request.hardware["threads"] = 1;  // a pin
        record.hardware.effective["threads"] = 1;
        if (i != 3) record.hardware.effective["isa"] = record.request.hardware.at("isa");
    }
    testing::end_as(audit.runs[4], RunState::failed, "exit code 1");
    testing::end_as(audit.runs[5], RunState::skipped, "");
    testing::end_as(audit.runs[6], RunState::diverged, "NaN");
    audit.runs[7] = {};
    const std::vector<HardwareCheck> expected = {{"isa", true, 4, 5}, {"threads", false, 5, 5}};
    EXPECT_EQ(audit.attribution().hardware, expected);
}

TEST(HardwareChecks, ATrainerThatSaysNothingVerifiesNothing) {
    Audit audit = two_models();
    for (RunData& run : audit.runs) {
        run.record->request.hardware["threads"] = 1;
        run.record->hardware.effective = Json();
    }
    EXPECT_EQ(audit.attribution().hardware, (std::vector<HardwareCheck>{{"threads", false, 0, 8}}));
}

// Level a flips nothing, b 2 labels, c 7: the three pairs of levels are 2, 7 and 5 labels apart, in the order of the
// spec.
TEST(LevelPairs, OfThreeLevelsAreShownApart) {
    const auto audit = [](const std::vector<Json>& levels) {
        return testing::crossed({testing::factor(FactorKind::hardware, "isa", levels), testing::seeds("init", 4)},
                                [](const std::vector<int>& run, int) {
                                    const std::size_t n[] = {0, 2, 7};
                                    return testing::flipping(testing::inputs(0, n[run[0]]));
                                })
            .attribution();
    };
    const Attribution a = audit({"a", "b", "c"});
    const std::tuple<std::string, std::string, double> expected[] = {{"a", "b", 2}, {"a", "c", 7}, {"b", "c", 5}};
    ASSERT_EQ(a.rows[0].level_pairs.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const LevelPair& pair = a.rows[0].level_pairs[i];
        EXPECT_EQ(std::tie(pair.first, pair.second), std::tie(std::get<0>(expected[i]), std::get<1>(expected[i])));
        EXPECT_EQ(pair.cell.pairs, 4U);
        EXPECT_DOUBLE_EQ(pair.cell.flips->value, std::get<2>(expected[i]) / 20);
    }
    EXPECT_EQ(a.rows[0].cells[0].pairs, 12U);
    EXPECT_NEAR(a.rows[0].cells[0].flips->value, 14.0 / 3 / 20, 1e-12);
    EXPECT_TRUE(audit({"a", "b"}).rows[0].level_pairs.empty()) << "two levels are one pair: the row itself";
    EXPECT_TRUE(a.rows[1].level_pairs.empty()) << "the levels of a seed mean nothing";
}

}  // namespace
}  // namespace assay
