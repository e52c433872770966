#include "stats/population.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace assay {
namespace {

using Values = std::vector<std::optional<double>>;

// The whole-number formula of population_reference.py.
std::vector<double> example_table(std::size_t runs, std::size_t inputs, std::size_t salt) {
    std::vector<double> values;
    for (std::size_t r = 0; r < runs; ++r) {
        for (std::size_t i = 0; i < inputs; ++i) {
            const std::size_t whole = (r * 37 + i * 101 + r * i * 11 + salt * 53 + r * r * i) % 97;
            values.push_back(static_cast<double>(whole) / 97 +
                             0.02 * static_cast<double>(i) * static_cast<double>(salt % 2));
        }
    }
    return values;
}

std::vector<double> example_numerators() {
    std::vector<double> values;
    for (int k = 0; k < 20; ++k) values.push_back((k * 29 % 13 + 5) / 100.0);
    return values;
}

std::vector<double> example_denominators() {
    std::vector<double> values;
    for (int k = 0; k < 20; ++k) values.push_back(k * 17 % 7 + 40.0);
    return values;
}

// Expected values: population_reference.py beside this file (scipy's t quantile is good to 9 digits).
TEST(PopulationInterval, AgreesWithAnIndependentComputation) {
    struct Row {
        VariancePart seeds;
        double theta, inputs, df, low, high;
    };
    const Row rows[] = {
        {{0.004, 7},
         0.0025029103608847497,
         0.006591619950713057,
         24.53400443147464,
         0.0020244361907493405,
         0.0030944715883119115},
        {{0.0, 7}, 0.0025029103608847497, 0.006591619950713057, 19.0, 0.0021117650290663, 0.0029665044114278436},
        {{0.1, 3},
         0.0025029103608847497,
         0.006591619950713057,
         3.406195233299563,
         0.000946612117805493,
         0.006617874583252958},
    };
    const Values without = without_each_fold(example_numerators(), example_denominators());
    for (const Row& row : rows) {
        const auto interval = population_interval(row.theta, row.seeds, without);
        ASSERT_TRUE(interval);
        EXPECT_NEAR(interval->input_log_variance, row.inputs, 1e-14);
        EXPECT_NEAR(interval->log_variance, row.seeds.variance + row.inputs, 1e-14);
        EXPECT_NEAR(interval->df, row.df, 1e-9);
        EXPECT_NEAR(interval->low, row.low, 1e-8 * row.low);
        EXPECT_NEAR(interval->high, row.high, 1e-8 * row.high);
    }
}

TEST(PopulationInterval, DoesNotDependOnTheOrderOfFoldsOrTheUnit) {
    std::vector<double> above = example_numerators(), below = example_denominators();
    const auto plain = population_interval(1, {0.01, 7}, without_each_fold(above, below));
    std::reverse(above.begin(), above.end());
    std::reverse(below.begin(), below.end());
    for (double& value : above) value *= 1e-12;
    const auto other = population_interval(1, {0.01, 7}, without_each_fold(above, below));
    EXPECT_NEAR(other->high, plain->high, 1e-12);
    EXPECT_NEAR(other->df, plain->df, 1e-9);
}

TEST(PopulationInterval, SaysNothingWhereThereIsTooLittleToSay) {
    struct Row {
        const char* why;
        double theta;
        VariancePart seeds;
        Values without;
    };
    const Row rows[] = {
        {"no folds", 1, {0.1, 3}, {}},
        {"one fold", 1, {0.1, 3}, {1.0}},
        {"undefined without a fold", 1, {0.1, 3}, {1.0, std::nullopt}},
        {"one fold carries everything", 1, {0.1, 3}, {1.0, 0.0}},
        {"nothing changes", 0, {0.1, 3}, {1.0, 2.0}},
        {"nothing varies", 1, {0, 3}, {1.0, 1.0, 1.0}},
    };
    for (const Row& row : rows) EXPECT_FALSE(population_interval(row.theta, row.seeds, row.without)) << row.why;
    EXPECT_FALSE(without_each_fold(std::vector<double>{1, 2}, std::vector<double>{3, 0})[0]) << "0 inputs are left";
    EXPECT_EQ(without_each_fold(std::vector<double>{1, 2}, std::vector<double>{3, 0})[1], 1.0 / 3);
}

// A fold without inputs changes theta by nothing and K by one: left in, it shrinks no spread and still counts as a
// degree of freedom. So it is left out, as the header asks.
TEST(FoldLogVariance, AnEmptyFoldWouldBeOneMoreFold) {
    std::vector<double> above = example_numerators(), below = example_denominators();
    const auto plain = population_interval(1, {0.01, 7}, without_each_fold(above, below));
    above.push_back(0);
    below.push_back(0);
    const Values without = without_each_fold(above, below);
    double numerator = 0, denominator = 0;
    for (std::size_t k = 0; k < 20; ++k) {
        numerator += above[k];
        denominator += below[k];
    }
    EXPECT_DOUBLE_EQ(*without.back(), numerator / denominator) << "theta itself";
    const auto padded = population_interval(1, {0.01, 7}, without);
    EXPECT_NE(padded->df, plain->df);
    EXPECT_NE(padded->input_log_variance, plain->input_log_variance);
}

// 20 folds of independent fold sums: the jackknife variance of log theta is that of the mean of the folds, s^2 / (K
// mean^2), up to terms in the square of the relative spread (here 1%, so 1e-4 of the variance and a little).
TEST(FoldLogVariance, IsTheVarianceOfALogMean) {
    std::vector<double> sums, sizes(20, 1.0);
    double mean = 0, squares = 0;
    for (int k = 0; k < 20; ++k) sums.push_back(1 + 0.01 * std::sin(k * 2.0));
    for (const double x : sums) mean += x / 20;
    for (const double x : sums) squares += (x - mean) * (x - mean);
    const double expected = squares / 19 / 20 / (mean * mean);
    EXPECT_NEAR(*fold_log_variance(without_each_fold(sums, sizes)) / expected, 1, 1e-3);
}

TEST(SatterthwaiteDf, LiesBetweenTheSmallestAndTheSum) {
    const VariancePart one[] = {{2, 5}}, equal[] = {{1, 5}, {1, 5}}, lone[] = {{1, 5}, {0, 0}},
                       unequal[] = {{1, 3}, {3, 9}};
    EXPECT_DOUBLE_EQ(*satterthwaite_df(one), 5);
    EXPECT_DOUBLE_EQ(*satterthwaite_df(equal), 10);
    EXPECT_DOUBLE_EQ(*satterthwaite_df(lone), 5);
    EXPECT_DOUBLE_EQ(*satterthwaite_df(unequal), 12) << "the weights that Welch's test likes best";
    EXPECT_FALSE(satterthwaite_df(std::vector<VariancePart>{{0, 4}, {0, 0}}));
}

// Expected values: population_reference.py beside this file, by regression on dummy variables.
TEST(RunInputTable, AgreesWithARegression) {
    struct Row {
        std::size_t runs, salt;
        double mean, ms_runs, ms_inputs, ms_residual;
    };
    const Row rows[] = {
        {5, 1, 0.617044673539519, 0.1637811315407236, 0.08336135936901166, 0.09240459650173753},
        {4, 2, 0.44243986254295536, 0.10961726951736524, 0.08039852236897618, 0.07153155532366925},
    };
    for (const Row& row : rows) {
        const auto table = run_input_table(example_table(row.runs, 12, row.salt), row.runs);
        ASSERT_TRUE(table);
        EXPECT_NEAR(table->mean, row.mean, 1e-13);
        EXPECT_NEAR(table->ms_runs, row.ms_runs, 1e-12);
        EXPECT_NEAR(table->ms_inputs, row.ms_inputs, 1e-12);
        EXPECT_NEAR(table->ms_residual, row.ms_residual, 1e-12);
        EXPECT_NEAR(table->observed_run_variance(), row.ms_runs / 12, 1e-13);
        EXPECT_NEAR(table->population_run_variance(), (row.ms_runs - row.ms_residual) / 12, 1e-13);
    }
}

// Expected values: population_reference.py beside this file.
TEST(MeanVariance, AgreesWithAnIndependentComputation) {
    const auto b = run_input_table(example_table(5, 12, 1), 5), c = run_input_table(example_table(4, 12, 2), 4);
    struct Row {
        MeanVariance result;
        double mean, runs, inputs, shared, variance, df;
    };
    const Row rows[] = {
        {mean_variance(*b), 0.6170446735395189, 0.0027296855256787266, 0.0013893559894835265, 0.0015400766083622922,
         0.0027296855256787266, 3.655625601339221},
        {mean_difference_variance(*c, *b), -0.17460481099656358, 0.005013378640623836, 0.0036548408411890177,
         0.0030303173442720686, 0.0056379021375407845, 6.600667038808422},
    };
    for (const Row& row : rows) {
        EXPECT_NEAR(row.result.mean, row.mean, 1e-13);
        EXPECT_NEAR(row.result.runs_part, row.runs, 1e-14);
        EXPECT_NEAR(row.result.inputs_part, row.inputs, 1e-14);
        EXPECT_NEAR(row.result.shared_part, row.shared, 1e-14);
        EXPECT_NEAR(row.result.variance, row.variance, 1e-14);
        ASSERT_TRUE(row.result.df);
        EXPECT_NEAR(*row.result.df, row.df, 1e-9);
    }
    const MeanVariance back = mean_difference_variance(*b, *c);
    EXPECT_NEAR(back.mean, -rows[1].mean, 1e-13);
    EXPECT_NEAR(back.variance, rows[1].variance, 1e-14);
}

TEST(RunInputTable, DoesNotDependOnTheOrderOfRunsOrInputs) {
    const std::vector<double> values = example_table(5, 12, 1), turned(values.rbegin(), values.rend());
    const auto a = run_input_table(values, 5), b = run_input_table(turned, 5);
    EXPECT_NEAR(a->ms_runs, b->ms_runs, 1e-13);
    EXPECT_NEAR(a->ms_inputs, b->ms_inputs, 1e-13);
    EXPECT_NEAR(a->ms_residual, b->ms_residual, 1e-13);
}

TEST(RunInputTable, OfRunsThatAreAllAlikeHasNoRunVariance) {
    std::vector<double> values;
    for (int r = 0; r < 3; ++r) values.insert(values.end(), {0.1, 0.7, 0.3, 0.9});
    const auto table = run_input_table(values, 3);
    EXPECT_EQ(table->ms_runs, 0);
    EXPECT_NEAR(table->ms_residual, 0, 1e-30);
    EXPECT_NEAR(*mean_variance(*table).df, 3, 1e-9) << "of the inputs alone";
    const MeanVariance none = mean_difference_variance(*table, *table);
    EXPECT_EQ(none.mean, 0);
    EXPECT_NEAR(none.variance, 0, 1e-30);
    EXPECT_FALSE(run_input_table(values, 1)) << "one run";
    EXPECT_FALSE(run_input_table(values, 12)) << "one input";
    EXPECT_FALSE(run_input_table({}, 3)) << "no inputs";
    const MeanVariance constant = mean_variance(*run_input_table(std::vector<double>(6, 0.1), 2));
    EXPECT_EQ(constant.variance, 0);
    EXPECT_FALSE(constant.df) << "nothing varies";
}

// Stream "mrmc" of seed 1: 400 tables of 4 runs x 30 inputs, run, input and interaction effects with variances .01, .04
// and .25. The mean has variance .01/4 + .04/30 + .25/120 = .005917. The unfloored sum of parts is unbiased; its
// relative standard deviation is below 1, so that the mean of 400 lies within 4 x .05 of it. The examples alone would
// say .0034.
TEST(MeanVariance, IsUnbiasedBeforeTheFloor) {
    Random random(1, "mrmc");
    double estimated = 0, population = 0;
    for (int audit = 0; audit < 400; ++audit) {
        std::vector<double> input_effects, values;
        for (int i = 0; i < 30; ++i) input_effects.push_back(0.2 * random.near_normal());
        for (int r = 0; r < 4; ++r) {
            const double run_effect = 0.1 * random.near_normal();
            for (const double effect : input_effects)
                values.push_back(run_effect + effect + 0.5 * random.near_normal());
        }
        const auto table = run_input_table(values, 4);
        const MeanVariance result = mean_variance(*table);
        estimated += (result.runs_part + result.inputs_part - result.shared_part) / 400;
        population += table->population_run_variance() / 400;
        EXPECT_GE(result.variance, std::max(result.runs_part, result.inputs_part));
    }
    EXPECT_NEAR(estimated / 0.005917, 1, 0.2);
    // MS_run / m has mean .01 + .25/30 = .0183 and 3 degrees of freedom: 4 sd of a mean of 400 are 4 x .0183
    // sqrt(2/3/400).
    EXPECT_NEAR(population, 0.01, 4 * 0.0183 * std::sqrt(2.0 / 3 / 400));
}

// Expected values: population_reference.py beside this file.
TEST(TestSetLuck, AgreesWithAnIndependentComputation) {
    std::vector<double> right = example_table(5, 12, 2);
    for (double& value : right) value = value > 0.35 ? 1 : 0;
    const TestSetLuck luck = test_set_luck(*run_input_table(right, 5));
    EXPECT_NEAR(luck.observed_sd, 0.10206207261596573, 1e-14);
    EXPECT_NEAR(luck.predicted_sd, 0.14191155304938669, 1e-14);
    EXPECT_NEAR(*luck.ratio, 0.10206207261596573 / 0.14191155304938669, 1e-12);
    EXPECT_FALSE(test_set_luck(*run_input_table(std::vector<double>(12, 1.0), 3)).ratio) << "never in doubt";
}

TEST(PopulationDeathTest, MisshapenTablesAreBugs) {
    EXPECT_DEATH(run_input_table(std::vector<double>{1, 2, 3}, 2), "population.cpp");
    EXPECT_DEATH(run_input_table(std::vector<double>{}, 0), "population.cpp");
    EXPECT_DEATH(without_each_fold(std::vector<double>{1}, std::vector<double>{}), "population.cpp");
    EXPECT_DEATH(satterthwaite_df(std::vector<VariancePart>{{1, 0}}), "population.cpp");
}

}  // namespace
}  // namespace assay
