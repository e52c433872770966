#include "stats/decomposition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/random.hpp"
#include "lib/stats/reference_data.hpp"

namespace assay {
namespace {

using Labels = std::vector<std::size_t>;
using Flags = std::vector<std::string>;

struct Crossing {
    RunLevels levels;
    std::vector<Labels> units;  // the levels of the first factor
};

// Every level of one factor with every level of the next, the last one fastest.
Crossing crossing(const std::vector<std::size_t>& shape) {
    Crossing out{{shape.size(), {}}, {{}}};
    std::size_t n = 1;
    for (const std::size_t levels : shape) n *= levels;
    for (std::size_t run = 0; run < n; ++run) {
        std::size_t rest = n, place = run;
        for (std::size_t k = 0; k < shape.size(); ++k) {
            rest /= shape[k];
            out.levels.values.push_back(place / rest);
            place %= rest;
        }
        out.units[0].push_back(out.levels.at(run, 0));
    }
    return out;
}

Decomposition decompose_points(const Crossing& design, const std::vector<std::vector<double>>& points,
                               const DecompositionSettings& settings) {
    return decompose(pair_classes(squared_distances(points), design.levels, design.units), settings);
}

std::vector<std::vector<double>> random_points(std::size_t n, std::size_t dims, std::uint64_t index) {
    Random random(20'242, "decomposition", index);
    std::vector<std::vector<double>> points(n);
    for (auto& point : points) {
        for (std::size_t k = 0; k < dims; ++k) point.push_back(random.near_normal());
    }
    return points;
}

// The first 8 runs have one learning rate, the next 8 another, with the same 8 seeds: real trainings, their expected
// values from numpy (fixtures/README.md).
TEST(Decomposition, OfRealRunsOfTwoSettingsHasTheKnownValues) {
    const Symmetric d2 = reference_matrix("g1_D2.csv");
    const Json expected = reference_json("expected.json").at("g1");
    RunLevels levels{2, {}};
    std::vector<Labels> units(1);
    for (std::size_t run = 0; run < 16; ++run) {
        levels.values.insert(levels.values.end(), {run / 8, run % 8});
        units[0].push_back(run % 8);
    }
    const auto near = [&](std::optional<double> value, const char* name, double tolerance = 1e-10) {
        const double truth = expected.at(name).as_number();
        EXPECT_NEAR(value.value(), truth, tolerance * std::abs(truth)) << name;
    };
    const PairClasses classes = pair_classes(d2, levels, units);
    near(pair_mean(classes, 0b01), "T_same_seed");
    near(pair_mean(classes, 0b11), "T_cross_seed");
    const Decomposition both = decompose(classes, {0b11});
    near(both.of(0b10).component.value, "sigma2_seed");
    near(both.of(0b11).component.value, "sigma2_resid");

    const Labels a = {0, 1, 2, 3, 4, 5, 6, 7}, b = {8, 9, 10, 11, 12, 13, 14, 15};
    const Decomposition alone = decompose(pair_classes(d2, levels, units, a), {0b10});
    near(alone.variance.value, "V_A");
    near(decompose(pair_classes(d2, levels, units, b), {0b10}).variance.value, "V_B");
    const Json jack = expected.at("V_A_jack");
    ASSERT_TRUE(alone.variance.interval && alone.variance.interval->high);
    EXPECT_NEAR(*alone.variance.interval->standard_error, jack.at("se_log").as_number(), 1e-10 * 0.06);
    EXPECT_NEAR(alone.variance.interval->low, jack.at("lo").as_number(), 1e-9 * 0.02);  // scipy's t: 9 digits
    EXPECT_NEAR(*alone.variance.interval->high, jack.at("hi").as_number(), 1e-9 * 0.03);
    EXPECT_EQ(alone.variance.units, 8U);
    EXPECT_EQ(alone.variance.flags, Flags{});
}

TEST(Decomposition, OfRealRunsOnTwoMachinesHasTheKnownValues) {
    const Json expected = reference_json("expected.json").at("g2");
    RunLevels levels{2, {}};
    for (std::size_t run = 0; run < 16; ++run) levels.values.insert(levels.values.end(), {run % 8, run / 8});
    const Decomposition d = decompose(pair_classes(reference_matrix("g2_D2.csv"), levels), {0b11});
    const std::pair<double, const char*> rows[] = {
        {*d.of(0b01).effect.value, "T_S"},         {*d.of(0b10).effect.value, "T_H"},
        {*d.of(0b11).effect.value, "T_SH"},        {*d.of(0b01).component.value, "sigma2_S"},
        {*d.of(0b10).component.value, "sigma2_H"}, {*d.of(0b11).component.value, "sigma2_SH"},
    };
    for (const auto& [value, name] : rows) {
        const double truth = expected.at(name).as_number();
        EXPECT_NEAR(value, truth, 1e-10 * std::abs(truth)) << name;
    }
    EXPECT_EQ(d.variance.value, d.of(0b11).effect.value);
}

// Of this audit only its T_u are kept. A single 2 x 2 x 2 crossing in which two runs are as far apart as the mean of
// their class has the same T_u.
TEST(Decomposition, OfThreeSeedFactorsFollowsFromThePairClassMeans) {
    const Json expected = reference_json("expected.json").at("g3");
    const char* names[] = {"", "init", "shuffle", "init+shuffle", "dropout", "init+dropout", "shuffle+dropout", "all"};
    const Crossing design = crossing({2, 2, 2});
    Symmetric d2(8);
    for (std::size_t r = 0; r < 8; ++r) {
        for (std::size_t s = 0; s < r; ++s)
            d2.set(r, s, 2 * expected.at("T").at(names[differing_factors(design.levels, r, s)]).as_number());
    }
    const Decomposition d = decompose(pair_classes(d2, design.levels), {0b111});
    EXPECT_NEAR(*d.variance.value, expected.at("V").as_number(), 1e-12);
    for (const FactorSet u : {1U, 2U, 4U}) {
        EXPECT_NEAR(*d.of(u).total_index.value, expected.at("total_index").at(names[u]).as_number(), 1e-10);
        EXPECT_NEAR(*d.of(u).first_order.value, expected.at("first_order").at(names[u]).as_number(), 1e-10);
    }
}

struct Anova {
    const char* name;
    std::map<FactorSet, double> components;
    double within;
};

void expect_components(const Decomposition& d, const Anova& row) {
    for (const auto& [set, value] : row.components)
        EXPECT_NEAR(*d.of(set).component.value, value, 1e-10 * std::abs(value)) << row.name << " " << set;
    EXPECT_NEAR(d.repeats.value.value_or(0), row.within, 1e-10 * row.within) << row.name;
}

// Expected values: variance_components_reference.py beside this file, from mean squares in exact fractions. In Machines
// the machines are fixed, hence their own component is none; the others are what lme4's REML gives.
TEST(Decomposition, OfClassicDataEqualsTheAnalysisOfVariance) {
    const std::pair<Anova, std::vector<const char*>> rows[] = {
        {{"Dyestuff", {{1, 1764.05}}, 2451.25}, {"Yield", "Batch"}},
        {{"Dyestuff2", {{1, -1.321912768}}, 14.9458896}, {"Yield", "Batch"}},
        {{"Penicillin", {{1, 0.7169082125603865}, {2, 3.7309178743961353}, {3, 0.30241545893719807}}, 0},
         {"diameter", "plate", "sample"}},
        {{"Machines", {{1, 22.858444444444444}, {3, 13.909456790123457}}, 0.9246296296296296},
         {"score", "Worker", "Machine"}},
    };
    for (const auto& [row, columns] : rows) {
        const auto table = reference_rows(row.name + std::string(".csv"));
        std::vector<std::size_t> places;
        for (const std::string name : columns)
            places.push_back(
                static_cast<std::size_t>(std::find(table[0].begin(), table[0].end(), name) - table[0].begin()));
        std::map<std::pair<std::size_t, std::string>, std::size_t> numbers;
        std::vector<std::vector<double>> points;
        RunLevels levels{columns.size() - 1, {}};
        for (std::size_t line = 1; line < table.size(); ++line) {
            points.push_back({number_of(table[line][places[0]])});
            for (std::size_t k = 1; k < places.size(); ++k)
                levels.values.push_back(numbers.try_emplace({k, table[line][places[k]]}, numbers.size()).first->second);
        }
        const FactorSet factors = columns.size() == 2 ? 0b01 : 0b11;
        expect_components(decompose(pair_classes(squared_distances(points), levels), {factors, row.within > 0}), row);
    }
}

// The last line of variance_components_reference.py: three factors, vectors, components of both signs.
TEST(Decomposition, OfABalancedCrossingEqualsTheAnalysisOfVariance) {
    const Crossing design = crossing({4, 3, 2});
    std::vector<std::vector<double>> points;
    for (std::size_t run = 0; run < 24; ++run) {
        const std::size_t a = design.levels.at(run, 0), b = design.levels.at(run, 1), c = design.levels.at(run, 2);
        points.emplace_back();
        for (const std::size_t d : {0U, 1U})
            points.back().push_back(
                static_cast<double>((7 * a * a + 3 * a * b + 5 * b + 11 * (d + 1) * a * b * c + 2 * c + d) % 13));
    }
    expect_components(decompose_points(design, points, {0b111}), {"made up",
                                                                  {{1, -4.819444444444445},
                                                                   {3, 10.291666666666666},
                                                                   {7, 38.875},
                                                                   {5, -6.041666666666667},
                                                                   {2, -0.875},
                                                                   {6, -3.3333333333333335},
                                                                   {4, -0.3333333333333333}},
                                                                  0});
}

TEST(Decomposition, ComponentsAddUpToTheVarianceAndTotalsToTheirComponents) {
    for (const bool repeats : {false, true}) {
        const Crossing design =
            crossing(repeats ? std::vector<std::size_t>{3, 2, 4, 2} : std::vector<std::size_t>{3, 2, 4});
        RunLevels levels{3, {}};  // the fourth factor of `design` is the repeat, which the levels do not tell
        const std::size_t n = repeats ? 48 : 24;
        for (std::size_t run = 0; run < n; ++run) {
            for (std::size_t k = 0; k < 3; ++k) levels.values.push_back(design.levels.at(run, k));
        }
        Labels runs;  // a sixth of the cells is missing
        for (std::size_t run = 0; run < n; ++run) {
            if (run % 6 != 5) runs.push_back(run);
        }
        const PairClasses classes = pair_classes(squared_distances(random_points(n, 3, 1)), levels, {}, runs);
        const Decomposition d = decompose(classes, {0b111, repeats});
        ASSERT_EQ(d.sets.size(), 7U);
        double sum = d.repeats.value.value_or(0);
        std::map<FactorSet, double> touching;
        for (const SetEffect& u : d.sets) {
            sum += *u.component.value;
            for (const SetEffect& v : d.sets)
                touching[v.factors] += (u.factors & v.factors) != 0 ? *u.component.value : 0;
        }
        EXPECT_NEAR(sum, *d.variance.value, 1e-12);
        for (const SetEffect& u : d.sets) {
            EXPECT_NEAR(*u.effect.value, touching[u.factors] + d.repeats.value.value_or(0), 1e-12);
            EXPECT_NEAR(*u.total_index.value, *u.effect.value / *d.variance.value, 1e-12);
        }
    }
}

// Every interval is the jackknife of the same estimate from the runs that are left: nothing else enters.
TEST(Decomposition, IntervalsAreThoseOfLeavingUnitsOut) {
    const Crossing design = crossing({5, 4});
    std::vector<Labels> units = design.units;
    units.emplace_back();
    for (std::size_t run = 0; run < 20; ++run) units[1].push_back(design.levels.at(run, 1));
    const Symmetric d2 = squared_distances(random_points(20, 4, 2));
    const DecompositionSettings settings{0b11};
    const Decomposition d = decompose(pair_classes(d2, design.levels, units), settings);
    std::vector<Decomposition> left[2];
    for (std::size_t k = 0; k < 2; ++k) {
        for (std::size_t unit = 0; unit < (k == 0 ? 5U : 4U); ++unit) {
            Labels runs;
            for (std::size_t run = 0; run < 20; ++run) {
                if (units[k][run] != unit) runs.push_back(run);
            }
            left[k].push_back(decompose(pair_classes(d2, design.levels, {}, runs), settings));
        }
    }
    const auto expect = [&](const JackknifeEstimate& estimate, bool log_scale, const auto& pick) {
        std::vector<std::vector<std::optional<double>>> without(2);
        for (std::size_t k = 0; k < 2; ++k) {
            for (const Decomposition& rest : left[k]) without[k].push_back(pick(rest).value);
        }
        const auto interval = log_scale ? jackknife_log_interval(*estimate.value, without, 4)
                                        : jackknife_identity_interval(*estimate.value, without, 4);
        ASSERT_TRUE(interval && estimate.interval && estimate.interval->high);
        EXPECT_NEAR(estimate.interval->low, interval->low, 1e-11);
        EXPECT_NEAR(*estimate.interval->high, *interval->high, 1e-11);
        EXPECT_EQ(estimate.units, 4U);
    };
    expect(d.variance, true, [](const Decomposition& x) { return x.variance; });
    for (const FactorSet u : {0b01U, 0b10U, 0b11U}) {
        expect(d.of(u).effect, true, [&](const Decomposition& x) { return x.of(u).effect; });
        if (u != 0b11) expect(d.of(u).total_index, true, [&](const Decomposition& x) { return x.of(u).total_index; });
        expect(d.of(u).first_order, false, [&](const Decomposition& x) { return x.of(u).first_order; });
        expect(d.of(u).component, false, [&](const Decomposition& x) { return x.of(u).component; });
    }
}

}  // namespace
}  // namespace assay
