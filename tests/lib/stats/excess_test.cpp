#include "stats/excess.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "base/random.hpp"
#include "lib/stats/reference_data.hpp"
#include "stats/distance.hpp"

namespace assay {
namespace {

std::vector<std::size_t> from_to(std::size_t begin, std::size_t end) {
    std::vector<std::size_t> out(end - begin);
    std::iota(out.begin(), out.end(), begin);
    return out;
}

void add_runs(const std::string& file, const std::string& config, std::vector<std::vector<float>>& runs) {
    std::map<std::string, std::vector<float>> by_run;
    for (const auto& fields : reference_rows(file)) {
        if (fields[1] != config) continue;
        for (std::size_t i = 5; i < fields.size(); ++i)
            by_run[fields[0]].push_back(static_cast<float>(number_of(fields[i])));
    }
    for (const auto& [run, rows] : by_run) runs.push_back(rows);
}

// 8 real runs at learning rate 0.10 against 4 of other seeds at 0.13: expected.json, "g1_gate".
TEST(Excess, AgreesWithTheGoldenGate) {
    std::vector<std::vector<float>> runs;
    add_runs("g1_config_by_seed_probs.csv", "lr0.10", runs);
    add_runs("g1_gate_candidate_probs.csv", "lr0.13", runs);
    ASSERT_EQ(runs.size(), 12U);
    Symmetric d2(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) d2.set(i, j, distance_between(runs[i], runs[j], 5).hellinger2);
    }
    const Json expected = reference_json("expected.json").at("g1_gate");
    const Excess excess = excess_distance(d2, from_to(0, 8), from_to(8, 12), false);
    EXPECT_NEAR(*excess.ratio, expected.at("R").as_number(), 1e-10);
    ASSERT_TRUE(excess.located);
    EXPECT_NEAR(excess.located->standard_error, expected.at("se_log").as_number(), 1e-10);
    EXPECT_EQ(excess.located->degrees_of_freedom, 3);
    EXPECT_NEAR(lower_bound(*excess.located, 0.95), expected.at("one_sided_lo").as_number(), 1e-9);
    EXPECT_NEAR(upper_bound(*excess.located, 0.95), expected.at("one_sided_hi").as_number(), 1e-9);
}

Symmetric of_points(const std::vector<std::vector<double>>& points) { return squared_distances(points); }

// R = (V_b + V_c + shift^2) / (2 V_b), exactly, with the unbiased parts; paired rows leave their own pair out.
TEST(Excess, SplitsIntoSpreadAndShift) {
    Random random(3, "test.excess");
    std::vector<std::vector<double>> points;
    for (int i = 0; i < 14; ++i) {
        points.emplace_back();
        for (int k = 0; k < 5; ++k) points.back().push_back(random.near_normal() + (i >= 7 && k == 0 ? 3 : 0));
    }
    for (const bool paired : {true, false}) {
        const Excess e = excess_distance(of_points(points), from_to(0, 7), from_to(7, 14), paired);
        EXPECT_NEAR(*e.ratio, (1 + *e.spread_ratio + *e.shift) / 2, 1e-12);
        EXPECT_GT(*e.shift, 0.5);
    }
}

TEST(Excess, UnitsAndOrderDoNotMatter) {
    Random random(4, "test.excess");
    std::vector<std::vector<double>> points, larger;
    for (int i = 0; i < 12; ++i) {
        points.emplace_back();
        larger.emplace_back();
        for (int k = 0; k < 4; ++k) {
            points.back().push_back(random.near_normal());
            larger.back().push_back(1e3 * points.back().back());
        }
    }
    const Excess a = excess_distance(of_points(points), from_to(0, 6), from_to(6, 12), true);
    const Excess b = excess_distance(of_points(larger), from_to(0, 6), from_to(6, 12), true);
    EXPECT_NEAR(*a.ratio, *b.ratio, 1e-12);
    EXPECT_NEAR(a.located->standard_error, b.located->standard_error, 1e-10);
    const std::vector<std::size_t> turned_b = {3, 1, 5, 0, 2, 4}, turned_c = {9, 7, 11, 6, 8, 10};
    const Excess c = excess_distance(of_points(points), turned_b, turned_c, true);
    EXPECT_NEAR(*a.ratio, *c.ratio, 1e-12);
    EXPECT_NEAR(a.located->standard_error, c.located->standard_error, 1e-10);
}

TEST(Excess, WhatCannotBeSaid) {
    const Symmetric still(8);
    EXPECT_FALSE(excess_distance(still, from_to(0, 4), from_to(4, 8), true).ratio) << "seeds change nothing";
    Symmetric d2(6);
    for (std::size_t i = 0; i < 6; ++i) {
        for (std::size_t j = 0; j < i; ++j) d2.set(i, j, 1);
    }
    const Excess few = excess_distance(d2, from_to(0, 3), from_to(3, 6), true);
    EXPECT_EQ(few.ratio, 1.0);
    EXPECT_FALSE(few.located);
    EXPECT_FALSE(excess_distance(d2, from_to(0, 1), from_to(1, 2), false).ratio);
}

}  // namespace
}  // namespace assay
