#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/safetensors.hpp"
#include "lib/analysis/audit_builder.hpp"

namespace assay {
namespace {

using testing::Audit;

// Answers follow the seed of init only.
Predictions by_init(const std::vector<int>& levels, int) {
    return testing::flipping(testing::inputs(0, static_cast<std::size_t>(levels[0])));
}

Audit with_dropout(int n, const testing::Answer& answer) {
    return testing::crossed({testing::seeds("init", 2), testing::seeds("dropout", n)}, answer);
}

std::vector<UnwiredStream> unwired(const std::string& factor, std::size_t pairs) { return {{factor, pairs}}; }

TEST(SeedWiring, AStreamThatChangesNoBitIsAnError) {
    const Attribution a = with_dropout(3, by_init).attribution();
    EXPECT_EQ(a.unwired, unwired("seed.dropout", 6));
    EXPECT_TRUE(a.findings.empty());
}

TEST(SeedWiring, OnePairIsEnoughAndNoneIsNot) {
    Audit audit = with_dropout(2, by_init);
    testing::end_as(audit.runs[0], RunState::failed, "exit code 1");
    EXPECT_EQ(audit.attribution().unwired, unwired("seed.dropout", 1));
    audit.runs[2] = {};
    EXPECT_TRUE(audit.attribution().unwired.empty()) << "no two usable runs differ in dropout alone";
}

TEST(SeedWiring, CollapsedRunsSayNothing) {
    const Attribution a = with_dropout(3, [](const auto&, int) { return testing::collapsed(); }).attribution();
    EXPECT_TRUE(a.unwired.empty());
    EXPECT_TRUE(a.findings.empty());
}

TEST(SeedWiring, OneBitInOneRunIsEnoughToAcquit) {
    const Attribution a = with_dropout(2, [](const std::vector<int>& levels, int) {
                              const bool last = levels[0] == 1 && levels[1] == 1;
                              return testing::flipping(testing::inputs(0, static_cast<std::size_t>(levels[0])),
                                                       last ? std::nextafter(0.9F, 1.0F) : 0.9F);
                          }).attribution();
    EXPECT_TRUE(a.unwired.empty());
    EXPECT_TRUE(a.findings.empty());
}

TEST(SeedWiring, AReplayIsNoPair) {
    Audit audit = with_dropout(2, by_init);
    testing::replay(audit, 1, testing::flipping({7}));
    EXPECT_EQ(audit.attribution().unwired, unwired("seed.dropout", 2)) << "the repeat differs; the stream does not";
}

TEST(SeedWiring, StreamsThatMoveTogetherAreOne) {
    const auto same = [](const auto&, int) { return testing::flipping({1}); };
    const Attribution a =
        testing::repeated({testing::seeds("init", 4), testing::seeds("shuffle", 4)}, same).attribution();
    EXPECT_EQ(a.unwired, unwired("seed", 6));
    EXPECT_EQ(testing::repeated({testing::seeds("all", 3)}, same).attribution().unwired, unwired("seed.all", 3));
}

TEST(SeedWiring, BlocksCountTheirOwnPairs) {
    const Attribution a =
        testing::crossed({testing::seeds("init", 4), testing::seeds("dropout", 4)}, by_init, 2).attribution();
    EXPECT_EQ(a.unwired, unwired("seed.dropout", 4));
}

// The levels are those of: the first factor, init, dropout.
Attribution partly(const Factor& factor, const std::function<bool(int)>& reads) {
    return testing::crossed({factor, testing::seeds("init", 2), testing::seeds("dropout", 3)},
                            [&](const std::vector<int>& levels, int) {
                                const int dropout = reads(levels[0]) ? levels[2] : 0;
                                return testing::flipping(
                                    {static_cast<std::size_t>(levels[1]), static_cast<std::size_t>(4 + dropout)});
                            })
        .attribution();
}

TEST(SeedWiring, WhereOnlySomeSettingsReadIsANote) {
    const Factor dropout = testing::factor(FactorKind::architecture, "dropout", {0, 0.2, 0.5});
    const Attribution one = partly(dropout, [](int level) { return level > 0; });
    EXPECT_TRUE(one.unwired.empty());
    EXPECT_EQ(one.findings,
              (std::vector<Finding>{
                  {"D0108", "seed.dropout changes no bit where dropout is 0 (6 pairs); elsewhere it does"}}));
    const Attribution two = partly(dropout, [](int level) { return level == 1; });
    EXPECT_EQ(two.findings[0].sentence,
              "seed.dropout changes no bit where dropout is 0 or 0.5 (12 pairs); elsewhere it does");
    EXPECT_TRUE(partly(dropout, [](int) { return true; }).findings.empty());
    EXPECT_EQ(partly(dropout, [](int) { return false; }).unwired, unwired("seed.dropout", 18));
}

// Neither factor alone tells the settings apart: dropout acts where both are at their second level.
TEST(SeedWiring, SettingsThatNoFactorTellsApartAreCounted) {
    const Attribution a =
        testing::crossed({testing::factor(FactorKind::architecture, "dropout", {0, 0.2}),
                          testing::factor(FactorKind::hyperparameter, "epochs", {0, 3}), testing::seeds("dropout", 3)},
                         [](const std::vector<int>& levels, int) {
                             const bool acts = levels[0] == 1 && levels[1] == 1;
                             return testing::flipping({static_cast<std::size_t>(acts ? levels[2] : 9)});
                         })
            .attribution();
    ASSERT_EQ(a.findings.size(), 1U);
    EXPECT_EQ(a.findings[0].sentence,
              "seed.dropout changes no bit in 3 of 4 configurations (9 pairs); elsewhere it does");
}

// Equal answers, but something else says that the seed was read.
TEST(SeedWiring, OtherWeightsOrStepsAcquit) {
    const std::function<void(RunRecord&, std::string)> traces[] = {
        [](RunRecord& record, std::string digest) {
            record.weights = {{"layer", "F32", {1}, std::move(digest)}};
        },
        [](RunRecord& record, std::string digest) {
            record.members["steps.npy"] = {std::move(digest), 8};
        },
    };
    for (const auto& trace : traces) {
        Audit audit = with_dropout(2, by_init);
        for (std::size_t i = 0; i < audit.runs.size(); ++i)
            trace(*audit.runs[i].record, "by init " + std::to_string(i / 2));
        EXPECT_EQ(audit.attribution().unwired, unwired("seed.dropout", 2)) << "equal weights, too";
        trace(*audit.runs[3].record, "another");
        const Attribution a = audit.attribution();
        EXPECT_TRUE(a.unwired.empty());
        ASSERT_EQ(a.findings.size(), 1U);
        EXPECT_EQ(a.findings[0].code, "D0109");
        EXPECT_EQ(a.findings[0].sentence,
                  "seed.dropout changes no bit of the answers in 2 pairs, though weights or steps differ: it is read, "
                  "and these answers do not show it");
    }
}

// A perfect classifier that writes 0 and 1 answers alike whatever its seed.
TEST(SeedWiring, HardLabelsAloneProveNothing) {
    Audit audit = with_dropout(2, [](const std::vector<int>& levels, int) {
        return testing::flipping(testing::inputs(0, static_cast<std::size_t>(levels[0])), 1.0F);
    });
    const Attribution a = audit.attribution();
    EXPECT_TRUE(a.unwired.empty());
    ASSERT_EQ(a.findings.size(), 1U);
    EXPECT_EQ(a.findings[0].code, "D0110");
    EXPECT_EQ(a.findings[0].sentence,
              "seed.dropout changes no bit in 2 pairs; hard labels (0 or 1) cannot show whether it reaches the model");
    for (RunData& run : audit.runs) run.record->weights = {{"layer", "F32", {1}, "equal"}};
    EXPECT_EQ(audit.attribution().unwired, unwired("seed.dropout", 2)) << "equal weights say more than labels";
}

// A command that reads the rate only where `reads`.
Audit with_rate(bool reads) {
    Audit audit = testing::crossed(
        {testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}), testing::seeds("init", 2)},
        [&](const std::vector<int>& levels, int) {
            return testing::flipping({static_cast<std::size_t>(2 * levels[1] + (reads ? levels[0] : 0))});
        });
    for (PlannedRun& run : audit.plan.runs) run.request.trainer = Json::Object{{"kind", "exec"}};
    return audit;
}

TEST(ParameterWiring, AParameterThatChangesNoBitIsAFinding) {
    EXPECT_TRUE(with_rate(true).attribution().findings.empty());
    Audit deaf = with_rate(false);
    const std::vector<Finding> expected = {
        {"D0113", "hyperparameter.lr changes no bit in 2 pairs: the command may not read it"}};
    EXPECT_EQ(deaf.attribution().findings, expected);
    deaf.runs[0].record->weights = {{"layer", "F32", {1}, "other"}};
    EXPECT_TRUE(deaf.attribution().findings.empty()) << "weights show that it is read";
    Audit built_in = with_rate(false);
    for (PlannedRun& run : built_in.plan.runs) run.request.trainer = Json::Object{{"kind", "torch"}};
    EXPECT_TRUE(built_in.attribution().findings.empty());
}

TEST(Weights, OfAFileThatNobodyOpensAreSaidToBeNoComparison) {
    Audit audit = with_rate(true);
    for (RunData& run : audit.runs) run.record->weights = {{"model.keras", k_opaque_dtype, {9}, "digest"}};
    const auto findings = audit.attribution().findings;
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].code, "D0114");
    EXPECT_TRUE(findings[0].sentence.starts_with("The weights of 4 runs are a file")) << findings[0].sentence;
}

}  // namespace
}  // namespace assay
