#include "stats/power.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <vector>

#include "base/file.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

double number(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// p = count / 2^(S-1) while all sign patterns are listed, count / 10,000 from S = 19 on.
TEST(AttainableLevel, IsTheLargestPThatCounts) {
    struct Row {
        std::size_t seeds;
        double alpha, level;
    };
    const Row rows[] = {
        {0, 0.05, 0},
        {1, 0.05, 0},
        {5, 0.05, 0},
        {6, 0.05, 1.0 / 32},
        {7, 0.05, 3.0 / 64},
        {8, 0.05, 6.0 / 128},
        {16, 0.05, 1638.0 / 32768},
        {18, 0.05, 6553.0 / 131072},
        {19, 0.05, 0.05},
        {40, 0.05, 0.05},
        {5'000, 0.05, 0.05},
        {6, 1.0 / 32, 1.0 / 32},
        {6, std::nextafter(1.0 / 32, 0), 0},
        {8, 0.05 / 5, 1.0 / 128},
        {7, 0.05 / 5, 0},
        {30, 0.00005, 0},
        {30, 0.0001, 0.0001},
        {30, 0.0029, 0.0029},
    };
    for (const Row& row : rows) EXPECT_EQ(attainable_level(row.seeds, row.alpha), row.level) << row.seeds;
}

// Expected values: power_reference.py beside this file.
TEST(ShiftPower, AgreesWithAnIndependentComputation) {
    struct Row {
        double kappa, nu;
        std::size_t seeds;
        double power;
    };
    const Row rows[] = {
        {0.0122, 317, 6, 0.1512927017317536},   {0.0122, 317, 8, 0.28913852244791543},
        {0.0122, 317, 12, 0.51204939574713872}, {0.0122, 317, 16, 0.7132286198698413},
        {0.05, 3, 30, 0.38372587169515803},     {0.5, 1, 6, 0.21220156581692562},
        {0.01, 300, 23, 0.80853193400301263},   {0.02, 2.5, 100, 0.46316536627490482},
        {0.3, 12.5, 6, 0.78112353638386956},
    };
    for (const Row& row : rows) {
        EXPECT_NEAR(shift_power(row.kappa, row.nu, row.seeds), row.power, 1e-9) << row.kappa << " " << row.seeds;
    }
}

// Two pools of real trainings that differ in learning rate, kappa .0122, nu 317: the planner's published figures. Their
// inputs are rounded (kappa .01215 to .01225 gives .71 to .72 at 16 seeds), so they hold within .01.
TEST(ShiftPower, IsWhatWasPredictedForRealNetworks) {
    const std::pair<std::size_t, double> rows[] = {{6, 0.15}, {8, 0.29}, {12, 0.51}, {16, 0.72}};
    for (const auto& [seeds, power] : rows) EXPECT_NEAR(shift_power(0.0122, 317, seeds), power, 0.01) << seeds;
}

TEST(ShiftPower, GrowsFromTheLevelToOne) {
    EXPECT_EQ(shift_power(0, 100, 8), attainable_level(8));
    EXPECT_EQ(shift_power(1, 100, 5), 0) << "5 seeds can reach p = .0625 at best";
    double last = 0;
    for (const double kappa : {0.0, 1e-6, 0.001, 0.01, 0.05, 0.1, 1.0, 100.0}) {
        const double power = shift_power(kappa, 30, 8);
        EXPECT_GE(power, last);
        last = power;
    }
    EXPECT_NEAR(last, 1, 1e-12);
}

TEST(SeedsForShift, HasTheKnownTable) {
    struct Row {
        double kappa, nu;
        std::optional<std::size_t> seeds;
    };
    const Row rows[] = {
        {0.01, 300, 23}, {0.02, 300, 12}, {0.05, 300, 6},          {0.01, 30, 83}, {0.02, 30, 42},
        {0.05, 30, 18},  {0.02, 3, 184},  {0.01, 3, std::nullopt}, {0.05, 3, 74},  {0, 300, std::nullopt},
    };
    for (const Row& row : rows) EXPECT_EQ(seeds_for_shift(row.kappa, row.nu), row.seeds) << row.kappa << " " << row.nu;
    EXPECT_EQ(seeds_for_shift(1, 300, 0.8, 0.05, 5), std::nullopt);
    EXPECT_EQ(seeds_for_shift(100, 300, 0.8, 0.05 / 5), 8U) << "Holm over 5 factors needs 8 seeds whatever the shift";
}

TEST(DetectableShift, IsFoundWithThePowerAskedFor) {
    for (const double nu : {1.0, 3.0, 30.0, 317.0, 2'000.0}) {
        for (const std::size_t seeds : {6U, 8U, 16U, 50U}) {
            const auto kappa = detectable_shift(nu, seeds);
            ASSERT_TRUE(kappa);
            EXPECT_NEAR(shift_power(*kappa, nu, seeds), 0.8, 1e-8) << nu << " " << seeds;
        }
    }
    EXPECT_FALSE(detectable_shift(300, 5));
    EXPECT_FALSE(detectable_shift(300, 7, 0.8, 0.05 / 5));
    EXPECT_GT(*detectable_shift(300, 8, 0.9), *detectable_shift(300, 8, 0.8));
}

// Expected values: power_reference.py beside this file.
TEST(NonInferiorityPower, AgreesWithAnIndependentComputation) {
    struct Row {
        Arms arms;
        std::size_t n;
        double margin, power;
    };
    const Row rows[] = {
        {Arms::paired, 2, 1.0, 0.17956248755732757},    {Arms::paired, 8, 1.0, 0.81501944155690803},
        {Arms::paired, 27, 0.5, 0.81183155170816817},   {Arms::unpaired, 2, 4.0, 0.80315894954715891},
        {Arms::unpaired, 14, 1.0, 0.82408585457028277}, {Arms::unpaired, 51, 0.5, 0.80589859909398893},
        {Arms::paired, 4, 6.0, 0.99999999996090354},
    };
    for (const Row& row : rows) {
        EXPECT_NEAR(non_inferiority_power(row.arms, row.n, row.margin), row.power, 1e-10) << row.n;
    }
}

// fixtures/README.md says how the table was made (scipy's noncentral t).
TEST(NonInferioritySize, HasTheWholeReferenceTable) {
    std::size_t checked = 0;
    const std::string file = read_file(ASSAY_SOURCE_DIR "/fixtures/reference/statistics/ni_sample_size.csv");
    for (const std::string& line : split_lines(file)) {
        const auto fields = split(line, ',');  // margin_over_sd, n_per_arm_80, n_per_arm_90, n_pairs_80, n_pairs_90
        if (fields.size() != 5 || fields[0] == "margin_over_sd") continue;
        const double margin = number(fields[0]);
        EXPECT_EQ(non_inferiority_size(Arms::unpaired, margin, 0.8), std::size_t(number(fields[1]))) << line;
        EXPECT_EQ(non_inferiority_size(Arms::unpaired, margin, 0.9), std::size_t(number(fields[2]))) << line;
        EXPECT_EQ(non_inferiority_size(Arms::paired, margin, 0.8), std::size_t(number(fields[3]))) << line;
        EXPECT_EQ(non_inferiority_size(Arms::paired, margin, 0.9), std::size_t(number(fields[4]))) << line;
        ++checked;
    }
    EXPECT_EQ(checked, 10U);
}

TEST(NonInferioritySize, IsTheSmallestAndMayNotExist) {
    for (const double margin : {0.05, 0.3, 1.1, 2.2}) {
        for (const Arms arms : {Arms::paired, Arms::unpaired}) {
            const auto n = non_inferiority_size(arms, margin);
            ASSERT_TRUE(n);
            EXPECT_GE(non_inferiority_power(arms, *n, margin), 0.8);
            EXPECT_LT(non_inferiority_power(arms, *n - 1, margin), 0.8);
            EXPECT_EQ(non_inferiority_size(arms, margin, 0.8, 0.05, *n), n) << "the last one allowed";
            EXPECT_FALSE(non_inferiority_size(arms, margin, 0.8, 0.05, *n - 1));
        }
    }
    EXPECT_EQ(non_inferiority_size(Arms::paired, 1'000), 2U);
    EXPECT_FALSE(non_inferiority_size(Arms::paired, 1, 0.8, 0.05, 1));
}

// python3 -c "print([(k, 1 - .05**(1/k)) for k in (1, 2, 5, 9, 29, 59)], 1 - .025**(1/8))"
TEST(RateBound, HasTheKnownValues) {
    const std::pair<std::size_t, double> rows[] = {
        {1, 0.95},
        {2, 0.7763932022500211},
        {5, 0.4507197283469412},
        {9, 0.2831288355631135},
        {29, 0.0981446276772957},
        {59, 0.049507609888227},
    };
    for (const auto& [trials, bound] : rows) EXPECT_NEAR(rate_bound_of_none(trials, 0.05), bound, 1e-14) << trials;
    EXPECT_NEAR(rate_bound_of_none(8, 0.025), 0.3694166475528193, 1e-14) << "Clopper and Pearson at 0 of 8";
    EXPECT_NEAR(rate_bound_of_none(1'000'000'000'000, 0.05) / 2.995732273553991e-12, 1, 1e-9) << "-log(.05) / k";
}

TEST(PowerDeathTest, ImpossibleQuestionsAreBugs) {
    EXPECT_DEATH(shift_power(-0.1, 30, 8), "power.cpp");
    EXPECT_DEATH(shift_power(0.1, 0.5, 8), "power.cpp");
    EXPECT_DEATH(non_inferiority_power(Arms::paired, 1, 1), "power.cpp");
    EXPECT_DEATH(non_inferiority_power(Arms::paired, 5, 0), "power.cpp");
    EXPECT_DEATH(rate_bound_of_none(0, 0.05), "power.cpp");
    EXPECT_DEATH(attainable_level(8, 0), "power.cpp");
}

}  // namespace
}  // namespace assay
