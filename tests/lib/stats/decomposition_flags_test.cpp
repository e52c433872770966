#include <gtest/gtest.h>

#include "lib/stats/reference_data.hpp"
#include "stats/decomposition.hpp"

namespace assay {
namespace {

using Flags = std::vector<std::string>;
using Points = std::vector<std::vector<double>>;

// Runs of seeds x machines: factor 0 the seed, which is the unit, factor 1 the machine. values[machine][seed].
Decomposition of_machines(const Points& values, const JackknifeSettings& settings = {}) {
    Points points;
    RunLevels levels{2, {}};
    std::vector<std::vector<std::size_t>> units(1);
    for (std::size_t h = 0; h < values.size(); ++h) {
        for (std::size_t s = 0; s < values[h].size(); ++s) {
            points.push_back({values[h][s]});
            levels.values.insert(levels.values.end(), {s, h});
            units[0].push_back(s);
        }
    }
    return decompose(pair_classes(squared_distances(points), levels, units), {0b11, false, settings});
}

TEST(DecompositionFlags, ARegularAuditHasNone) {
    const Decomposition d = of_machines({{1, 5, 3, 8, 2, 6}, {1.5, 4.5, 3.4, 8.6, 1.6, 6.5}});
    EXPECT_EQ(d.flags, Flags{});
    EXPECT_EQ(d.variance.flags, Flags{});
    for (const SetEffect& u : d.sets) {
        for (const auto* estimate : {&u.effect, &u.total_index, &u.first_order, &u.component}) {
            EXPECT_EQ(estimate->flags, Flags{}) << u.factors;
            EXPECT_TRUE(estimate->interval);
        }
    }
}

// One machine gives the opposite of the other: runs that share a seed are farther apart than runs that share nothing.
TEST(DecompositionFlags, AComponentBelowZeroBeyondDoubtIsAMisfit) {
    const Decomposition d = of_machines(
        {{1, -1.02, 1.04, -1.06, 1.08, -1.1, 1.12, -1.14}, {-1, 1.02, -1.04, 1.06, -1.08, 1.1, -1.12, 1.14}});
    const JackknifeEstimate& seed = d.of(0b01).component;
    EXPECT_LT(*seed.value, -0.5);
    EXPECT_LT(*seed.interval->high, 0);
    EXPECT_EQ(seed.flags, Flags{"MODEL_MISFIT"});
    EXPECT_FALSE(d.of(0b11).component.has("MODEL_MISFIT"));
}

// Four machines with the same bits: the machine's components are 0 but for rounding, which here makes an interval below
// 0, and is no misfit.
TEST(DecompositionFlags, RoundingIsNoMisfit) {
    const std::pair<std::vector<double>, FactorSet> rows[] = {{{0.7, 3.2, 2.5, 4.8}, 0b10},
                                                              {{2.1, 2.1, 1.7, 5.3}, 0b11}};
    for (const auto& [values, set] : rows) {
        const Decomposition d = of_machines({values, values, values, values});
        const JackknifeEstimate& component = d.of(set).component;
        EXPECT_NEAR(*component.value, 0, 1e-15);
        EXPECT_LT(*component.interval->high, 0) << "or nothing is tested here";
        EXPECT_FALSE(component.has("MODEL_MISFIT"));
        EXPECT_EQ(d.of(0b10).effect.value, 0.0);
        EXPECT_EQ(d.of(0b10).effect.flags, Flags{"NONE_OBSERVED"});
        EXPECT_EQ(d.of(0b10).total_index.flags, Flags{"NONE_OBSERVED"});
        EXPECT_FALSE(d.of(0b10).effect.interval);
    }
}

TEST(DecompositionFlags, FewUnitsGiveAnEstimateWithoutAnInterval) {
    const Points values = {{1, 5, 3}, {1.5, 4.5, 3.2}};
    const Decomposition three = of_machines(values);
    EXPECT_GT(*three.variance.value, 0);
    EXPECT_FALSE(three.variance.interval);
    EXPECT_EQ(three.variance.flags, Flags{"CI_TOO_FEW_UNITS"});
    EXPECT_EQ(three.of(0b01).component.flags, Flags{"CI_TOO_FEW_UNITS"});
    EXPECT_EQ(three.variance.units, 3U);
    EXPECT_TRUE(of_machines(values, {3}).variance.interval) << "blocks: three are enough";
}

// Six seeds, but both machines ran with the first three only: the machine's effect has three units, the seed's has six.
TEST(DecompositionFlags, OnlyUnitsWithPairsCount) {
    const Decomposition d = of_machines({{1, 5, 3, 8, 2, 6}, {1.5, 4.5, 3.2}});
    EXPECT_EQ(d.of(0b10).effect.units, 3U);
    EXPECT_EQ(d.of(0b10).effect.flags, Flags{"CI_TOO_FEW_UNITS"});
    EXPECT_EQ(d.of(0b01).effect.units, 6U);
    EXPECT_TRUE(d.of(0b01).effect.interval);
}

// The same on two machines: what is left of 0 after rounding comes from one seed mostly, and means nothing.
TEST(DecompositionFlags, RoundingOfOneSeedDoesNotDominate) {
    const Decomposition d = of_machines({{8.8, 2.8, 3.3, 1.5}, {8.8, 2.8, 3.3, 1.5}});
    for (const FactorSet set : {0b10U, 0b11U}) {
        const JackknifeEstimate& component = d.of(set).component;
        EXPECT_FALSE(component.interval->one_unit_dominates);
        EXPECT_EQ(component.flags, Flags{});
        EXPECT_FALSE(component.dominating);
    }
}

// Seeds that ran on one machine only say nothing about machines: with them or without, the same interval.
TEST(DecompositionFlags, UnitsWithoutPairsDoNotNarrowAnInterval) {
    const JackknifeEstimate with = of_machines({{1, 5, 3, 8, 2, 6}, {1.5, 4.2, 3.2, 8.8}}).of(0b10).effect;
    const JackknifeEstimate without = of_machines({{1, 5, 3, 8}, {1.5, 4.2, 3.2, 8.8}}).of(0b10).effect;
    EXPECT_EQ(with.units, 4U);
    EXPECT_EQ(with.interval->degrees_of_freedom, 3U);
    EXPECT_DOUBLE_EQ(with.interval->low, without.interval->low);
    EXPECT_DOUBLE_EQ(*with.interval->high, *without.interval->high);
}

TEST(DecompositionFlags, AnEffectOfOneSeedAloneIsUnboundedAndSaysWhich) {
    const Decomposition d = of_machines({{1, 5, 3, 8, 2}, {1, 5, 3.5, 8, 2}});
    for (const auto* estimate : {&d.of(0b10).effect, &d.of(0b10).total_index}) {
        EXPECT_EQ(estimate->flags, Flags{"UNBOUNDED"});
        ASSERT_TRUE(estimate->interval);
        EXPECT_EQ(estimate->interval->low, 0);
        EXPECT_FALSE(estimate->interval->high);
        EXPECT_EQ(estimate->dominating, (UnitLabel{0, 2}));
    }
}

// Without the one seed that differs nothing varies: ratios have no denominator left.
TEST(DecompositionFlags, VariationOfOneSeedAloneIsUnboundedForRatiosToo) {
    const Decomposition d = of_machines({{1, 1, 1, 4, 1}, {1, 1, 1, 6, 1}});
    EXPECT_EQ(d.variance.flags, Flags{"UNBOUNDED"});
    for (const auto* estimate : {&d.of(0b01).total_index, &d.of(0b10).total_index, &d.of(0b01).first_order}) {
        EXPECT_EQ(estimate->flags, Flags{"UNBOUNDED"});
        EXPECT_FALSE(estimate->interval);
        EXPECT_EQ(estimate->dominating, (UnitLabel{0, 3}));
    }
}

// In any unit of measure, and on both scales.
TEST(DecompositionFlags, OneSeedFarAwayDominatesAndSaysWhich) {
    for (const double unit : {1e-3, 1.0}) {
        Points values = {{1, 1.3, 60, 1.1, 1.2, 0.9, 1.4}, {1.01, 1.33, 60.2, 1.12, 1.25, 0.92, 1.41}};
        for (auto& machine : values) {
            for (double& value : machine) value *= unit;
        }
        const Decomposition d = of_machines(values);
        for (const auto* estimate : {&d.variance, &d.of(0b01).component}) {
            EXPECT_EQ(estimate->flags, Flags{"ONE_RUN_DOMINATES"});
            EXPECT_EQ(estimate->dominating, (UnitLabel{0, 2}));
            ASSERT_TRUE(estimate->interval);
            EXPECT_TRUE(estimate->interval->high);
        }
    }
}

TEST(DecompositionFlags, IdenticalRunsHaveNoRatios) {
    const Decomposition d = of_machines({{2, 2, 2, 2, 2}, {2, 2, 2, 2, 2}});
    EXPECT_EQ(d.flags, Flags{"ALL_IDENTICAL"});
    EXPECT_EQ(d.variance.value, 0.0);
    for (const SetEffect& u : d.sets) {
        EXPECT_EQ(u.total_index.value, std::nullopt);
        EXPECT_EQ(u.total_index.flags, Flags{"ALL_IDENTICAL"});
        EXPECT_EQ(u.first_order.value, std::nullopt);
        EXPECT_EQ(u.component.value, 0.0);
        EXPECT_FALSE(u.component.interval);
    }
    EXPECT_EQ(of_machines({{2, 2, 2, 2, 2}, {2, 2, 2, 2, 3}}).flags, Flags{});
}

// Runs that differ in both factors agree, runs that differ in one do not: the variance is 0, and not all are identical.
TEST(DecompositionFlags, AVarianceOfZeroAloneIsNotIdentity) {
    const Decomposition d = of_machines({{1, 2}, {2, 1}});
    EXPECT_EQ(d.flags, Flags{});
    EXPECT_EQ(d.variance.flags, Flags{"NONE_OBSERVED"});
    EXPECT_EQ(d.of(0b01).total_index.value, std::nullopt);
    EXPECT_EQ(d.of(0b01).total_index.flags, Flags{"ZERO_DENOMINATOR"});
}

TEST(DecompositionFlags, WhatNoPairTellsIsUndefined) {
    const Decomposition one_machine = of_machines({{1, 5, 3, 8, 2}});
    EXPECT_EQ(one_machine.of(0b10).effect.value, std::nullopt);
    EXPECT_EQ(one_machine.of(0b10).effect.flags, Flags{"NO_PAIRS"});
    EXPECT_EQ(one_machine.variance.flags, Flags{"NO_PAIRS"});
    EXPECT_EQ(one_machine.of(0b01).total_index.flags, Flags{"NO_PAIRS"});
    EXPECT_EQ(one_machine.of(0b01).component.flags, Flags{"NO_PAIRS"});
    EXPECT_TRUE(one_machine.of(0b01).effect.interval);
    EXPECT_EQ(one_machine.repeats.flags, Flags{"NO_PAIRS"});
}

}  // namespace
}  // namespace assay
