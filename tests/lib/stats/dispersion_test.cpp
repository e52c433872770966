#include "stats/dispersion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/random.hpp"

namespace assay {
namespace {

using Points = std::vector<std::vector<double>>;
using Runs = std::vector<std::size_t>;

Symmetric squared_distances(const Points& points) {
    Symmetric d2(points.size());
    for (std::size_t r = 0; r < points.size(); ++r) {
        for (std::size_t s = r + 1; s < points.size(); ++s) {
            double sum = 0;
            for (std::size_t k = 0; k < points[r].size(); ++k) sum += std::pow(points[r][k] - points[s][k], 2);
            d2.set(r, s, sum);
        }
    }
    return d2;
}

Runs range(std::size_t from, std::size_t size) {
    Runs runs(size);
    std::iota(runs.begin(), runs.end(), from);
    return runs;
}

std::vector<double> point(std::size_t run, double scale) {  // as dispersion_reference.py has it
    std::vector<double> coordinates;
    for (std::size_t k = 0; k < 5; ++k) {
        coordinates.push_back(scale * static_cast<double>((run * 7919 + k * 104729 + run * run * (k + 1) * 31) % 1009) /
                              1009);
    }
    return coordinates;
}

Symmetric two_groups(std::size_t n_a, std::size_t n_b, double scale) {
    Points points;
    for (std::size_t r = 0; r < n_a + n_b; ++r) points.push_back(point(r, r < n_a ? 1 : scale));
    return squared_distances(points);
}

Dispersion compare(bool paired, const Symmetric& d2, const Runs& a, const Runs& b) {
    return paired ? dispersion_paired(d2, a, b) : dispersion_unpaired(d2, a, b);
}

// Expected values: dispersion_reference.py beside this file.
TEST(Dispersion, AgreesWithAnIndependentComputation) {
    struct Row {
        bool paired;
        std::size_t n_a, n_b;
        double scale, variance_a, variance_b, se, t, df, p, low, high;
    };
    const Row rows[] = {
        {true, 4, 4, 1.0, 0.3002103139796015, 0.6047046682271188, 0.5664066468068258, -1.2363147845573133, 3,
         0.3043116944884152, 0.08185420091398579, 3.011089064890962},
        {true, 8, 8, 1.25, 0.5122576375132655, 0.5709592700366811, 0.3422390165811598, -0.31700120142874066, 7,
         0.760487931694805, 0.39941397929229694, 2.0153169917224156},
        {false, 4, 4, 1.0, 0.3002103139796015, 0.6047046682271188, 0.5893943154131808, -1.1880958014125276, 3,
         0.3202829889714014, 0.07607978604692997, 3.2396291064153973},
        {false, 10, 5, 0.8, 0.5066514353965942, 0.17278436588051443, 0.2959008010724973, 3.6356065345399644, 4,
         0.022050176792139164, 1.289463905921978, 6.668075027611694},
        {false, 5, 16, 1.6, 0.36499374804165874, 1.1320887512879625, 0.40350694522538305, -2.8052539033067245, 4,
         0.04855095557759914, 0.10516188900933238, 0.9884427539167129},
    };
    for (const Row& row : rows) {
        const Dispersion result =
            compare(row.paired, two_groups(row.n_a, row.n_b, row.scale), range(0, row.n_a), range(row.n_a, row.n_b));
        ASSERT_TRUE(result.evidence) << result.reason;
        EXPECT_NEAR(*result.variance_a, row.variance_a, 1e-13);
        EXPECT_NEAR(*result.variance_b, row.variance_b, 1e-13);
        EXPECT_NEAR(*result.ratio, row.variance_a / row.variance_b, 1e-12);
        EXPECT_NEAR(result.evidence->log_se, row.se, 1e-11);
        EXPECT_NEAR(result.evidence->t, row.t, 1e-11);
        EXPECT_EQ(result.evidence->df, row.df);
        EXPECT_NEAR(result.evidence->p, row.p, 1e-11);
        EXPECT_NEAR(result.evidence->low, row.low, 1e-10);
        EXPECT_NEAR(result.evidence->high, row.high, 1e-10);
        EXPECT_TRUE(result.reason.empty());
        EXPECT_EQ(result.evidence->p<0.05, result.evidence->low> 1 || result.evidence->high < 1);
    }
}

TEST(Dispersion, TurnsRoundWithTheGroups) {
    const Symmetric d2 = two_groups(6, 6, 1.3);
    for (const bool paired : {true, false}) {
        const Dispersion ab = compare(paired, d2, range(0, 6), range(6, 6));
        const Dispersion ba = compare(paired, d2, range(6, 6), range(0, 6));
        EXPECT_NEAR(ab.evidence->t, -ba.evidence->t, 1e-12);
        EXPECT_NEAR(ab.evidence->p, ba.evidence->p, 1e-12);
        EXPECT_NEAR(ab.evidence->low, 1 / ba.evidence->high, 1e-12);
    }
}

// Pairs stay together when the seeds are put in another order; without pairs each group may be shuffled alone. Pairs
// that are mixed up give another answer.
TEST(Dispersion, DoesNotDependOnTheOrderOfRuns) {
    const Symmetric d2 = two_groups(6, 6, 1.3);
    const Runs a = {5, 2, 0, 1, 4, 3}, b = {11, 8, 6, 7, 10, 9}, mixed = {6, 11, 8, 7, 9, 10};
    const Dispersion paired = compare(true, d2, range(0, 6), range(6, 6));
    const Dispersion unpaired = compare(false, d2, range(0, 6), range(6, 6));
    EXPECT_NEAR(compare(true, d2, a, b).evidence->p, paired.evidence->p, 1e-12);
    EXPECT_NEAR(compare(false, d2, a, mixed).evidence->p, unpaired.evidence->p, 1e-12);
    EXPECT_GT(std::abs(compare(true, d2, a, mixed).evidence->p - paired.evidence->p), 1e-3);
}

TEST(Dispersion, DoesNotDependOnTheUnitOfDistance) {
    Symmetric d2 = two_groups(6, 6, 1.3);
    const double p = dispersion_paired(d2, range(0, 6), range(6, 6)).evidence->p;
    for (double& value : d2.values) value *= 1e-14;
    EXPECT_NEAR(dispersion_paired(d2, range(0, 6), range(6, 6)).evidence->p, p, 1e-12);
}

TEST(Dispersion, SaysWhyThereIsNoEvidence) {
    struct Row {
        const char* why;
        bool paired;
        Points a, b;
        const char* reason;
        bool has_ratio;
    };
    const Points regular = {{0, 1}, {1, 0}, {2, 5}, {4, 3}}, same(4, {1, 2}), lone = {{0, 0}, {0, 0}, {0, 0}, {3, 1}};
    const Points twice = {{0, 2}, {2, 0}, {4, 10}, {8, 6}};
    const Row rows[] = {
        {"nothing", true, {}, {}, "a group has fewer than 2 runs", false},
        {"one run", false, {{1, 2}}, regular, "a group has fewer than 2 runs", false},
        {"3 seeds", true, {{0, 1}, {1, 0}, {2, 5}}, {{0, 2}, {1, 0}, {2, 5}}, "fewer than 4 units", true},
        {"3 runs on one side", false, {{0, 1}, {1, 0}, {2, 5}}, regular, "fewer than 4 units", true},
        {"3 runs on the other side", false, regular, {{0, 1}, {1, 0}, {2, 5}}, "fewer than 4 units", true},
        {"all runs identical", true, same, same, "a group does not vary at all", false},
        {"a identical", true, same, regular, "a group does not vary at all", false},
        {"b identical", false, regular, same, "a group does not vary at all", false},
        {"lone in a, paired", true, lone, regular, "one unit carries all of the variation", true},
        {"lone in b, paired", true, regular, lone, "one unit carries all of the variation", true},
        {"lone in a", false, lone, regular, "one unit carries all of the variation", true},
        {"lone in b", false, regular, lone, "one unit carries all of the variation", true},
        {"the same on both sides", true, regular, regular, "every unit gives the same ratio: no standard error", true},
        {"twice as far", true, regular, twice, "every unit gives the same ratio: no standard error", true},
    };
    for (const Row& row : rows) {
        Points all = row.a;
        all.insert(all.end(), row.b.begin(), row.b.end());
        const Dispersion result =
            compare(row.paired, squared_distances(all), range(0, row.a.size()), range(row.a.size(), row.b.size()));
        EXPECT_FALSE(result.evidence) << row.why;
        EXPECT_EQ(result.reason, row.reason) << row.why;
        EXPECT_EQ(result.ratio.has_value(), row.has_ratio) << row.why;
    }
}

// One run 1e4 times as far away as the rest: by subtracting its row from the sum V without it would keep 8 digits.
TEST(Dispersion, KeepsItsDigitsWhereOneRunCarriesNearlyEverything) {
    Points points;
    for (std::size_t r = 0; r < 16; ++r) points.push_back(point(r, 1));
    points[3][0] = 1e4;
    // Expected: every deletion summed anew, as trace_variance does it.
    const Symmetric d2 = squared_distances(points);
    std::vector<double> logs;
    for (std::size_t j = 0; j < 8; ++j) {
        Runs a = range(0, 8), b = range(8, 8);
        a.erase(a.begin() + static_cast<std::ptrdiff_t>(j));
        b.erase(b.begin() + static_cast<std::ptrdiff_t>(j));
        logs.push_back(std::log(*trace_variance(d2, a) / *trace_variance(d2, b)));
    }
    const double mean = std::accumulate(logs.begin(), logs.end(), 0.0) / 8;
    double sum = 0;
    for (const double x : logs) sum += (x - mean) * (x - mean);
    const Dispersion result = dispersion_paired(d2, range(0, 8), range(8, 8));
    EXPECT_NEAR(result.evidence->log_se, std::sqrt(7.0 / 8 * sum), 1e-12);
    EXPECT_TRUE(result.evidence->one_unit_dominates);
}

// Stream "dispersion-size" of seed 1: 2,000 audits of 8 pairs in 12 dimensions, no change. A p-value of a t test that
// holds its level is below .05 in 5%; the bound is 3 standard deviations of that share, sqrt(.05 .95 / 2000) = .0049.
TEST(Dispersion, RarelyFindsAChangeWhereThereIsNone) {
    Random random(1, "dispersion-size");
    int paired = 0, unpaired = 0;
    for (int audit = 0; audit < 2'000; ++audit) {
        Points points(16, std::vector<double>(12));
        for (auto& coordinates : points) {
            for (double& x : coordinates) x = random.near_normal();
        }
        const Symmetric d2 = squared_distances(points);
        paired += dispersion_paired(d2, range(0, 8), range(8, 8)).evidence->p < 0.05 ? 1 : 0;
        unpaired += dispersion_unpaired(d2, range(0, 8), range(8, 8)).evidence->p < 0.05 ? 1 : 0;
    }
    EXPECT_LT(paired / 2000.0, 0.05 + 3 * 0.0049);
    EXPECT_LT(unpaired / 2000.0, 0.05 + 3 * 0.0049);
    EXPECT_GT(paired / 2000.0, 0.02) << "a test that never finds anything holds its level, too";
    EXPECT_GT(unpaired / 2000.0, 0.01);
}

TEST(DispersionDeathTest, HalfAPairIsABug) {
    const Symmetric d2 = two_groups(4, 4, 1);
    EXPECT_DEATH(dispersion_paired(d2, range(0, 4), range(4, 3)), "dispersion.cpp");
    EXPECT_DEATH(dispersion_unpaired(d2, range(0, 4), range(5, 4)), "dispersion.cpp");
}

}  // namespace
}  // namespace assay
