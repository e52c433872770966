// Designs whose seed streams move together: what pairs, what is tested with what, what the table compares.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "analysis/effect_dimension.hpp"
#include "analysis/evidence.hpp"
#include "analysis/outcome.hpp"
#include "analysis/pairing.hpp"
#include "analysis/settings.hpp"
#include "base/random.hpp"
#include "lib/analysis/audit_builder.hpp"

namespace assay {
namespace {

using testing::Audit;

constexpr int k_seeds = 8;

Predictions same(const std::vector<int>&, int) { return testing::flipping({}); }

// The configurations (levels of the factors before the two seed streams), each with the same seeds side by side.
Audit shared_seeds(std::string design, std::vector<Factor> fixed, const std::vector<std::vector<int>>& configurations,
                   const testing::Answer& answer, int seeds = k_seeds) {
    fixed.push_back(testing::seeds("init", seeds));
    fixed.push_back(testing::seeds("shuffle", seeds));
    Audit audit = testing::empty_audit(std::move(design), std::move(fixed));
    for (std::vector<int> levels : configurations) {
        levels.resize(levels.size() + 2);
        for (int seed = 0; seed < seeds; ++seed) {
            levels[levels.size() - 2] = levels[levels.size() - 1] = seed;
            testing::add_run(audit, levels, 0, 0, answer(levels, 0));
        }
    }
    return audit;
}

std::vector<Factor> lr_dropout_isa() {
    return {testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2, 0.3}),
            testing::factor(FactorKind::architecture, "dropout", {0, 0.5}),
            testing::factor(FactorKind::hardware, "isa", {"a", "b"})};
}
// Base, lr 0.2, lr 0.3, dropout 0.5, isa b.
const std::vector<std::vector<int>> k_changes = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}, {0, 1, 0}, {0, 0, 1}};

Audit screen(const testing::Answer& answer) { return shared_seeds("screen", lr_dropout_isa(), k_changes, answer); }

Audit hardware(const testing::Answer& answer) {
    return shared_seeds("hardware", {testing::factor(FactorKind::hardware, "isa", {"a", "b", "c"})}, {{0}, {1}, {2}},
                        answer);
}

std::vector<std::pair<std::string, std::size_t>> pair_counts(const Audit& audit) {
    const std::vector<Axis> axes = axes_of(audit.plan);
    std::vector<std::pair<std::string, std::size_t>> counts;
    for (const Axis& axis : axes) counts.emplace_back(axis.name, 0);
    for (const Pair& pair : matched_pairs(audit.plan, axes, audit.runs, outcomes_of(audit.runs)))
        ++counts[pair.axis].second;
    return counts;
}

TEST(MatchedPairs, OfAScreenAreOfEachChangeAndTheBase) {
    using Counts = std::vector<std::pair<std::string, std::size_t>>;
    // Seeds: C(8,2) in each of 5 configurations. lr: its 3 levels, all pairs, in each of 8 seeds.
    EXPECT_EQ(pair_counts(screen(same)),
              (Counts{{"seed", 140}, {"hyperparameter.lr", 24}, {"architecture.dropout", 8}, {"hardware.isa", 8}}));
    EXPECT_EQ(pair_counts(hardware(same)), (Counts{{"seed", 84}, {"hardware.isa", 24}}));
    // The same runs as a factorial would have no pair of seeds at all: two streams move at once.
    Audit unaware = hardware(same);
    unaware.plan.design = "factorial";
    EXPECT_EQ(pair_counts(unaware), (Counts{{"hardware.isa", 24}, {"seed.init", 0}, {"seed.shuffle", 0}}));
}

TEST(UnitSets, OfSharedSeedsAreTheSeeds) {
    for (const Audit& audit : {screen(same), hardware(same)}) {
        const UnitSets units = unit_sets(audit.plan, axes_of(audit.plan));
        ASSERT_EQ(units.unit_of_run.size(), 1U);
        for (std::size_t run = 0; run < audit.plan.runs.size(); ++run)
            EXPECT_EQ(units.unit_of_run[0][run], run % k_seeds);
    }
}

TEST(Attribute, AScreenIsOneColumnWithoutEmptyCells) {
    const Attribution table = screen(same).attribution();
    ASSERT_EQ(table.settings.size(), 1U);
    EXPECT_TRUE(table.setting_rows.empty());
    ASSERT_EQ(table.rows.size(), 4U);
    for (const EffectRow& row : table.rows) EXPECT_EQ(row.cells.at(0).empty_reason, "") << row.factor;
}

Evidence evidence(const Audit& audit) {
    return evidence_of(audit.plan, audit.runs, outcomes_of(audit.runs), audit.labels);
}

const FactorTest& test_of(const Evidence& all, const std::string& factor) {
    const auto it = std::find_if(all.tests.begin(), all.tests.end(), [&](const auto& t) { return t.factor == factor; });
    EXPECT_NE(it, all.tests.end()) << factor;
    return *it;
}

// Seed s flips input s; every change has it flip another of the first eight instead, each of them once: no shift of the
// mean. Dropout flips inputs 10 to 15 for every seed on top.
Predictions dropout_matters(const std::vector<int>& levels, int) {
    std::set<std::size_t> flipped;
    if (levels[1] == 1) flipped = testing::inputs(10, 16);
    flipped.insert(static_cast<std::size_t>((levels[3] + levels[0] + 3 * levels[1] + 5 * levels[2]) % k_seeds));
    return testing::flipping(flipped);
}

TEST(FactorTests, OfAScreenCompareEachChangeWithTheBaseAtEverySeed) {
    const Evidence all = evidence(screen(dropout_matters));
    ASSERT_EQ(all.left_out, "");
    struct Row {
        const char* factor;
        std::size_t levels, runs;
        std::uint64_t total;
    };
    const Row rows[] = {{"hyperparameter.lr", 3, 24, 10'000},  // 6^7 are more than are listed
                        {"architecture.dropout", 2, 16, 128},
                        {"hardware.isa", 2, 16, 128}};
    for (const Row& row : rows) {
        const FactorTest& test = test_of(all, row.factor);
        EXPECT_EQ(test.untested, Untested{}) << row.factor;
        EXPECT_FALSE(test.nested);
        EXPECT_EQ(test.levels, row.levels) << row.factor;
        EXPECT_EQ(test.seeds, static_cast<std::size_t>(k_seeds)) << row.factor;
        EXPECT_EQ(test.seeds_left_out, 0U) << row.factor;
        EXPECT_EQ(test.p_total, row.total) << row.factor;
        EXPECT_EQ(test.runs, row.runs) << "runs of other changes say nothing of " << row.factor;
    }
    const FactorTest& dropout = test_of(all, "architecture.dropout");
    EXPECT_EQ(dropout.p, 1.0 / 128) << "the smallest p of 8 seeds";
    EXPECT_EQ(dropout.p_holm, 3.0 / 128);
    EXPECT_GT(test_of(all, "hyperparameter.lr").p, 0.5);
    EXPECT_GT(test_of(all, "hardware.isa").p, 0.5);
}

TEST(FactorTests, OfAFactorialUseEveryRunAndOfAScreenLoseOnlyTheSeedThatIsMissing) {
    const Evidence crossed = evidence(testing::crossed(
        {testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}),
         testing::factor(FactorKind::hardware, "isa", {"a", "b"}), testing::seeds("init", 6)},
        [](const std::vector<int>& levels, int) {
            return testing::flipping({static_cast<std::size_t>(levels[2]), static_cast<std::size_t>(10 + levels[0])});
        }));
    EXPECT_EQ(test_of(crossed, "hyperparameter.lr").runs, 24U);
    Audit audit = screen(dropout_matters);
    testing::end_as(audit.runs[3 * k_seeds], RunState::failed, "R0204");  // dropout 0.5, seed 1
    const Evidence all = evidence(audit);
    EXPECT_EQ(test_of(all, "architecture.dropout").seeds, 7U);
    EXPECT_EQ(test_of(all, "architecture.dropout").seeds_left_out, 1U);
    EXPECT_EQ(test_of(all, "hyperparameter.lr").seeds, 8U);
}

TEST(HardwareEffects, OfSharedSeedsCountEverySeedOnce) {
    // isa b and c flip input 10 for the even seeds.
    const Evidence all = evidence(hardware([](const std::vector<int>& levels, int) {
        std::set<std::size_t> flipped = {static_cast<std::size_t>(levels[1])};
        if (levels[0] > 0 && levels[1] % 2 == 0) flipped.insert(10);
        return testing::flipping(flipped);
    }));
    ASSERT_EQ(all.hardware.size(), 1U);
    EXPECT_EQ(all.hardware[0].seeds, 8U);
    EXPECT_EQ(all.hardware[0].amplified, 4U);
    EXPECT_EQ(all.hardware[0].pairs, 24U);
    EXPECT_EQ(all.hardware[0].seed_effect.units, 8U);
    EXPECT_EQ(all.hardware[0].verdict, "SOMETIMES_AMPLIFIED");
    ASSERT_EQ(all.seeds.size(), 3U) << "one of each hardware level";
    EXPECT_TRUE(all.seeds[0].streams.empty()) << "streams that move together have no shares of their own";
    EXPECT_EQ(all.seeds[0].variance.units, 8U);
}

constexpr std::size_t k_questions = 100;

// Questions of two classes. Their square roots of probabilities are points of a circle; what is added to the angle of
// one is, as long as it is small, added to the point.
Predictions on_circle(const std::function<double(std::size_t question)>& added) {
    std::vector<float> values;
    for (std::size_t i = 0; i < k_questions; ++i) {
        const double angle = (i % 2 == 0 ? 0.6 : 1.0) + added(i);
        const double root = std::cos(angle);
        values.push_back(static_cast<float>(root * root));
        values.push_back(1 - values.back());
    }
    return predictions_from_array(array_of<float>(NumericType::float32, {k_questions, 2}, std::span(values)))
        .predictions.value();
}

Audit two_levels(const testing::Answer& answer, int seeds) {
    return shared_seeds("screen", {testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2})}, {{0}, {1}}, answer,
                        seeds);
}

// Independent noise of one size in d questions has dimension d. Standard deviation of the estimate over 4,000 audits of
// normal noise, numpy: 0.033 of d with 63 degrees of freedom, 0.045 with 46. The bounds are five of them.
TEST(EffectDimensions, CountTheDirectionsOfIndependentNoise) {
    for (const std::size_t directions : {5U, 20U, 60U}) {
        Random random(1, "dimensions", directions);
        const Audit audit = two_levels(
            [&](const std::vector<int>&, int) {
                return on_circle([&](std::size_t i) { return i < directions ? 0.02 * random.near_normal() : 0; });
            },
            64);
        const auto found = effect_dimensions(audit.plan, audit.runs);
        ASSERT_EQ(found.size(), 1U);
        const auto expected = static_cast<double>(directions);
        EXPECT_NEAR(found.at("hyperparameter.lr"), expected, 0.165 * expected);
    }
}

// What a seed or a level adds to every run is no part of how the change varies. Here each has more variance than the
// noise has, in one direction; either alone would bring the dimension below 10.
TEST(EffectDimensions, LeaveOutWhatSeedsAndLevelsShare) {
    Random random(2, "dimensions");
    const auto answer = [&](const std::vector<int>& levels, int) {
        return on_circle([&](std::size_t i) {
            if (i < 30) return 0.02 * random.near_normal();
            return i < 90 ? 0 : i < 95 ? 0.06 * levels[0] : 0.01 * levels[1];
        });
    };
    const Audit audit = shared_seeds("hardware", {testing::factor(FactorKind::hardware, "isa", {"a", "b", "c"})},
                                     {{0}, {1}, {2}}, answer, 24);
    EXPECT_NEAR(effect_dimensions(audit.plan, audit.runs).at("hardware.isa"), 30, 0.225 * 30);
}

TEST(EffectDimensions, AreNothingWithoutEnoughRuns) {
    Random random(3, "dimensions");
    const auto answer = [&](const std::vector<int>&, int) {
        return on_circle([&](std::size_t) { return 0.02 * random.near_normal(); });
    };
    Audit audit = two_levels(answer, 6);
    EXPECT_EQ(effect_dimensions(audit.plan, audit.runs).size(), 1U);
    audit.runs[0] = {};
    EXPECT_TRUE(effect_dimensions(audit.plan, audit.runs).empty()) << "five seeds at both levels";
    for (RunData& run : audit.runs) run = {};
    EXPECT_TRUE(effect_dimensions(audit.plan, audit.runs).empty()) << "no run";
    EXPECT_TRUE(effect_dimensions(hardware(same).plan, hardware(same).runs).empty()) << "nothing varies";
    const Audit large = two_levels(answer, 251);
    EXPECT_TRUE(effect_dimensions(large.plan, large.runs).empty()) << "502 runs";
}

}  // namespace
}  // namespace assay
