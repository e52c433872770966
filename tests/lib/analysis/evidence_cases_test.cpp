// Audits that lack something, or have more than two of something.
#include <gtest/gtest.h>

#include "lib/analysis/evidence_builder.hpp"

namespace assay {
namespace {

using testing::Audit;
using testing::drawn;
using Levels = std::vector<int>;

Factor lr() { return testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}); }
Factor three_machines() { return testing::factor(FactorKind::hardware, "isa", {"a", "b", "c"}); }
std::uint64_t key(const Levels& l) {
    std::uint64_t out = 0;
    for (const int level : l) out = 10 * out + static_cast<std::uint64_t>(level) + 1;
    return out;
}
Predictions own(const Levels& levels, int) { return drawn(key(levels)); }

TEST(EvidenceCases, WithoutAUsableRunThereIsNone) {
    Audit audit = testing::crossed({lr(), testing::seeds("all", 2)}, own);
    for (RunData& run : audit.runs) testing::end_as(run, RunState::diverged, "NaN");
    Evidence nothing;
    nothing.left_out = "no run can be used";
    EXPECT_EQ(testing::evidence(audit), nothing);
}

TEST(EvidenceCases, OneUsableRunComparesWithNothing) {
    Audit audit = testing::crossed({lr(), three_machines(), testing::seeds("all", 2)}, own);
    for (std::size_t i = 1; i < audit.runs.size(); ++i) testing::end_as(audit.runs[i], RunState::diverged, "NaN");
    const Evidence evidence = testing::evidence(audit);
    EXPECT_EQ(evidence.left_out, "");
    ASSERT_EQ(evidence.tests.size(), 2U);
    for (const FactorTest& test : evidence.tests) {
        EXPECT_FALSE(test.untested.empty());
        EXPECT_FALSE(test.p || test.p_holm || test.f);
        EXPECT_TRUE(test.shifts.empty());
    }
    EXPECT_TRUE(evidence.hardware.empty() && evidence.seeds.empty() && evidence.inputs.empty());
    EXPECT_FALSE(evidence.self_audit);
}

TEST(EvidenceCases, TooManyRunsAreNotCompared) {
    Audit audit = testing::empty_audit("factorial", {testing::seeds("all", 1)});
    const Predictions one = testing::flipping({});
    for (std::size_t i = 0; i <= k_rows_max; ++i) testing::add_run(audit, {0}, 0, 0, one);
    const Evidence evidence = testing::evidence(audit);
    EXPECT_EQ(evidence.left_out, "more than 3000 usable runs: too many to compare all pairs");
    EXPECT_TRUE(evidence.tests.empty() && evidence.seeds.empty());
}

TEST(EvidenceCases, WithoutSeedsNothingHasAUnit) {
    const Evidence evidence = testing::evidence(testing::crossed({lr(), three_machines()}, own));
    ASSERT_EQ(evidence.tests.size(), 2U);
    for (const FactorTest& test : evidence.tests) {
        EXPECT_FALSE(test.untested.empty());
        EXPECT_FALSE(test.p);
    }
    ASSERT_EQ(evidence.hardware.size(), 2U);
    for (const HardwareEffect& effect : evidence.hardware) {
        EXPECT_EQ(effect.pairs, 3U);
        EXPECT_EQ(effect.verdict, "INDETERMINATE");
        EXPECT_EQ(effect.flags, std::vector<std::string>{"NO_SEED_PAIRS"});
        EXPECT_FALSE(effect.effect.interval);
    }
    EXPECT_TRUE(evidence.seeds.empty());
    EXPECT_TRUE(evidence.inputs.empty());
}

TEST(EvidenceCases, WithoutLabelsInputsAreStillCompared) {
    Audit audit = testing::crossed({testing::seeds("all", 6)}, own);
    const InputStability without = testing::evidence(audit).inputs.at(0);
    EXPECT_TRUE(without.class_disagreement.empty());
    EXPECT_EQ(without.test_set_luck, std::nullopt);
    EXPECT_EQ(without.near_best, 6U) << "no accuracy tells them apart";
    audit.labels.emplace(120, 0);
    for (std::size_t i = 0; i < 120; i += 2) (*audit.labels)[i] = 3;
    const InputStability with = testing::evidence(audit).inputs.at(0);
    ASSERT_EQ(with.class_disagreement.size(), 4U);
    EXPECT_EQ(with.class_disagreement[1], std::nullopt) << "no input of this class";
    EXPECT_NEAR((*with.class_disagreement[0] + *with.class_disagreement[3]) / 2, *with.disagreement, 1e-9);
    EXPECT_EQ(with.disagreement, without.disagreement);
    audit.labels->back() = -1;
    EXPECT_TRUE(testing::evidence(audit).inputs.at(0).class_disagreement.empty()) << "a label that is no class";
}

// 120 inputs, all of class 0. One point of accuracy is 1.2 inputs: a run that is wrong about 1 more is near the best,
// one that is wrong about 2 more is not. With 100 inputs, one point is one input exactly.
TEST(EvidenceCases, NearTheBestIsWithinOnePoint) {
    const std::pair<std::size_t, std::size_t> rows[] = {{120, 2}, {100, 2}, {99, 1}};
    for (const auto& [inputs, near] : rows) {
        Audit audit = testing::crossed({testing::seeds("all", 3)}, [n = inputs](const Levels& l, int) {
            std::vector<float> values;
            for (std::size_t i = 0; i < n; ++i) {
                const bool wrong = i < 11 + static_cast<std::size_t>(l[0]);
                values.insert(values.end(), {wrong ? 0.25F : 0.75F, wrong ? 0.75F : 0.25F});
            }
            return testing::table_of(values, 2);
        });
        audit.labels.emplace(inputs, 0);
        const InputStability row = testing::evidence(audit).inputs.at(0);
        EXPECT_EQ(row.near_best, near > 1 ? near : 0U) << inputs;
    }
}

TEST(EvidenceCases, TwoInputsAreEnoughForRuns) {
    Audit audit =
        testing::crossed({lr(), testing::seeds("all", 6)}, [](const Levels& l, int) { return drawn(key(l), 2); });
    audit.labels = {0, 1};
    const Evidence evidence = testing::evidence(audit);
    EXPECT_TRUE(evidence.tests.at(0).p);
    EXPECT_TRUE(evidence.seeds.at(0).variance.interval);
    EXPECT_FALSE(evidence.seeds[0].population.interval);
    EXPECT_EQ(evidence.inputs.at(0).inputs, 2U);
}

TEST(EvidenceCases, ThreeMachinesHaveThreePairs) {
    const Evidence evidence = testing::evidence(testing::crossed({three_machines(), testing::seeds("all", 4)}, own));
    const FactorTest& test = evidence.tests.at(0);
    EXPECT_EQ(test.p_total, 216U) << "6 ^ 3";
    EXPECT_EQ(test.df_effect, 2U);
    EXPECT_EQ(test.df_error, 6U);
    EXPECT_EQ(test.shifts.size(), 3U);
    EXPECT_EQ(test.untested, Untested{}) << "four seeds are enough for three levels";
    EXPECT_EQ(evidence.hardware.at(0).pairs, 12U);
    EXPECT_EQ(evidence.hardware[0].seeds, 4U);
    EXPECT_EQ(evidence.hardware[0].amplified, 4U);
}

// lr 0.2 never converges: what is said is of lr 0.1, and it says so.
TEST(EvidenceCases, AConfigurationKeepsItsNameWhenTheOtherIsLost) {
    Audit audit = testing::crossed({lr(), testing::seeds("all", 4)}, own);
    for (std::size_t i = 4; i < 8; ++i) testing::end_as(audit.runs[i], RunState::diverged, "NaN");
    const Evidence evidence = testing::evidence(audit);
    ASSERT_EQ(evidence.seeds.size(), 1U);
    EXPECT_EQ(evidence.seeds[0].where, "lr 0.1");
    EXPECT_EQ(evidence.inputs.at(0).where, "lr 0.1");
    EXPECT_EQ(testing::evidence(testing::crossed({testing::seeds("all", 4)}, own)).seeds.at(0).where, "");
}

// Seeds of their own at each level (an imported table): whole seeds change places.
TEST(EvidenceCases, NestedSeedsAreTestedAsGroups) {
    const auto nested = [](int at_first, int at_second) {
        Audit audit = testing::empty_audit("factorial", {lr(), testing::seeds("all", at_first + at_second)});
        for (int seed = 0; seed < at_first + at_second; ++seed) {
            const Levels levels = {seed < at_first ? 0 : 1, seed};
            testing::add_run(audit, levels, 0, 0, own(levels, 0));
        }
        return testing::evidence(audit).tests.at(0);
    };
    const FactorTest enough = nested(4, 5);
    EXPECT_TRUE(enough.nested);
    EXPECT_EQ(enough.untested, Untested{});
    EXPECT_EQ(enough.p_total, 126U) << "9 over 4";
    EXPECT_EQ(enough.shifts.size(), 1U);
    EXPECT_TRUE(nested(3, 3).p);
    EXPECT_EQ(nested(3, 3).untested.sentence,
              "too few seeds to tell a direction from chance; 4 seeds at each level are enough for 1 test");
    EXPECT_EQ(nested(3, 3).untested.seeds_needed, 4U);
}

// A screen: this factor moves at the base only, and the runs of the other factor's change say nothing about it.
// An imported table with unequal cells: a combination that lacks a level says nothing either.
TEST(EvidenceCases, UnequalCellsCompareWhatCanBeCompared) {
    Audit audit = testing::empty_audit("factorial", {three_machines(), lr(), testing::seeds("all", 6)});
    for (int seed = 0; seed < 6; ++seed) {
        for (const Levels& cell : {Levels{0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 1}}) {
            const Levels levels = {cell[0], cell[1], seed};
            testing::add_run(audit, levels, 0, 0, own(levels, 0));
        }
    }
    const Evidence evidence = testing::evidence(audit);
    const FactorTest &isa = evidence.tests.at(0), &rate = evidence.tests.at(1);
    EXPECT_EQ(isa.levels, 3U);
    EXPECT_EQ(isa.seeds, 6U);
    EXPECT_EQ(isa.runs, 18U) << "at lr 0.1 alone";
    EXPECT_TRUE(isa.p);
    EXPECT_EQ(rate.levels, 2U);
    EXPECT_EQ(rate.runs, 24U) << "on machines a and b";
    EXPECT_TRUE(rate.p);
}

// Crossed streams: two retrains share no seed. Runs that share their initial weights are closer, and do not count.
TEST(EvidenceCases, RetrainsShareNoSeed) {
    const Audit audit = testing::crossed({testing::seeds("init", 5), testing::seeds("shuffle", 5)},
                                         [](const Levels& l, int) { return drawn(static_cast<std::uint64_t>(l[0])); });
    const Audit plain = testing::crossed({testing::seeds("init", 5)},
                                         [](const Levels& l, int) { return drawn(static_cast<std::uint64_t>(l[0])); });
    const Evidence crossed = testing::evidence(audit), single = testing::evidence(plain);
    EXPECT_EQ(crossed.inputs.at(0).runs, 25U);
    EXPECT_NEAR(*crossed.inputs[0].disagreement, *single.inputs.at(0).disagreement, 1e-9);
    EXPECT_NEAR(*crossed.seeds.at(0).variance.value, *single.seeds.at(0).variance.value, 1e-11);
    ASSERT_EQ(crossed.seeds[0].streams.size(), 2U);
    EXPECT_NEAR(*crossed.seeds[0].streams[0].total.value, 1, 1e-9);
    EXPECT_EQ(crossed.seeds[0].streams[1].total.value, 0) << "shuffling changes no bit";
    EXPECT_NEAR(*crossed.seeds[0].streams[1].first_order.value, 0, 1e-9);
}

}  // namespace
}  // namespace assay
