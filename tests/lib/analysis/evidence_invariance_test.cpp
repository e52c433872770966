// What must not matter to the evidence, and the control: replays of runs as the levels of nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "lib/analysis/evidence_builder.hpp"

namespace assay {
namespace {

using testing::Audit;
using testing::expect_same;
using testing::flat;
using Levels = std::vector<int>;

std::uint64_t key_of(const Levels& l) { return static_cast<std::uint64_t>(100 * l[0] + 10 * l[1] + l[2]); }

// Two rates, three machines, 8 seeds; four runs are lost.
Audit irregular() {
    Audit audit =
        testing::crossed({testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}),
                          testing::factor(FactorKind::hardware, "isa", {"a", "b", "c"}), testing::seeds("all", 8)},
                         [](const Levels& l, int) { return testing::drawn(key_of(l)); });
    testing::end_as(audit.runs[0], RunState::diverged, "NaN");
    testing::end_as(audit.runs[17], RunState::failed, "exit code 1");
    audit.runs[40] = {};
    audit.labels.emplace();
    for (std::size_t i = 0; i < 120; ++i) audit.labels->push_back(static_cast<std::int64_t>(i * 7 % 4));
    return audit;
}

// The audit with other inputs: entry i is the old input rows[i].
Audit with_inputs(Audit audit, const std::vector<std::int64_t>& rows) {
    for (RunData& run : audit.runs) {
        if (!run.predictions) continue;
        std::vector<float> values;
        for (const std::int64_t row : rows) {
            const float* p = run.predictions->row(static_cast<std::size_t>(row));
            values.insert(values.end(), p, p + testing::k_classes);
        }
        run.predictions = testing::table_of(values, testing::k_classes);
    }
    const std::vector<std::int64_t> labels = *audit.labels;
    audit.labels->clear();
    for (const std::int64_t row : rows) audit.labels->push_back(labels[static_cast<std::size_t>(row)]);
    return audit;
}

TEST(EvidenceInvariance, TheAuditSaysSomethingOfEverything) {
    const Evidence evidence = testing::evidence(irregular());
    EXPECT_EQ(evidence.tests.size(), 2U);
    EXPECT_TRUE(evidence.tests[0].p && evidence.tests[1].p);
    EXPECT_EQ(evidence.tests[1].shifts.size(), 3U);
    EXPECT_EQ(evidence.hardware.size(), 2U);
    EXPECT_EQ(evidence.seeds.size(), 6U);
    ASSERT_EQ(evidence.inputs.size(), 6U);
    EXPECT_FALSE(evidence.inputs[0].unstable.empty());
    EXPECT_LT(evidence.inputs[0].unstable.size(), 120U);
    EXPECT_TRUE(evidence.inputs[0].test_set_luck);
    EXPECT_TRUE(evidence.seeds[0].population.interval);
}

TEST(EvidenceInvariance, TheOrderOfExecutionChangesNoBit) {
    Audit audit = irregular();
    const Evidence before = testing::evidence(audit);
    std::reverse(audit.plan.order.begin(), audit.plan.order.end());
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        if (audit.runs[i].record) audit.runs[i].record->started = "2031-01-01T00:00:" + std::to_string(10 + i) + "Z";
    }
    EXPECT_EQ(testing::evidence(audit), before);
}

TEST(EvidenceInvariance, AskedTwiceItSaysTheSame) {
    EXPECT_EQ(testing::evidence(irregular()), testing::evidence(irregular()));
}

// The first run of a configuration is the deployed model, so runs of one configuration keep their order.
TEST(EvidenceInvariance, TheOrderOfConfigurationsInThePlanDoesNotMatter) {
    const Audit audit = irregular();
    Audit moved = audit;
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        const std::size_t from = (5 - i / 8) * 8 + i % 8;
        moved.plan.runs[i] = audit.plan.runs[from];
        moved.runs[i] = audit.runs[from];
    }
    expect_same(flat(testing::evidence(audit)), flat(testing::evidence(moved)));
}

TEST(EvidenceInvariance, TheOrderOfLevelsDoesNotMatter) {
    const Audit audit = irregular();
    Audit moved = audit;
    std::swap(moved.plan.factors[1].levels[0], moved.plan.factors[1].levels[2]);
    for (PlannedRun& run : moved.plan.runs) run.levels[1] = 2 - run.levels[1];
    Evidence a = testing::evidence(audit), b = testing::evidence(moved);
    // The same three pairs, named the other way round; shift2 knows no direction, kappa and the spread do.
    const auto shifts = a.tests[1].shifts;
    for (const LevelShift& shift : b.tests[1].shifts) {
        const auto match = std::find_if(shifts.begin(), shifts.end(), [&](const LevelShift& other) {
            return other.first == shift.second && other.second == shift.first;
        });
        ASSERT_NE(match, shifts.end());
        EXPECT_NEAR(*match->shift2.value, *shift.shift2.value, 1e-9 * std::abs(*shift.shift2.value));
        EXPECT_NEAR(*match->spread_ratio, 1 / *shift.spread_ratio, 1e-8);
        EXPECT_NEAR(*match->spread_p, *shift.spread_p, 1e-8);
    }
    a.tests[1].shifts.clear();
    b.tests[1].shifts.clear();
    expect_same(flat(a), flat(b));
}

// Folds of inputs go by their place, so that the population column is the one thing that an order of inputs decides.
TEST(EvidenceInvariance, TheOrderOfInputsDoesNotMatter) {
    const auto rows = Random(1, "evidence.inputs").permutation(120);
    const Evidence a = testing::evidence(irregular()), b = testing::evidence(with_inputs(irregular(), rows));
    expect_same(flat(a, false), flat(b, false));
    for (std::size_t c = 0; c < a.inputs.size(); ++c) {
        std::vector<std::size_t> moved;
        for (const std::size_t input : b.inputs[c].unstable) moved.push_back(static_cast<std::size_t>(rows[input]));
        std::sort(moved.begin(), moved.end());
        EXPECT_EQ(moved, a.inputs[c].unstable);
    }
}

// Inputs are no replicates: each of them twice, and not one interval or p-value of runs moves.
TEST(EvidenceInvariance, DuplicatedInputsMakeNothingSurer) {
    std::vector<std::int64_t> rows(240);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int64_t>(i % 120);
    expect_same(flat(testing::evidence(irregular()), false),
                flat(testing::evidence(with_inputs(irregular(), rows)), false), 1e-8);
}

TEST(EvidenceControl, WithoutReplaysThereIsNone) { EXPECT_FALSE(testing::evidence(irregular()).self_audit); }

// Replays are repeats of runs, no more seeds.
TEST(EvidenceControl, ReplaysChangeNothingElse) {
    Audit audit = irregular();
    const Evidence before = testing::evidence(audit);
    for (std::size_t run = 1; run < 9; ++run) testing::replay(audit, run, testing::drawn(5000 + run));
    Evidence after = testing::evidence(audit);
    EXPECT_TRUE(after.self_audit);
    EXPECT_FALSE(after.repeats.empty());
    after.repeats.clear();
    expect_same(flat(after), flat(before));
}

TEST(EvidenceControl, RepeatsThatAreIdenticalNeedNoTest) {
    Audit audit = irregular();
    for (std::size_t run = 1; run < 9; ++run) testing::replay(audit, run, *audit.runs[run].predictions);
    testing::replay(audit, 0, testing::drawn(9));  // of a run that diverged
    const SelfAudit control = *testing::evidence(audit).self_audit;
    EXPECT_EQ(control.pairs, 8U);
    EXPECT_EQ(control.bitwise_equal, 8U);
    EXPECT_FALSE(control.p);
    EXPECT_EQ(control.untested, Untested{});
}

// Runs 8 ... 15 are the seeds of one configuration. Repeats with differences of their own: nothing to find. Repeats
// that all move by the same: the smallest p there is.
TEST(EvidenceControl, RepeatsThatDifferAreTested) {
    const auto control = [](int drift) {
        Audit audit = testing::crossed({testing::seeds("all", 8)}, [](const Levels& l, int) {
            return testing::planted_answers({{2, 0, l[0]}});
        });
        for (std::size_t run = 0; run < 8; ++run) {
            const int of_run = static_cast<int>(run);
            testing::replay(audit, run,
                            drift > 0 ? testing::planted_answers({{2, 0, of_run}, {drift, 1, 0}})
                                      : testing::planted_answers({{2, 0, of_run}, {1, 2, of_run}}));
        }
        return *testing::evidence(audit).self_audit;
    };
    EXPECT_EQ(control(0).pairs, 8U);
    EXPECT_EQ(control(0).bitwise_equal, 0U);
    EXPECT_EQ(control(0).seeds, 8U);
    EXPECT_EQ(control(0).untested, Untested{});
    EXPECT_GT(*control(0).p, 0.05);
    EXPECT_EQ(control(1).p, 1.0 / 128);
}

TEST(EvidenceControl, OfOneSeedSaysWhyThereIsNoTest) {
    Audit audit = irregular();
    testing::replay(audit, 3, testing::drawn(77));
    const SelfAudit control = *testing::evidence(audit).self_audit;
    EXPECT_EQ(control.pairs, 1U);
    EXPECT_FALSE(control.p);
    EXPECT_FALSE(control.untested.empty());
}

}  // namespace
}  // namespace assay
