// Whole audits: the order of rows, what a setting holds, and that seeds, never inputs, are the units.
#include "analysis/attribute.hpp"

#include <gtest/gtest.h>

#include "lib/analysis/audit_builder.hpp"

namespace assay {
namespace {

using testing::Audit;

// Each seed flips some labels of its own; lr 0.2 and the hardware flip more.
Audit everything() {
    Audit audit =
        testing::crossed({testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2}), testing::seeds("init", 5),
                          testing::factor(FactorKind::hardware, "isa", {"a", "b"}), testing::seeds("shuffle", 4)},
                         [](const std::vector<int>& levels, int) {
                             const auto at = [&](std::size_t f) { return static_cast<std::size_t>(levels[f]); };
                             std::set<std::size_t> flipped = testing::inputs(0, at(1) * (at(0) + 1));
                             flipped.insert(10 + at(3));
                             if (at(2) == 1) flipped.insert(15 + at(0) + at(1) % 2);
                             return testing::flipping(flipped);
                         });
    audit.labels.emplace();
    for (std::size_t i = 0; i < testing::k_inputs; ++i) audit.labels->push_back(static_cast<std::int64_t>(i % 4));
    return audit;
}

TEST(Attribute, HasARowForEachFactorInTheOrderOfTheSpec) {
    const Attribution a = everything().attribution();
    EXPECT_EQ(a.n_inputs, testing::k_inputs);
    EXPECT_EQ(a.n_classes, testing::k_classes);
    ASSERT_EQ(a.rows.size(), 3U);
    const std::tuple<std::string, FactorKind, std::size_t> expected[] = {{"seed.init", FactorKind::seed, 80},
                                                                         {"hardware.isa", FactorKind::hardware, 20},
                                                                         {"seed.shuffle", FactorKind::seed, 60}};
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(a.rows[i].factor, std::get<0>(expected[i]));
        EXPECT_EQ(a.rows[i].kind, std::get<1>(expected[i]));
        ASSERT_EQ(a.rows[i].cells.size(), 2U);
        for (const EffectCell& cell : a.rows[i].cells) {
            EXPECT_EQ(cell.pairs, std::get<2>(expected[i]));
            EXPECT_EQ(cell.units, 4U);
        }
    }
    ASSERT_EQ(a.setting_rows.size(), 1U);
    EXPECT_EQ(a.setting_rows[0].cells[0].pairs, 40U);
}

// Seeds i and j of init are |i - j| (lr 0.1) or 2 |i - j| labels apart: the mean of |i - j| of five is 2.
TEST(Attribute, FindsThePlantedEffects) {
    const Attribution a = everything().attribution();
    const double expected[3][2] = {{2.0 / 20, 4.0 / 20}, {1.0 / 20, 1.0 / 20}, {2.0 / 20, 2.0 / 20}};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t s = 0; s < 2; ++s) {
            // In isa b an odd and an even seed differ in two labels more: 6 of the 10 pairs.
            const double extra = row == 0 ? 2.0 * 6 / 10 / 2 / 20 : 0;
            EXPECT_NEAR(a.rows[row].cells[s].flips->value, expected[row][s] + extra, 1e-12) << a.rows[row].factor;
        }
    }
}

TEST(Attribute, SettingsHoldTheirRunsAndAccuracies) {
    const Attribution a = everything().attribution();
    for (std::size_t s = 0; s < 2; ++s) {
        const Setting& setting = a.settings[s];
        EXPECT_EQ(setting.runs, 40U);
        EXPECT_EQ(setting.outcomes[0], 40U);
        // Right are the labels that are not flipped: 2 (s + 1) by init on average, 1 by shuffle, 1 by half of the isa.
        EXPECT_NEAR(*setting.accuracy_mean, 1 - (2 * static_cast<double>(s + 1) + 1.5) / 20, 1e-12);
        EXPECT_DOUBLE_EQ(*setting.accuracy_max, 19.0 / 20);
        EXPECT_DOUBLE_EQ(*setting.accuracy_min, (20 - 4 * static_cast<double>(s + 1) - 2) / 20);
    }
    EXPECT_EQ(a.accuracies.size(), 80U);
}

TEST(Attribute, WithoutLabelsThereIsNoAccuracy) {
    Audit audit = everything();
    audit.labels.reset();
    const Attribution a = audit.attribution();
    for (const Setting& setting : a.settings) EXPECT_FALSE(setting.accuracy_mean || setting.accuracy_min);
    EXPECT_EQ(a.rows, everything().attribution().rows) << "flips need none";
}

Predictions twice(const Predictions& once) {
    std::vector<float> values = once.probabilities;
    values.insert(values.end(), once.probabilities.begin(), once.probabilities.end());
    return predictions_from_array(
               array_of<float>(NumericType::float32, {2 * once.n_inputs, once.n_classes}, std::span(values)))
        .predictions.value();
}

// Twice the inputs are no more evidence: all of them were answered by the same few seeds.
TEST(Attribute, SeedsAreTheUnitsNotInputs) {
    const Attribution once = everything().attribution();
    Audit doubled = everything();
    for (RunData& run : doubled.runs) run.predictions = twice(*run.predictions);
    doubled.labels.reset();
    const Attribution a = doubled.attribution();
    ASSERT_EQ(a.n_inputs, 2 * testing::k_inputs);
    for (std::size_t row = 0; row < a.rows.size(); ++row) {
        for (std::size_t s = 0; s < 2; ++s) {
            const EffectCell &more = a.rows[row].cells[s], &less = once.rows[row].cells[s];
            EXPECT_EQ(more.units, less.units);
            for (const auto estimate : {&EffectCell::flips, &EffectCell::distance}) {
                const Estimate &x = *(more.*estimate), &y = *(less.*estimate);
                EXPECT_NEAR(x.value, y.value, 1e-12);
                ASSERT_TRUE(x.interval && y.interval) << a.rows[row].factor;
                EXPECT_NEAR(x.interval->low, y.interval->low, 1e-12);
                EXPECT_NEAR(*x.interval->high, *y.interval->high, 1e-12);
            }
        }
    }
}

}  // namespace
}  // namespace assay
