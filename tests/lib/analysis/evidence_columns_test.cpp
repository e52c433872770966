// Figures beside the tests: components that cannot be, repeats, lists that could not be made, mean accuracy, levels
// with seeds of their own. Each by an audit made for it.
#include <gtest/gtest.h>

#include "lib/analysis/evidence_builder.hpp"
#include "stats/distance.hpp"
#include "stats/population.hpp"

namespace assay {
namespace {

using testing::Audit;
using testing::drawn;
using testing::planted_answers;
using Strings = std::vector<std::string>;
using Levels = std::vector<int>;

Factor lr() { return testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}); }

double d2_of(const Audit& audit, std::size_t a, std::size_t b) {
    const Predictions &p = *audit.runs[a].predictions, &q = *audit.runs[b].predictions;
    return distance_between(p.probabilities, q.probabilities, p.n_classes).hellinger2;
}

// In each block two answers: one where init and shuffle agree, one where they do not. Changing both brings the first
// answer back, so runs that share a seed are farther apart than runs that share none: no law of independent seeds does
// that.
TEST(EvidenceColumns, ComponentsBelowZeroAreAMisfit) {
    const Audit audit = testing::crossed(
        {testing::seeds("init", 8), testing::seeds("shuffle", 8)},
        [](const Levels& l, int) {
            return planted_answers({{4, 0, (l[0] + l[1]) % 2}});
        },
        4);
    const SeedShares shares = testing::evidence(audit).seeds.at(0);
    ASSERT_EQ(shares.components.size(), 3U);
    for (const std::size_t alone : {0U, 1U}) {
        const Figure& component = shares.components[alone].component;
        EXPECT_EQ(shares.components[alone].streams.size(), 1U);
        EXPECT_LT(*component.value, 0);
        EXPECT_LT(*component.interval->high, 0);
        EXPECT_EQ(component.flags.back(), "MODEL_MISFIT");
    }
    EXPECT_EQ(shares.components[2].streams, (Strings{"seed.init", "seed.shuffle"}));
    EXPECT_GT(*shares.components[2].component.value, 0);
    EXPECT_EQ(shares.components[2].component.flags, Strings{});
}

TEST(EvidenceColumns, OneStreamHasNoComponents) {
    const Audit audit = testing::crossed({testing::seeds("all", 5)},
                                         [](const Levels& l, int) { return drawn(static_cast<std::uint64_t>(l[0])); });
    EXPECT_TRUE(testing::evidence(audit).seeds.at(0).components.empty());
}

// Six seeds at two rates. `noise` of the seeds at the first rate repeat with other answers.
Audit with_repeats(std::size_t noisy, std::size_t times = 1) {
    Audit audit = testing::crossed({lr(), testing::seeds("all", 6)}, [](const Levels& l, int) {
        return drawn(static_cast<std::uint64_t>(10 * l[0] + l[1]));
    });
    for (std::size_t run = 0; run < 6; ++run) {
        for (std::size_t k = 0; k < times; ++k) {
            testing::replay(audit, run, run < noisy ? drawn(100 + 10 * k + run) : *audit.runs[run].predictions);
            audit.plan.runs.back().request.replicate = static_cast<int>(k) + 1;
        }
    }
    return audit;
}

TEST(EvidenceColumns, IdenticalRepeatsBoundWhatTheyDidNotShow) {
    // 1 - 0.05^(1/k): python3 -c "for k in (6, 12): print(1 - 0.05 ** (1 / k))"
    for (const auto& [times, bound] : {std::pair<std::size_t, double>{1, 0.39303776899}, {2, 0.22092219194}}) {
        const Evidence evidence = testing::evidence(with_repeats(0, times));
        ASSERT_EQ(evidence.repeats.size(), 1U) << "the second rate has none";
        const RepeatEffect& repeat = evidence.repeats[0];
        EXPECT_EQ(repeat.repeats, 6 * times);
        EXPECT_NEAR(repeat.nondeterminism_bound.value(), bound, 1e-9);
        EXPECT_EQ(repeat.effect.factor, "nothing");
        EXPECT_EQ(repeat.effect.where, "lr 0.1");
        EXPECT_EQ(repeat.effect.verdict, "BITWISE_INVARIANT");
        EXPECT_EQ(evidence.self_audit->repeats, 6 * times);
        EXPECT_NEAR(evidence.self_audit->nondeterminism_bound.value(), bound, 1e-9);
        EXPECT_EQ(evidence.self_audit->pairs, 6U) << "a run and its first repeat";
    }
}

TEST(EvidenceColumns, RepeatsThatDifferAreMeasuredBesideSeeds) {
    const Audit audit = with_repeats(3);
    const Evidence evidence = testing::evidence(audit);
    const RepeatEffect& repeat = evidence.repeats.at(0);
    EXPECT_EQ(repeat.nondeterminism_bound, std::nullopt);
    EXPECT_EQ(evidence.self_audit->nondeterminism_bound, std::nullopt);
    EXPECT_EQ(repeat.effect.amplified, 3U);
    EXPECT_EQ(repeat.effect.verdict, "SOMETIMES_AMPLIFIED");
    double same = 0, amplified = 0, others = 0, pairs = 0;  // a run and its repeat; two seeds, repeats among them
    for (std::size_t a = 0; a < 6; ++a) {
        same += d2_of(audit, a, 12 + a) / 12;
        amplified += a < 3 ? d2_of(audit, a, 12 + a) / 6 : 0;
        for (std::size_t b = 0; b < a; ++b) {
            for (const std::size_t r : {a, 12 + a}) {
                for (const std::size_t s : {b, 12 + b}) {
                    others += d2_of(audit, r, s) / 2;
                    ++pairs;
                }
            }
        }
    }
    EXPECT_NEAR(*repeat.effect.ratio.value, same / (others / pairs), 1e-8);
    EXPECT_NEAR(*repeat.effect.amplified_ratio, amplified / (others / pairs), 1e-8);
}

TEST(EvidenceColumns, TheControlHasItsPWithWhatItMeans) {
    const SelfAudit control = *testing::evidence(with_repeats(6)).self_audit;
    ASSERT_TRUE(control.p);
    EXPECT_EQ(control.p_total, 32U) << "2 ^ 5";
    EXPECT_EQ(control.smallest_p, 1.0 / 32);
    EXPECT_TRUE(control.exhaustive);
    EXPECT_EQ(*control.p, static_cast<double>(control.p_count) / 32);
}

TEST(EvidenceColumns, AListThatCouldNotBeMadeIsNoEmptyList) {
    const auto inputs = [](const testing::Answer& answer, std::vector<Factor> factors) {
        return testing::evidence(testing::crossed(std::move(factors), answer)).inputs.at(0);
    };
    const InputStability same = inputs([](const Levels&, int) { return drawn(1); }, {testing::seeds("all", 6)});
    EXPECT_EQ(same.no_list, "no run ever disagrees");
    const InputStability alone = inputs([](const Levels& l, int) { return drawn(static_cast<std::uint64_t>(l[0])); },
                                        {testing::seeds("init", 6), testing::seeds("shuffle", 1)});
    EXPECT_EQ(alone.no_list, "no two runs share no seed");
    const InputStability made = inputs([](const Levels& l, int) { return drawn(static_cast<std::uint64_t>(l[0])); },
                                       {testing::seeds("all", 12)});
    EXPECT_EQ(made.no_list, "");
    EXPECT_FALSE(made.unstable.empty());
    // Of 20 runs two flip a few of 120 inputs: a law fits, and no input is surely unstable.
    const InputStability calm = inputs(
        [](const Levels& l, int) {
            std::vector<float> values;
            for (int i = 0; i < 120; ++i) {
                const bool flip = (l[0] == 5 && i < 3) || (l[0] == 6 && i < 2);
                const float first = flip == (i % 2 == 0) ? 0.4F : 0.6F;
                values.insert(values.end(), {first, 1 - first});
            }
            return testing::table_of(values, 2);
        },
        {testing::seeds("all", 20)});
    EXPECT_EQ(calm.no_list, "");
    EXPECT_TRUE(calm.unstable.empty());
}

Audit labelled(Audit audit) {
    audit.labels.emplace();
    for (std::size_t i = 0; i < audit.runs[0].predictions->n_inputs; ++i)
        audit.labels->push_back(static_cast<std::int64_t>(i % 2));
    return audit;
}
Predictions of_seeds(const Levels& l, int) {
    std::uint64_t key = 1;
    for (const int level : l) key = 10 * key + static_cast<std::uint64_t>(level);
    return drawn(key);
}

// Blocks: the runs of one are averaged first, so that three rows are independent.
TEST(EvidenceColumns, MeanAccuracyOfBlocksTakesBlocksForUnits) {
    const Audit audit =
        labelled(testing::crossed({testing::seeds("init", 6), testing::seeds("shuffle", 6)}, of_seeds, 3));
    const InputStability row = testing::evidence(audit).inputs.at(0);
    EXPECT_EQ(row.runs, 12U);
    EXPECT_EQ(row.accuracy.units, 3U);
    std::vector<double> table(3 * 120, 0);
    for (std::size_t run = 0; run < 12; ++run) {
        const auto labels = predicted_labels(*audit.runs[run].predictions);
        for (std::size_t i = 0; i < 120; ++i)
            table[run / 4 * 120 + i] += labels[i] == static_cast<std::int32_t>(i % 2) ? 0.25 : 0;
    }
    const MeanInterval interval = mean_interval(mean_variance(*run_input_table(table, 3))).value();
    EXPECT_NEAR(row.accuracy.interval.value().low, interval.low, 1e-9);
    EXPECT_NEAR(*row.accuracy.interval->high, interval.high, 1e-9);
    EXPECT_EQ(row.accuracy_variance, std::nullopt) << "runs of a block share seeds";
}

TEST(EvidenceColumns, MeanAccuracyWithoutAnIntervalSaysWhy) {
    struct Row {
        Audit audit;
        std::string flag;
    };
    const Row rows[] = {
        {labelled(testing::crossed({testing::seeds("init", 4), testing::seeds("shuffle", 4)}, of_seeds)),
         "CROSSED_SEEDS"},
        {labelled(testing::crossed({testing::seeds("all", 3)}, of_seeds)), "CI_TOO_FEW_UNITS"},
        {labelled(testing::crossed({testing::seeds("all", 5)},
                                   [](const Levels&, int) {
                                       std::vector<float> values;
                                       for (int i = 0; i < 50; ++i)
                                           values.insert(values.end(), {0.9F, 0.1F, 0.1F, 0.9F});
                                       return testing::table_of(values, 2);
                                   })),
         "NOTHING_VARIES"},
    };
    for (const Row& row : rows) {
        const Figure accuracy = testing::evidence(row.audit).inputs.at(0).accuracy;
        EXPECT_TRUE(accuracy.value) << row.flag;
        EXPECT_FALSE(accuracy.interval) << row.flag;
        EXPECT_EQ(accuracy.flags, Strings{row.flag});
    }
    const Audit blind = testing::crossed({testing::seeds("all", 5)}, of_seeds);
    EXPECT_EQ(testing::evidence(blind).inputs.at(0).accuracy, Figure{}) << "without labels";
}

TEST(EvidenceColumns, LevelsWithSeedsOfTheirOwnHaveAShiftAndASpread) {
    Audit audit = testing::empty_audit("factorial", {lr(), testing::seeds("all", 9)});
    for (int seed = 0; seed < 9; ++seed)
        testing::add_run(audit, {seed < 4 ? 0 : 1, seed}, 0, 0, drawn(static_cast<std::uint64_t>(seed)));
    const FactorTest test = testing::evidence(audit).tests.at(0);
    ASSERT_TRUE(test.nested);
    ASSERT_EQ(test.shifts.size(), 1U);
    const LevelShift& shift = test.shifts[0];
    EXPECT_EQ(shift.first + " " + shift.second, "0.1 0.2");
    const auto mean = [&](std::size_t a0, std::size_t a1, std::size_t b0, std::size_t b1) {
        double sum = 0, pairs = 0;
        for (std::size_t a = a0; a < a1; ++a) {
            for (std::size_t b = std::max(b0, a + 1); b < b1; ++b) {
                sum += d2_of(audit, a, b);
                ++pairs;
            }
        }
        return sum / pairs;
    };
    const double v_a = mean(0, 4, 0, 4) / 2, v_b = mean(4, 9, 4, 9) / 2, between = mean(0, 4, 4, 9);
    EXPECT_NEAR(*shift.shift2.value, between - v_a - v_b, 1e-11);
    EXPECT_NEAR(*shift.kappa, (between - v_a - v_b) / v_a, 1e-8);
    EXPECT_NEAR(*shift.spread_ratio, v_b / v_a, 1e-8);
    EXPECT_EQ(shift.shift2.units, 4U);
    EXPECT_TRUE(shift.shift2.interval && shift.kappa_interval && shift.spread_interval && shift.spread_p);
}

// Every seed of one stream crosses every seed of the other: no two groups are independent.
TEST(EvidenceColumns, CrossedStreamsCannotBeTested) {
    const Audit audit = testing::crossed({lr(), testing::seeds("init", 3), testing::seeds("shuffle", 3)}, of_seeds);
    const FactorTest test = testing::evidence(audit).tests.at(0);
    EXPECT_EQ(test.untested.code, "SEEDS_SHARE_STREAMS");
    EXPECT_FALSE(test.p);
}

TEST(EvidenceColumns, WhyThereIsNoTestIsACode) {
    Audit audit = testing::crossed({lr(), testing::seeds("all", 3)}, of_seeds);
    audit.runs[0] = {};
    audit.runs[1] = {};
    EXPECT_EQ(testing::evidence(audit).tests.at(0).untested.code, "TOO_FEW_COMMON_SEEDS");
    audit.runs[2] = {};
    EXPECT_EQ(testing::evidence(audit).tests.at(0).untested.code, "ONE_LEVEL");
    Audit nested = testing::empty_audit("factorial", {lr(), testing::seeds("all", 3)});
    for (int seed = 0; seed < 3; ++seed)
        testing::add_run(nested, {seed / 2, seed}, 0, 0, drawn(static_cast<std::uint64_t>(seed)));
    EXPECT_EQ(testing::evidence(nested).tests.at(0).untested.code, "TOO_FEW_SEEDS_AT_A_LEVEL");
}

}  // namespace
}  // namespace assay
