#include <gtest/gtest.h>

#include <charconv>
#include <map>

#include "analysis/attribute.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "lib/analysis/audit_builder.hpp"

namespace assay {
namespace {

using testing::Audit;

struct Expected {
    std::size_t row;
    bool flips;
    std::size_t pairs, units;
    double value, low, high;
};

void expect_figures(const Attribution& a, const std::vector<Expected>& rows) {
    for (const Expected& row : rows) {
        SCOPED_TRACE(a.rows[row.row].factor + (row.flips ? " flips" : " distance"));
        const EffectCell& cell = a.rows[row.row].cells[0];
        const Estimate& estimate = row.flips ? *cell.flips : *cell.distance;
        EXPECT_EQ(cell.pairs, row.pairs);
        EXPECT_EQ(cell.units, row.units);
        ASSERT_TRUE(estimate.interval && estimate.interval->high) << estimate.flag;
        EXPECT_NEAR(estimate.value, row.value, 1e-10 * row.value);
        EXPECT_NEAR(estimate.interval->low, row.low, 1e-9 * row.low);
        EXPECT_NEAR(*estimate.interval->high, row.high, 1e-9 * row.high);
    }
}

// 8 seeds, gradients summed in one chunk or in two: real trainings.
Audit real_audit() {
    std::map<std::string, std::vector<float>> runs;
    const std::string file = read_file(ASSAY_SOURCE_DIR "/fixtures/reference/statistics/g2_hardware_by_seed_probs.csv");
    for (const std::string& line : split_lines(file)) {
        const std::vector<std::string> fields = split(line, ',');  // run, hardware, seed, example, label, p0 ... p4
        for (std::size_t i = 5; i < fields.size() && fields[0] != "run"; ++i) {
            double value = 0;
            std::from_chars(fields[i].data(), fields[i].data() + fields[i].size(), value);
            runs[fields[1] + " " + fields[2]].push_back(static_cast<float>(value));
        }
    }
    return testing::crossed(
        {testing::factor(FactorKind::hardware, "chunks", {1, 2}), testing::seeds("all", 8)},
        [&](const std::vector<int>& levels, int) {
            const auto& values = runs.at("chunks" + std::to_string(levels[0] + 1) + " " + std::to_string(levels[1]));
            return predictions_from_array(array_of<float>(NumericType::float32, {40, 5}, std::span(values)))
                .predictions.value();
        });
}

// Expected values here and below: attribution_reference.py beside this file.
TEST(Effects, OfRealRunsAgreeWithAnIndependentComputation) {
    expect_figures(real_audit().attribution(),
                   {{0, true, 8, 8, 0.0625, 0.012013585338916052, 0.3251527241702225},
                    {0, false, 8, 8, 0.01029313580023496, 0.00024433548073560517, 0.4336195639008538},
                    {1, true, 56, 8, 0.2758928571428571, 0.22512722074243688, 0.3381060201046616},
                    {1, false, 56, 8, 0.07509347339048102, 0.062179963868926054, 0.09068885529965613}});
}

TEST(Effects, OfRealRunsByOtherDistancesAgreeWithAnIndependentComputation) {
    struct Row {
        std::optional<Estimate> EffectCell::*estimate;
        double value, low, high;
    };
    const Row rows[] = {{&EffectCell::jensen_shannon, 0.0996819691738587, 0.08364453675362607, 0.11879430939579398},
                        {&EffectCell::total_variation, 0.24855764186500884, 0.22241464467502878, 0.27777353159349016},
                        {&EffectCell::brier, 0.12859071888324222, 0.10955446866028223, 0.1509347193694511}};
    const EffectCell cell = real_audit().attribution().rows[1].cells[0];
    for (const Row& row : rows) {
        const Estimate& found = *(cell.*row.estimate);
        EXPECT_NEAR(found.value, row.value, 1e-10 * row.value);
        EXPECT_NEAR(found.interval->low, row.low, 1e-9 * row.low);
        EXPECT_NEAR(*found.interval->high, row.high, 1e-9 * row.high);
    }
}

// Whole classes apart: total variation and Jensen-Shannon end at 1, Brier at 2.
TEST(Effects, OtherDistancesHaveTheirOwnEnds) {
    const Audit audit = testing::crossed({testing::seeds("all", 5)}, [](const std::vector<int>& levels, int) {
        return testing::answers(std::vector<std::size_t>(8, static_cast<std::size_t>(levels[0])), 1, 5);
    });
    const EffectCell cell = audit.attribution().rows[0].cells[0];
    EXPECT_EQ(cell.total_variation->value, 1);
    EXPECT_NEAR(cell.jensen_shannon->value, 1, 1e-13);
    EXPECT_EQ(cell.brier->value, 2);
    EXPECT_EQ(cell.brier->interval->high, 2) << "of equal values the interval has no width";
}

// Seed 3 flips nine labels at b, the others one or none: its run at b carries the interval.
TEST(Effects, NameTheUnitThatDominates) {
    const Audit audit =
        testing::crossed({testing::factor(FactorKind::hardware, "isa", {"a", "b"}), testing::seeds("all", 8)},
                         [](const std::vector<int>& levels, int) {
                             const bool b = levels[0] == 1;
                             return testing::flipping(testing::inputs(0, !b ? 0 : levels[1] == 2 ? 9 : 1));
                         });
    const Estimate flips = *audit.attribution().rows[0].cells[0].flips;
    EXPECT_EQ(flips.flag, "ONE_RUN_DOMINATES");
    ASSERT_TRUE(flips.dominating);
    EXPECT_EQ(flips.dominating->unit, "seed.all 3");
    EXPECT_EQ(flips.dominating->runs, (std::vector<std::string>{"003", "011"}));
}

std::vector<Factor> two_streams(int init, int shuffle) {
    return {testing::seeds("init", init), testing::seeds("shuffle", shuffle),
            testing::factor(FactorKind::hardware, "isa", {"a", "b"})};
}

Predictions planted(const std::vector<int>& levels, int) {
    const int a = levels[0], b = levels[1], h = levels[2];
    std::set<std::size_t> flipped;
    for (int i = 0; i < static_cast<int>(testing::k_inputs); ++i) {
        if ((i + 3 * a + 5 * b + 7 * h * (a + b)) % (4 + a) == 0) flipped.insert(static_cast<std::size_t>(i));
    }
    return testing::flipping(flipped);
}

TEST(Effects, OfCrossedSeedsAddTheVariancesOfBothStreams) {
    expect_figures(testing::crossed(two_streams(4, 5), planted).attribution(),
                   {{0, true, 60, 4, 0.2866666666666667, 0.19503469275326848, 0.42134953847281925},
                    {0, false, 60, 4, 0.168251292682127, 0.11447036921022861, 0.24729978320605628},
                    {1, true, 80, 4, 0.21875, 0.14654462384420958, 0.3265323643047501},
                    {1, false, 80, 4, 0.12838943118912308, 0.08601042696768946, 0.19164939208194917},
                    {2, true, 20, 4, 0.22000000000000003, 0.06113744845524221, 0.791658815062145},
                    {2, false, 20, 4, 0.12912308508163234, 0.03588298162981889, 0.46464285696769775}});
}

TEST(Effects, OfBlocksOfSeedsTakeTheBlocksAsUnits) {
    expect_figures(testing::crossed(two_streams(6, 6), planted, 3).attribution(),
                   {{0, true, 12, 3, 0.2791666666666667, 0.1554386987093402, 0.5013811131004713},
                    {0, false, 12, 3, 0.16384936932707134, 0.0912305650837471, 0.29427216420543467},
                    {1, true, 12, 3, 0.23750000000000002, 0.18877773297960765, 0.29879715742795354},
                    {1, false, 12, 3, 0.1393942395767622, 0.11079801489565244, 0.17537095809417982},
                    {2, true, 12, 3, 0.19583333333333333, 0.03968290611489048, 0.9664285759064873},
                    {2, false, 12, 3, 0.11493910982645301, 0.023290814829815605, 0.5672192692367912}});
}

// One seed stream and hardware in two levels: for seed s the hardware flips `flips[s]` labels; without flips it moves
// the probabilities of seed s when `moves` says so.
EffectCell hardware_effect(const std::vector<std::size_t>& flips, bool moves = false) {
    return testing::crossed({testing::factor(FactorKind::hardware, "isa", {"a", "b"}),
                             testing::seeds("init", static_cast<int>(flips.size()))},
                            [&](const std::vector<int>& levels, int) {
                                if (levels[0] == 0) return testing::flipping({});
                                return testing::flipping(testing::inputs(0, flips[static_cast<std::size_t>(levels[1])]),
                                                         moves ? 0.91F : 0.9F);
                            })
        .attribution()
        .rows[0]
        .cells[0];
}

TEST(Flags, NoneObserved) {
    const EffectCell equal = hardware_effect({0, 0, 0, 0});
    EXPECT_EQ(*equal.flips, (Estimate{0, std::nullopt, "NONE_OBSERVED"}));
    EXPECT_EQ(*equal.distance, (Estimate{0, std::nullopt, "NONE_OBSERVED"}));
    EXPECT_EQ(equal.bitwise_equal, 4U);
    EXPECT_EQ(equal.max_abs_dp, 0);
    const EffectCell moved = hardware_effect({0, 0, 0, 0}, true);
    EXPECT_EQ(moved.flips->flag, "NONE_OBSERVED");
    EXPECT_EQ(moved.distance->flag, "") << "the probabilities did move, in every pair alike";
    EXPECT_GT(moved.distance->value, 0);
    EXPECT_EQ(moved.bitwise_equal, 0U);
    EXPECT_NEAR(moved.max_abs_dp, 0.01, 1e-6);
}

TEST(Flags, TooFewUnits) {
    const Estimate three = *hardware_effect({1, 2, 3}).flips;
    EXPECT_DOUBLE_EQ(three.value, 2.0 / 20);
    EXPECT_EQ(three.flag, "CI_TOO_FEW_UNITS");
    EXPECT_FALSE(three.interval);
    EXPECT_TRUE(hardware_effect({1, 2, 3, 2}).flips->interval);
    const auto blocks = [](int n) {
        return testing::crossed(two_streams(2 * n, 2 * n), planted, n).attribution().rows[0].cells[0];
    };
    EXPECT_EQ(blocks(2).flips->flag, "CI_TOO_FEW_UNITS");
    EXPECT_TRUE(blocks(3).flips->interval);
    const EffectCell streams = testing::crossed(two_streams(5, 3), planted).attribution().rows[0].cells[0];
    EXPECT_EQ(streams.units, 3U) << "the fewest of a stream";
    EXPECT_EQ(streams.flips->flag, "CI_TOO_FEW_UNITS");
    const EffectCell seedless =
        testing::crossed({testing::factor(FactorKind::hardware, "isa", {"a", "b"})},
                         [](const std::vector<int>& levels, int) {
                             return levels[0] == 0 ? testing::flipping({}) : testing::flipping({3});
                         })
            .attribution()
            .rows[0]
            .cells[0];
    EXPECT_EQ(seedless.units, 0U);
    EXPECT_EQ(seedless.flips->flag, "CI_TOO_FEW_UNITS");
}

TEST(Flags, LostRunsAreLostUnits) {
    Audit audit =
        testing::crossed({testing::factor(FactorKind::hardware, "isa", {"a", "b"}), testing::seeds("init", 4)},
                         [](const std::vector<int>& levels, int) {
                             const auto n = static_cast<std::size_t>(levels[0] * (levels[1] + 1));
                             return testing::flipping(testing::inputs(0, n));
                         });
    EXPECT_TRUE(audit.attribution().rows[0].cells[0].flips->interval);
    audit.runs[0] = {};
    const EffectCell cell = audit.attribution().rows[0].cells[0];
    EXPECT_EQ(cell.units, 3U);
    EXPECT_EQ(cell.flips->flag, "CI_TOO_FEW_UNITS");
}

TEST(Flags, Unbounded) {
    const EffectCell cell = hardware_effect({0, 0, 7, 0, 0});
    EXPECT_DOUBLE_EQ(cell.flips->value, 7.0 / 100);
    EXPECT_EQ(cell.flips->flag, "UNBOUNDED");
    EXPECT_EQ(*cell.flips->interval, (Interval{0, std::nullopt}));
    EXPECT_EQ(cell.distance->flag, "UNBOUNDED");
    EXPECT_EQ(hardware_effect({0, 0, 7, 1, 0}).flips->flag, "ONE_RUN_DOMINATES") << "two units carry it: bounded";
}

TEST(Flags, OneRunDominates) {
    const Estimate estimate = *hardware_effect({1, 2, 1, 2, 1, 2, 1, 18}).flips;
    EXPECT_EQ(estimate.flag, "ONE_RUN_DOMINATES");
    ASSERT_TRUE(estimate.interval && estimate.interval->high);
    EXPECT_EQ(hardware_effect({1, 2, 1, 2, 1, 2, 1, 2}).flips->flag, "");
}

TEST(Estimates, NoUpperLimitExceedsOne) {
    const Estimate estimate = *hardware_effect({20, 20, 20, 3, 20}).flips;
    ASSERT_TRUE(estimate.interval && estimate.interval->high);
    EXPECT_EQ(*estimate.interval->high, 1);
    EXPECT_LT(estimate.interval->low, estimate.value);
}

}  // namespace
}  // namespace assay
