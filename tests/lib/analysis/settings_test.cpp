#include "analysis/settings.hpp"

#include <gtest/gtest.h>

#include "lib/analysis/audit_builder.hpp"

namespace assay {
namespace {

using testing::Audit;
using Names = std::vector<std::string>;

// Every seed flips `base` labels and, at the last level of factor `at`, `more` on top: an interaction of known size.
testing::Answer interacting(std::size_t at, std::size_t last_level, std::size_t more) {
    return [=](const std::vector<int>& levels, int) {
        const auto seed = static_cast<std::size_t>(levels.back());
        const bool hot = static_cast<std::size_t>(levels[at]) == last_level;
        return testing::flipping(seed == 0 ? std::set<std::size_t>{} : testing::inputs(0, hot ? 2 + more : 2));
    };
}

std::vector<Json> numbers(int n) {
    std::vector<Json> out;
    for (int i = 1; i <= n; ++i) out.emplace_back(i);
    return out;
}

Factor lr(int levels) { return testing::factor(FactorKind::hyperparameter, "lr", numbers(levels)); }
Factor batch(int levels) { return testing::factor(FactorKind::hyperparameter, "batch", numbers(levels)); }
Factor model() { return testing::factor(FactorKind::architecture, "model", {"dense", "cnn"}); }
Factor isa() { return testing::factor(FactorKind::hardware, "isa", {"a", "b"}); }
Factor init() { return testing::seeds("init", 2); }

TEST(Settings, TheFactorThatInteractsMostSplitsTheTable) {
    // Both cannot split: 3 x 2 columns are more than 4.
    EXPECT_EQ(testing::crossed({lr(3), batch(2), init()}, interacting(0, 2, 9)).attribution().setting_factors,
              (Names{"hyperparameter.lr"}));
    EXPECT_EQ(testing::crossed({lr(3), batch(2), init()}, interacting(1, 1, 9)).attribution().setting_factors,
              (Names{"hyperparameter.batch"}));
    EXPECT_EQ(testing::crossed({lr(3), batch(2), init()}, interacting(0, 2, 0)).attribution().setting_factors,
              (Names{"hyperparameter.lr"}))
        << "of equals the first in the spec";
}

TEST(Settings, SplitByTwoFactorsWhileThereAreFourColumns) {
    const Attribution a = testing::crossed({model(), lr(2), init()}, interacting(1, 1, 9)).attribution();
    EXPECT_EQ(a.setting_factors, (Names{"architecture.model", "hyperparameter.lr"})) << "in the order of the spec";
    Names names;
    for (const Setting& setting : a.settings) names.push_back(setting.name);
    EXPECT_EQ(names, (Names{"dense, lr 1", "dense, lr 2", "cnn, lr 1", "cnn, lr 2"}));
    ASSERT_EQ(a.rows.size(), 1U);
    for (std::size_t s = 0; s < 4; ++s) {
        EXPECT_EQ(a.rows[0].cells[s].flips->value, s % 2 == 0 ? 2.0 / 20 : 11.0 / 20) << names[s];
    }
}

TEST(Settings, ManyLevelsDoNotMakeManyColumns) {
    EXPECT_EQ(testing::crossed({lr(8), init()}, interacting(0, 7, 9)).attribution().settings.size(), 8U);
    const Attribution nine = testing::crossed({lr(9), batch(2), init()}, interacting(0, 8, 9)).attribution();
    EXPECT_EQ(nine.setting_factors, (Names{"hyperparameter.batch"})) << "9 columns are too many";
    const Attribution alone = testing::crossed({lr(9), init()}, interacting(0, 8, 9)).attribution();
    ASSERT_EQ(alone.settings.size(), 1U);
    EXPECT_EQ(alone.settings[0].name, "all runs");
    ASSERT_EQ(alone.rows.size(), 2U) << "then it is a row";
    EXPECT_EQ(alone.rows[0].level_pairs.size(), 36U);
}

TEST(Settings, WhatOneAsksAboutStaysARow) {
    const Attribution a = testing::crossed({isa(), lr(2), init()}, interacting(0, 1, 9)).attribution();
    EXPECT_EQ(a.setting_factors, (Names{"hyperparameter.lr"}));
    ASSERT_EQ(a.rows.size(), 2U);
    EXPECT_EQ(a.rows[0].factor, "hardware.isa");
    EXPECT_EQ(a.rows[1].factor, "seed.init");
}

// lr flips 2 labels for dense; 5 for cnn.
TEST(Settings, TheirOwnFactorsHaveARowForEachCombinationOfTheOthers) {
    const Attribution a =
        testing::crossed({model(), lr(2), testing::seeds("init", 4)}, [](const std::vector<int>& levels, int) {
            const std::size_t n = levels[0] == 0 ? 2 : 5;
            return testing::flipping(testing::inputs(0, levels[1] == 0 ? 0 : n));
        }).attribution();
    struct Row {
        std::string factor, where;
        double flips;
    };
    const Row rows[] = {{"architecture.model", "lr 1", 0},
                        {"architecture.model", "lr 2", 3.0 / 20},
                        {"hyperparameter.lr", "model dense", 2.0 / 20},
                        {"hyperparameter.lr", "model cnn", 5.0 / 20}};
    ASSERT_EQ(a.setting_rows.size(), std::size(rows));
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        EXPECT_EQ(a.setting_rows[i].factor, rows[i].factor);
        EXPECT_EQ(a.setting_rows[i].where, rows[i].where);
        ASSERT_EQ(a.setting_rows[i].cells.size(), 1U);
        EXPECT_EQ(a.setting_rows[i].cells[0].pairs, 4U);
        EXPECT_EQ(a.setting_rows[i].cells[0].flips->value, rows[i].flips) << rows[i].where;
    }
}

}  // namespace
}  // namespace assay
