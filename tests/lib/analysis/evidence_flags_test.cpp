// Outcomes that are not numbers, each by an audit made for it.
#include <gtest/gtest.h>

#include "lib/analysis/evidence_builder.hpp"

namespace assay {
namespace {

using testing::Audit;
using testing::planted_answers;
using Strings = std::vector<std::string>;
using Levels = std::vector<int>;

Factor lr() { return testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}); }
Factor isa(std::size_t levels = 2) {
    return testing::factor(FactorKind::hardware, "isa",
                           levels == 2 ? std::vector<Json>{"a", "b"} : std::vector<Json>{"a", "b", "c"});
}

// One factor and seeds, which act on their own.
Audit seeded(const Factor& varied, int seeds, const testing::Answer& answer) {
    return testing::crossed({varied, testing::seeds("all", seeds)}, answer);
}
Predictions of_seed(const Levels& levels) { return planted_answers({{2, 0, levels[1]}}); }
Predictions of_cell(const Levels& levels) { return planted_answers({{2, 0, 100 * levels[0] + levels[1]}}); }

// The same with every probability of an input moved by one unit of the last place.
Predictions nudged(const Predictions& p) {
    std::vector<float> values;
    for (const float x : p.probabilities) values.push_back(std::nextafter(x, 2.0F));
    return testing::table_of(values, p.n_classes);
}

TEST(EvidenceFlags, AllIdentical) {
    const Audit audit = seeded(lr(), 6, [](const Levels&, int) { return planted_answers({{2, 0, 7}}); });
    const Evidence evidence = testing::evidence(audit);
    ASSERT_EQ(evidence.seeds.size(), 2U);
    EXPECT_EQ(evidence.seeds[0].flags, Strings{"ALL_IDENTICAL"});
    EXPECT_EQ(evidence.seeds[0].variance.value, 0);
    EXPECT_EQ(evidence.seeds[0].variance.flags, Strings{"NONE_OBSERVED"});
    EXPECT_EQ(evidence.seeds[0].population.flags, Strings{"NONE_OBSERVED"});
    EXPECT_FALSE(evidence.seeds[0].population.interval);
    EXPECT_EQ(evidence.tests[0].untested.code, "BITWISE_INVARIANT");
    EXPECT_EQ(evidence.inputs[0].disagreement, 0);
    EXPECT_EQ(evidence.inputs[0].top_1, std::nullopt);
}

TEST(EvidenceFlags, Untestable) {
    const Evidence evidence = testing::evidence(seeded(lr(), 5, [](const Levels& l, int) { return of_cell(l); }));
    const Untested expected = {"UNTESTABLE",
                               "too few seeds to tell a direction from chance; 6 seeds are enough for 1 test", 6, 1};
    EXPECT_EQ(evidence.tests[0].untested, expected);
    EXPECT_EQ(evidence.tests[0].smallest_p, 0.0625);
    EXPECT_TRUE(evidence.tests[0].p) << "it is still shown";
    EXPECT_EQ(testing::evidence(seeded(lr(), 6, [](const Levels& l, int) { return of_cell(l); })).tests[0].untested,
              Untested{});
}

// Two factors: Holm asks for 7 seeds of two levels, unless one of them changes no bit and is no test.
TEST(EvidenceFlags, OnlyWhatIsTestedCountsForHolm) {
    const auto audit = [](int seeds, bool hardware_acts) {
        return testing::crossed({lr(), isa(), testing::seeds("all", seeds)}, [=](const Levels& l, int) {
            return of_cell({hardware_acts ? 2 * l[0] + l[1] : l[0], l[2]});
        });
    };
    const Evidence both = testing::evidence(audit(6, true)), one = testing::evidence(audit(6, false));
    EXPECT_EQ(both.tests[0].untested.code, "UNTESTABLE");
    EXPECT_EQ(both.tests[0].untested.seeds_needed, 7U);
    EXPECT_EQ(both.tests[0].untested.family, 2U);
    EXPECT_EQ(one.tests[0].untested, Untested{});
    EXPECT_EQ(one.tests[0].p_holm, one.tests[0].p);
    EXPECT_EQ(one.tests[1].untested.code, "BITWISE_INVARIANT");
    EXPECT_EQ(one.tests[1].untested.sentence, "every level gives the same bits for each of 6 seeds");
    EXPECT_FALSE(one.tests[1].p || one.tests[1].p_holm);
    EXPECT_TRUE(one.tests[1].shifts.empty());
    EXPECT_EQ(testing::evidence(audit(7, true)).tests[0].untested, Untested{});
}

TEST(EvidenceFlags, BitwiseInvariant) {
    const Evidence evidence = testing::evidence(seeded(isa(), 6, [](const Levels& l, int) { return of_seed(l); }));
    const HardwareEffect& effect = evidence.hardware.at(0);
    EXPECT_EQ(effect.verdict, "BITWISE_INVARIANT");
    EXPECT_EQ(effect.bitwise_equal, 6U);
    EXPECT_EQ(effect.ratio.value, 0);
    EXPECT_NEAR(*effect.amplified_bound, 1 - std::pow(0.05, 1.0 / 6), 1e-9);
}

TEST(EvidenceFlags, NumericalOnly) {
    const Evidence evidence = testing::evidence(
        seeded(isa(), 6, [](const Levels& l, int) { return l[0] == 0 ? of_seed(l) : nudged(of_seed(l)); }));
    const HardwareEffect& effect = evidence.hardware.at(0);
    EXPECT_EQ(effect.verdict, "NUMERICAL_ONLY");
    EXPECT_EQ(effect.amplified_ratio, std::nullopt);
    EXPECT_EQ(effect.bitwise_equal, 0U);
    EXPECT_EQ(effect.label_changes, 0U);
    EXPECT_EQ(effect.amplified, 0U);
    EXPECT_GT(effect.max_d2, 0);
    EXPECT_LT(effect.max_d2, 1e-13);
    EXPECT_NEAR(*effect.amplified_bound, 1 - std::pow(0.05, 1.0 / 6), 1e-9);
}

TEST(EvidenceFlags, NoSeedPairs) {
    const Evidence evidence = testing::evidence(seeded(isa(), 1, [](const Levels& l, int) { return of_cell(l); }));
    EXPECT_EQ(evidence.hardware.at(0).flags, Strings{"NO_SEED_PAIRS"});
    EXPECT_EQ(evidence.hardware[0].verdict, "INDETERMINATE");
    EXPECT_EQ(evidence.hardware[0].amplified_share, std::nullopt);
}

TEST(EvidenceFlags, NoSeedVariation) {
    const Evidence evidence = testing::evidence(seeded(isa(), 4, [](const Levels& l, int) {
        return planted_answers({{2, 0, l[0]}});
    }));
    EXPECT_EQ(evidence.hardware.at(0).flags, Strings{"NO_SEED_VARIATION"});
    EXPECT_EQ(evidence.hardware[0].ratio.flags, Strings{"ZERO_DENOMINATOR"});
}

TEST(EvidenceFlags, TooFewUnits) {
    const Evidence evidence = testing::evidence(seeded(isa(), 3, [](const Levels& l, int) { return of_cell(l); }));
    EXPECT_EQ(evidence.seeds.at(0).variance.flags, Strings{"CI_TOO_FEW_UNITS"});
    EXPECT_EQ(evidence.seeds[0].population.flags, Strings{"CI_TOO_FEW_UNITS"});
    EXPECT_EQ(evidence.seeds[0].variance.units, 3U);
    EXPECT_FALSE(evidence.seeds[0].variance.interval);
    EXPECT_EQ(evidence.hardware.at(0).ratio.flags, Strings{"CI_TOO_FEW_UNITS"});
    EXPECT_EQ(evidence.hardware[0].verdict, "INDETERMINATE");
    EXPECT_EQ(evidence.tests.at(0).shifts.at(0).shift2.flags, Strings{"CI_TOO_FEW_UNITS"});
}

// Seed 3 is another world, the others agree but for a little.
TEST(EvidenceFlags, OneRunDominates) {
    const Evidence evidence = testing::evidence(seeded(lr(), 8, [](const Levels& l, int) {
        std::vector<testing::Part> parts = {{1, 0, l[1]}, {1, 1, l[0]}};
        if (l[1] == 3) parts.push_back({3, 2, l[0]});
        return planted_answers(parts);
    }));
    EXPECT_EQ(evidence.seeds.at(0).variance.flags, Strings{"ONE_RUN_DOMINATES"});
    EXPECT_EQ(evidence.tests.at(0).shifts.at(0).shift2.flags, Strings{"ONE_RUN_DOMINATES"});
    EXPECT_EQ(evidence.seeds[0].variance.dominating, (Dominating{"seed.all 4", {"004"}}));
    EXPECT_EQ(evidence.seeds[0].population.dominating, evidence.seeds[0].variance.dominating);
    EXPECT_EQ(evidence.seeds.at(1).variance.dominating, (Dominating{"seed.all 4", {"012"}}));
    EXPECT_EQ(evidence.tests[0].shifts[0].shift2.dominating, (Dominating{"seed.all 4", {"004", "012"}}));
}

TEST(EvidenceFlags, OneUnitCarriesAllOfTheEffect) {
    const Evidence evidence = testing::evidence(
        seeded(isa(), 6, [](const Levels& l, int) { return l[0] == 1 && l[1] == 2 ? of_cell(l) : of_seed(l); }));
    const HardwareEffect& effect = evidence.hardware.at(0);
    EXPECT_EQ(effect.verdict, "SOMETIMES_AMPLIFIED");
    EXPECT_EQ(effect.amplified, 1U);
    EXPECT_EQ(effect.ratio.flags, Strings{"UNBOUNDED"});
    EXPECT_EQ(effect.ratio.interval->high, std::nullopt);
    EXPECT_EQ(effect.ratio.dominating, (Dominating{"seed.all 3", {"003", "009"}}));
    // The one amplified seed of six: six times the mean over all of them.
    EXPECT_NEAR(*effect.amplified_ratio, 6 * *effect.ratio.value, 1e-8);
}

// Runs are lost in four ways, each taking its seed out of the test, and nothing else.
TEST(EvidenceFlags, LostRunsTakeTheirSeedOutOfTheTest) {
    Audit audit = seeded(lr(), 12, [](const Levels& l, int) { return of_cell(l); });
    testing::end_as(audit.runs[0], RunState::diverged, "NaN");
    audit.runs[1] = {};
    testing::end_as(audit.runs[14], RunState::failed, "exit code 1");
    std::vector<float> one_class;
    for (std::size_t i = 0; i < 120; ++i) one_class.insert(one_class.end(), {0.9F, 0.1F});
    audit.runs[15] = testing::completed(audit.plan.runs[15].request, testing::table_of(one_class, 2));
    ASSERT_EQ(outcome_of(audit.runs[15]), Outcome::collapsed);
    const Evidence evidence = testing::evidence(audit);
    const FactorTest& test = evidence.tests.at(0);
    EXPECT_EQ(test.seeds, 8U);
    EXPECT_EQ(test.seeds_left_out, 4U);
    EXPECT_EQ(test.runs, 16U);
    EXPECT_EQ(test.p_total, 128U);
    EXPECT_EQ(evidence.seeds.at(0).variance.units, 10U) << "a variance needs no partner";
    EXPECT_EQ(evidence.inputs.at(0).runs, 10U);

    const Audit eight = seeded(lr(), 8, [](const Levels& l, int) { return of_cell({l[0], l[1] + 4}); });
    EXPECT_EQ(testing::evidence(eight).tests.at(0).p, test.p);
    EXPECT_EQ(testing::evidence(eight).tests.at(0).shifts, test.shifts);
}

// A comparison of two levels needs the runs of these two only.
TEST(EvidenceFlags, AThirdLevelThatWasLostDoesNotSpoilTheOthers) {
    Audit audit = seeded(isa(3), 8, [](const Levels& l, int) { return of_cell(l); });
    for (std::size_t seed = 0; seed < 3; ++seed) testing::end_as(audit.runs[16 + seed], RunState::diverged, "NaN");
    const FactorTest test = testing::evidence(audit).tests.at(0);
    EXPECT_EQ(test.seeds, 5U);
    EXPECT_EQ(test.seeds_left_out, 3U);
    ASSERT_EQ(test.shifts.size(), 3U);
    EXPECT_EQ(test.shifts[0].first + test.shifts[0].second, "ab");
    EXPECT_EQ(test.shifts[0].shift2.units, 8U);
    EXPECT_EQ(test.shifts[1].shift2.units, 5U);
    EXPECT_EQ(test.shifts[2].first + test.shifts[2].second, "bc");
}

}  // namespace
}  // namespace assay
