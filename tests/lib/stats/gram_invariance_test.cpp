// What must not change distances between runs: threads, orders, how inputs are weighted or divided.
#include <gtest/gtest.h>

#include <cmath>

#include "lib/stats/run_set.hpp"

namespace assay {
namespace {

using test::golden_runs;
using test::made_runs;
using test::RunSet;

std::vector<std::size_t> random_folds(std::size_t n_inputs, std::size_t n_folds) {
    Random random(3, "test.folds");
    std::vector<std::size_t> folds(n_inputs);
    for (std::size_t& fold : folds) fold = static_cast<std::size_t>(random.below(n_folds));
    return folds;
}

std::vector<double> random_weights(std::size_t n_inputs) {
    Random random(4, "test.weights");
    std::vector<double> weights(n_inputs);
    double sum = 0;
    for (double& weight : weights) sum += weight = random.uniform();
    for (double& weight : weights) weight /= sum;
    return weights;
}

void expect_near(const Symmetric& a, const Symmetric& b, double tolerance, const char* what) {
    ASSERT_EQ(a.n, b.n);
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        EXPECT_NEAR(a.values[i], b.values[i], tolerance * b.values[i]) << what << ": entry " << i;
    }
}

// The same runs, with input i taken from input `from[i]`, and class c from class `of[c]`.
RunSet<float> rearranged(const RunSet<float>& runs, const std::vector<std::size_t>& from,
                         const std::vector<std::size_t>& of) {
    RunSet<float> result{runs.n_classes, {}, {}};
    for (const std::vector<float>& values : runs.values) {
        std::vector<float> run;
        for (const std::size_t input : from) {
            for (const std::size_t c : of) run.push_back(values[input * runs.n_classes + c]);
        }
        result.add(std::move(run));
    }
    return result;
}

std::vector<std::size_t> counting(std::size_t n) {
    std::vector<std::size_t> numbers(n);
    for (std::size_t i = 0; i < n; ++i) numbers[i] = i;
    return numbers;
}

// Near pairs and a run given twice are among them; 70,000 features are several tiles.
RunSet<float> mixed_runs() {
    RunSet<float> runs = made_runs<float>(10'000, 7, {1, 0.5, 0, 1e-6, 1e-4, 2, 1});
    runs.values[6] = runs.values[5];
    runs.identities[6] = runs.identities[5];
    return runs;
}

TEST(HellingerDistances, HaveTheSameBitsForAnyNumberOfThreads) {
    const RunSet<float> runs = mixed_runs();
    const auto folds = random_folds(10'000, 20);
    const auto weights = random_weights(10'000);
    for (const DistanceOptions& given : {DistanceOptions{}, DistanceOptions{{}, folds, 20}, DistanceOptions{weights},
                                         DistanceOptions{weights, folds, 20}}) {
        const RunDistances one = runs.distances(given);
        for (const unsigned threads : {2U, 8U}) {
            DistanceOptions options = given;
            options.threads = threads;
            const RunDistances many = runs.distances(options);
            EXPECT_EQ(one.d2, many.d2) << threads;
            EXPECT_EQ(one.fold_d2, many.fold_d2) << threads;
        }
    }
}

TEST(HellingerDistances, HaveTheSameBitsForAnyOrderOfTheRuns) {
    const RunSet<float> runs = mixed_runs();
    const Symmetric d2 = runs.d2();
    Random random(5, "test.order");
    for (int i = 0; i < 4; ++i) {
        std::vector<std::size_t> order = counting(runs.values.size());
        random.shuffle(std::span(order));
        RunSet<float> shuffled{7, {}, {}};
        for (const std::size_t r : order) {
            shuffled.values.push_back(runs.values[r]);
            shuffled.identities.push_back(runs.identities[r]);
        }
        const Symmetric again = shuffled.d2();
        for (std::size_t r = 0; r < order.size(); ++r) {
            for (std::size_t s = 0; s < order.size(); ++s) EXPECT_EQ(again(r, s), d2(order[r], order[s]));
        }
    }
}

// Tolerance: a pair far enough not to be refined has lost 1e-16 of what is 1e6 times its distance, at the worst.
TEST(HellingerDistances, ForgetTheOrderOfInputsAndClasses) {
    Random random(6, "test.order");
    for (const RunSet<float>& runs :
         {golden_runs("g1_config_by_seed_probs.csv"), golden_runs("g2_hardware_by_seed_probs.csv"),
          made_runs<float>(3'000, 10, {1, 2})}) {
        auto inputs = counting(runs.n_inputs()), classes = counting(runs.n_classes);
        random.shuffle(std::span(inputs));
        random.shuffle(std::span(classes));
        expect_near(rearranged(runs, inputs, classes).d2(), runs.d2(), 1e-10, "rearranged");
    }
}

TEST(HellingerDistances, ForgetHowOftenEachInputIsGiven) {
    const RunSet<float> runs = golden_runs("g2_hardware_by_seed_probs.csv");
    std::vector<std::size_t> twice = counting(40);
    for (std::size_t i = 0; i < 40; ++i) twice.push_back(i);
    expect_near(rearranged(runs, twice, counting(5)).d2(), runs.d2(), 1e-10, "twice");
}

TEST(HellingerDistances, WeighInputs) {
    const RunSet<float> runs = golden_runs("g2_hardware_by_seed_probs.csv");
    expect_near(runs.distances({std::vector<double>(40, 1.0 / 40)}).d2, runs.d2(), 1e-10, "equal weights");
    // Input i counts i % 3 times: weights proportional to that, or copies of it.
    std::vector<double> weights;
    std::vector<std::size_t> copies;
    for (std::size_t i = 0; i < 40; ++i) {
        for (std::size_t k = 0; k < i % 3; ++k) copies.push_back(i);
        weights.push_back(static_cast<double>(i % 3) / 39);
    }
    ASSERT_EQ(copies.size(), 39U);
    expect_near(runs.distances({weights}).d2, rearranged(runs, copies, counting(5)).d2(), 1e-10, "copies");
}

// Each fold alone is a set of runs of its own.
TEST(HellingerDistances, OfFoldsAreThoseOfTheirInputsAndSumToTheWhole) {
    const std::size_t n_inputs = 10'000, n_folds = 20;
    const RunSet<float> runs = mixed_runs();
    const auto folds = random_folds(n_inputs, n_folds);
    const RunDistances whole = runs.distances({{}, folds, n_folds});
    ASSERT_EQ(whole.fold_d2.size(), n_folds);
    ASSERT_EQ(whole.fold_weight.size(), n_folds);
    Symmetric sum(runs.values.size());
    double weight = 0;
    for (std::size_t k = 0; k < n_folds; ++k) {
        std::vector<std::size_t> inputs;
        for (std::size_t i = 0; i < n_inputs; ++i) {
            if (folds[i] == k) inputs.push_back(i);
        }
        RunSet<float> alone = rearranged(runs, inputs, counting(7));
        alone.identities = runs.identities;
        Symmetric mean = whole.fold_d2[k];
        for (double& value : mean.values) value /= whole.fold_weight[k];
        expect_near(mean, alone.d2(), 1e-9, "a fold alone");
        for (std::size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += whole.fold_d2[k].values[i];
        weight += whole.fold_weight[k];
    }
    EXPECT_EQ(sum, whole.d2) << "to the last bit";
    EXPECT_NEAR(weight, 1, 1e-12);
    expect_near(whole.d2, runs.d2(), 1e-10, "without folds");
}

TEST(HellingerDistances, OfAFoldWithoutInputsAreZero) {
    const RunSet<float> runs = golden_runs("g1_config_by_seed_probs.csv");
    const std::vector<std::size_t> folds(40, 2);
    const RunDistances distances = runs.distances({{}, folds, 4, 8});
    EXPECT_EQ(distances.fold_weight, (std::vector<double>{0, 0, 1, 0}));
    EXPECT_EQ(distances.fold_d2[0], Symmetric(16));
    EXPECT_EQ(distances.fold_d2[2], distances.d2);
    expect_near(distances.d2, runs.d2(), 1e-12, "all in one fold");
}

TEST(HellingerDistances, OfFoldsFollowTheWeights) {
    const RunSet<float> runs = golden_runs("g1_config_by_seed_probs.csv");
    const auto folds = random_folds(40, 3);
    const auto weights = random_weights(40);
    const RunDistances distances = runs.distances({weights, folds, 3});
    expect_near(distances.d2, runs.distances({weights}).d2, 1e-12, "the whole");
    std::vector<double> expected(3, 0.0);
    for (std::size_t i = 0; i < 40; ++i) expected[folds[i]] += weights[i];
    EXPECT_EQ(distances.fold_weight, expected);
}

}  // namespace
}  // namespace assay
