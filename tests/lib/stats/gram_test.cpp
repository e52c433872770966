#include "stats/gram.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/stats/run_set.hpp"

namespace assay {
namespace {

using test::exact_d2;
using test::golden_runs;
using test::made_runs;
using test::RunSet;

template <class Real>
void expect_exact(const RunSet<Real>& runs, double tolerance, const char* what) {
    const Symmetric d2 = runs.d2();
    for (std::size_t r = 0; r < d2.n; ++r) {
        EXPECT_EQ(d2(r, r), 0);
        for (std::size_t s = r + 1; s < d2.n; ++s) {
            const double exact = exact_d2(runs, r, s);
            EXPECT_NEAR(d2(r, s), exact, tolerance * exact) << what << ": runs " << r << " and " << s;
            EXPECT_EQ(d2(r, s), d2(s, r));
        }
    }
}

// Expected values: numpy.longdouble on the float32 the trainings wrote; read as doubles the 9 digits would miss the
// smallest, 2e-13, by 1e-4.
TEST(HellingerDistances, OfRealRunsAreTheGoldenOnes) {
    for (const auto& [runs_file, d2_file] : {std::pair{"g1_config_by_seed_probs.csv", "g1_D2.csv"},
                                             std::pair{"g2_hardware_by_seed_probs.csv", "g2_D2.csv"}}) {
        const Symmetric d2 = golden_runs(runs_file).d2(), expected = reference_matrix(d2_file);
        ASSERT_EQ(d2.n, 16U);
        for (std::size_t i = 0; i < 16 * 16; ++i) {
            EXPECT_NEAR(d2.values[i], expected.values[i], 1e-10 * expected.values[i]) << d2_file << " " << i;
        }
    }
}

// Run 1 is the first with its logits perturbed by 1e-7 ... 0.1; runs 2 to 7 are as far as other seeds are.
TEST(HellingerDistances, OfNearPairsAmongFarOnesHaveTheirDigits) {
    for (const double deviation : {1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1}) {
        const std::vector<double> deviations = {0, deviation, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7};
        expect_exact(made_runs<double>(2'000, 10, deviations), 1e-9, "double");
        expect_exact(made_runs<float>(2'000, 10, deviations), 1e-9, "float");
    }
}

// Most pairs are near ones here: their median says nothing of what rounding costs.
TEST(HellingerDistances, OfManyNearRunsAndOneFarOneHaveTheirDigits) {
    std::vector<double> deviations(12, 1e-6);
    deviations[5] = 1;
    expect_exact(made_runs<double>(500, 10, deviations), 1e-9, "double");
    expect_exact(made_runs<float>(500, 10, deviations), 1e-9, "float");
}

TEST(HellingerDistances, OfFarRunsHaveAllTheirDigits) {
    expect_exact(made_runs<float>(3'000, 7, {1, 1, 2, 0.5, 1}), 1e-13, "7 classes");
    expect_exact(made_runs<float>(20'000, 2, {1, 1, 2, 0.5, 1}), 1e-13, "2 classes, more than a tile");
    expect_exact(made_runs<float>(3, 20'000, {1, 1, 2}), 1e-13, "inputs that are wider than a tile");
    expect_exact(made_runs<float>(1, 1, {1, 1}), 1e-13, "one input, one class: always certain");
    // All near each other: without their mean over runs the square roots would lose 5 digits of 16.
    expect_exact(made_runs<float>(2'000, 10, {0.01, 0.01, 0.01, 0.01}), 1e-13, "near runs");
}

TEST(HellingerDistances, AreZeroForEqualIdentitiesAndOnlyThen) {
    RunSet<float> runs = made_runs<float>(50, 5, {1, 1, 1, 1, 1});
    runs.values[3] = runs.values[0];
    runs.identities[3] = runs.identities[0];
    runs.values[4] = runs.values[0];
    for (float& p : runs.values[4]) p = std::nextafter(p, 2.0F);
    const Symmetric d2 = runs.d2();
    EXPECT_EQ(d2(0, 3), 0);
    for (std::size_t r = 0; r < 5; ++r) {
        EXPECT_EQ(d2(0, r), d2(3, r)) << "the same run twice";
        for (std::size_t s = 0; s < r; ++s) {
            EXPECT_EQ(d2(r, s) > 0, r != 3 || s != 0) << r << " " << s;
        }
    }
    const double exact = exact_d2(runs, 0, 4);
    EXPECT_LT(exact, 1e-14);
    EXPECT_NEAR(d2(0, 4), exact, 1e-9 * exact);
}

// One unit in the last place of a single probability of 100,000.
TEST(HellingerDistances, SeeOneUnitInTheLastPlaceOfOneProbability) {
    RunSet<float> runs = made_runs<float>(20'000, 5, {1, 1, 1});
    runs.values[2] = runs.values[1];
    float& p = runs.values[2][77'777];
    p = std::nextafter(p, 0.0F);
    const double exact = exact_d2(runs, 1, 2), found = runs.d2()(1, 2);
    EXPECT_GT(found, 0);
    EXPECT_NEAR(found, exact, 1e-6 * exact) << "long double itself cancels here, to 1e-19 / 1e-8 of a root";
}

TEST(HellingerDistances, OfEqualRunsAreAllZero) {
    const std::vector<float> certain = {1, 0, 0, 1};
    RunSet<float> runs{2, {certain, certain, certain}, {"a", "a", "a"}};
    EXPECT_EQ(runs.d2(), Symmetric(3));
    runs.identities = {"a", "b", "c"};  // as when something else differs: the numbers do not
    EXPECT_EQ(runs.d2(), Symmetric(3));
}

TEST(HellingerDistances, OfNoneAndOfOneRun) {
    EXPECT_EQ(hellinger_distances(std::span<const RunProbabilities<float>>(), 2).d2, Symmetric(0));
    const RunDistances one = made_runs<float>(10, 3, {1}).distances();
    EXPECT_EQ(one.d2, Symmetric(1));
    EXPECT_TRUE(one.fold_d2.empty());
}

// Known values: 0, 1/2, 1 and 1 - sqrt(1/2) for an input; zeros are exact zeros.
TEST(HellingerDistances, HaveTheKnownValuesWithExactZeros) {
    const double half = 1 - std::sqrt(0.5);
    const RunSet<float> runs{2, {{1, 0, 1, 0}, {0, 1, 1, 0}, {0, 1, 0, 1}, {0.5F, 0.5F, 1, 0}}, {"a", "b", "c", "d"}};
    const Symmetric d2 = runs.d2();
    EXPECT_NEAR(d2(0, 1), 0.5, 1e-15);
    EXPECT_NEAR(d2(0, 2), 1, 1e-15);
    EXPECT_NEAR(d2(0, 3), half / 2, 1e-15);
    EXPECT_NEAR(d2(1, 2), 0.5, 1e-15);
    EXPECT_NEAR(d2(1, 3), half / 2, 1e-15);
    EXPECT_NEAR(d2(2, 3), (1 + half) / 2, 1e-15);
}

TEST(HellingerDistances, TakeWhatIsBelowZeroByRoundingForZero) {
    const RunSet<float> below{2, {{1, -1e-8F}, {0.5F, 0.5F}, {1, -2e-8F}}, {"a", "b", "c"}};
    const RunSet<float> zero{2, {{1, 0}, {0.5F, 0.5F}, {1, 0}}, {"a", "b", "c"}};
    EXPECT_EQ(below.d2(), zero.d2());
    EXPECT_EQ(below.d2()(0, 2), 0);
}

TEST(ScalarDistances, AreSquaresOfDifferences) {
    const double values[] = {0.5, 0.75, 0.5, -1};
    const Symmetric d2 = scalar_distances(values);
    EXPECT_EQ(d2.n, 4U);
    EXPECT_EQ(d2(0, 1), 0.0625);
    EXPECT_EQ(d2(0, 2), 0);
    EXPECT_EQ(d2(3, 1), 1.75 * 1.75);
    EXPECT_EQ(scalar_distances({}), Symmetric(0));
    // Differences of 1e-9 beside 1e6: nothing of them is lost but what the numbers themselves have lost.
    const double large[] = {1e6, 1e6 + std::ldexp(1, -30)};
    EXPECT_EQ(scalar_distances(large)(0, 1), std::ldexp(1, -60));
}

TEST(CentredGram, OfScalarsIsTheProductOfCentredScalars) {
    const double values[] = {0.91, 0.93, 0.88, 0.915, 0.9};  // mean 0.907
    const Symmetric gram = centred_gram(scalar_distances(values));
    for (std::size_t r = 0; r < 5; ++r) {
        for (std::size_t s = 0; s < 5; ++s) {
            EXPECT_NEAR(gram(r, s), (values[r] - 0.907) * (values[s] - 0.907), 1e-18);
        }
    }
}

TEST(CentredGram, GivesTheDistancesBackAndSumsToZero) {
    const Symmetric d2 = golden_runs("g1_config_by_seed_probs.csv").d2(), gram = centred_gram(d2);
    double trace = 0, pairs = 0;
    for (std::size_t r = 0; r < d2.n; ++r) {
        double row = 0;
        trace += gram(r, r);
        for (std::size_t s = 0; s < d2.n; ++s) {
            row += gram(r, s);
            pairs += r < s ? d2(r, s) : 0;
            EXPECT_NEAR(gram(r, r) + gram(s, s) - 2 * gram(r, s), d2(r, s), 1e-16);
        }
        EXPECT_NEAR(row, 0, 1e-15);
    }
    EXPECT_NEAR(trace, pairs / 16, 1e-15);
    EXPECT_NEAR(trace, 0.4226557351129772, 1e-14) << "SS_total of g1 in expected.json";
    EXPECT_EQ(centred_gram(Symmetric(0)), Symmetric(0));
    EXPECT_EQ(centred_gram(Symmetric(1)), Symmetric(1));
}

TEST(HellingerDistancesDeathTest, WhatIsNoSetOfRunsIsABug) {
    const RunSet<float> fine{2, {{1, 0}, {0, 1}}, {"a", "b"}};
    RunSet<float> shorter = fine, three = fine, nan = fine;
    shorter.values[1].clear();
    three.n_classes = 3;
    nan.values[1][0] = std::nanf("");
    for (const RunSet<float>& bad : {shorter, three, nan}) EXPECT_DEATH(bad.d2(), "gram.cpp");
    const double half[] = {0.5}, two[] = {0.5, 0.5}, negative[] = {-1};
    const std::size_t fold[] = {1};
    const DistanceOptions bad[] = {{half, {}, 0, 1}, {two, {}, 0, 1}, {negative, {}, 0, 1}, {{}, fold, 1, 1},
                                   {{}, fold, 0, 1}, {{}, {}, 20, 1}, {{}, {}, 0, 0}};
    for (const DistanceOptions& options : bad) EXPECT_DEATH(fine.distances(options), "gram.cpp");
    EXPECT_DEATH(scalar_distances(std::vector<double>{1, std::nan("")}), "gram.cpp");
}

}  // namespace
}  // namespace assay
