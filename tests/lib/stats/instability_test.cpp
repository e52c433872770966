#include "stats/instability.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "stats/distance.hpp"

namespace assay {
namespace {

using Labels = std::vector<std::vector<std::int32_t>>;
using Rows = std::vector<float>;

constexpr std::size_t k_runs = 6, k_inputs = 7, k_classes = 3;

// The whole-number formulas of instability_reference.py.
Labels example_labels() {
    Labels labels(k_runs);
    for (std::size_t r = 0; r < k_runs; ++r) {
        for (std::size_t i = 0; i < k_inputs; ++i) {
            labels[r].push_back(static_cast<std::int32_t>((r * r * 7 + i * 13 + r * i * 5) % 11 % (1 + i)));
        }
    }
    return labels;
}

std::vector<Rows> example_rows() {
    std::vector<Rows> runs(k_runs);
    for (std::size_t r = 0; r < k_runs; ++r) {
        for (std::size_t i = 0; i < k_inputs; ++i) {
            std::size_t weights[k_classes], sum = 0;
            for (std::size_t c = 0; c < k_classes; ++c) {
                weights[c] = (r * r * 7 + i * 13 + r * i * 5 + c * 29 + r * c * i * 3) % 17 + (c == i % 3 ? 60 : 1);
                sum += weights[c];
            }
            for (const std::size_t weight : weights) {
                runs[r].push_back(static_cast<float>(static_cast<double>(weight) / static_cast<double>(sum)));
            }
        }
    }
    return runs;
}

std::optional<std::vector<double>> variance_of(const std::vector<Rows>& runs, std::size_t classes) {
    const std::vector<std::span<const float>> views(runs.begin(), runs.end());
    return hellinger_variance(views, classes);
}

// Expected values: instability_reference.py beside this file, pair by pair.
TEST(PairwiseDisagreement, AgreesWithCountingPairs) {
    const double expected[] = {0, 0.6, 0.8, 0.8, 0.8, 0.9333333333333333, 0.8666666666666667};
    const auto q = pairwise_disagreement(example_labels());
    ASSERT_TRUE(q);
    ASSERT_EQ(q->size(), k_inputs);
    for (std::size_t i = 0; i < k_inputs; ++i) {
        EXPECT_DOUBLE_EQ((*q)[i], expected[i]) << i;
        EXPECT_DOUBLE_EQ(self_consistency((*q)[i]), 1 - expected[i]) << i;
    }
}

TEST(PairwiseDisagreement, DoesNotDependOnOrderOrNames) {
    const auto q = *pairwise_disagreement(example_labels());
    Labels turned = example_labels();
    std::reverse(turned.begin(), turned.end());
    EXPECT_EQ(*pairwise_disagreement(turned), q) << "order of runs, to the last bit";
    for (auto& run : turned) {
        for (std::int32_t& label : run) label = 1'000 - 7 * label;
    }
    EXPECT_EQ(*pairwise_disagreement(turned), q) << "names of classes";
    for (auto& run : turned) std::reverse(run.begin(), run.end());
    auto reversed = *pairwise_disagreement(turned);
    std::reverse(reversed.begin(), reversed.end());
    EXPECT_EQ(reversed, q) << "order of inputs";
}

// Stream "unbiased" of seed 1: 4,000 inputs with class probabilities .5 .3 .2, 4 runs: two more runs disagree with
// probability 1 - .38 = .62. The variance of one input's q is at most .62 .38; the bound is 4 standard deviations. The
// biased share 1 - sum (k/n)^2 would be .465.
TEST(PairwiseDisagreement, IsUnbiased) {
    Random random(1, "unbiased");
    Labels labels(4);
    for (auto& run : labels) {
        for (int i = 0; i < 4'000; ++i) {
            const double u = random.uniform();
            run.push_back(u < 0.5 ? 0 : u < 0.8 ? 1 : 2);
        }
    }
    const auto q = *pairwise_disagreement(labels);
    EXPECT_NEAR(std::accumulate(q.begin(), q.end(), 0.0) / 4'000, 0.62, 4 * std::sqrt(0.62 * 0.38 / 4'000));
}

TEST(PairwiseDisagreement, HasItsEnds) {
    EXPECT_FALSE(pairwise_disagreement(Labels{}));
    EXPECT_FALSE(pairwise_disagreement(Labels{{1, 2, 3}})) << "one run disagrees with no one";
    EXPECT_TRUE(pairwise_disagreement(Labels{{}, {}})->empty());
    EXPECT_EQ(*pairwise_disagreement(Labels{{4, 4}, {4, 4}, {4, 4}}), (std::vector<double>{0, 0}));
    EXPECT_EQ(*pairwise_disagreement(Labels{{0}, {1}, {2}}), std::vector<double>{1});
}

// Expected values: instability_reference.py beside this file, each pair in 40 digits.
TEST(HellingerVariance, AgreesWithDistancesOfPairs) {
    const double expected[] = {0.014311618831061199, 0.009009299419286694, 0.007948673988231977, 0.013493155829011201,
                               0.0059192292104796,   0.004487944995961389, 0.005463483106485819};
    const auto v = variance_of(example_rows(), k_classes);
    ASSERT_TRUE(v);
    ASSERT_EQ(v->size(), k_inputs);
    for (std::size_t i = 0; i < k_inputs; ++i) EXPECT_NEAR((*v)[i], expected[i], 1e-15) << i;
}

// The mean over inputs is the run variance V = mean of D2/2 over pairs, which the distances of whole runs give as well.
TEST(HellingerVariance, AddsUpToTheRunVariance) {
    const std::vector<Rows> runs = example_rows();
    double sum = 0;
    for (std::size_t r = 0; r < k_runs; ++r) {
        for (std::size_t s = r + 1; s < k_runs; ++s) {
            sum += distance_between(runs[r], runs[s], k_classes).hellinger2;
        }
    }
    const auto v = *variance_of(runs, k_classes);
    EXPECT_NEAR(std::accumulate(v.begin(), v.end(), 0.0) / k_inputs, sum / (k_runs * (k_runs - 1)), 1e-15);
}

TEST(HellingerVariance, DoesNotDependOnOrder) {
    std::vector<Rows> runs = example_rows();
    const auto v = *variance_of(runs, k_classes);
    std::rotate(runs.begin(), runs.begin() + 2, runs.end());
    for (Rows& run : runs) std::reverse(run.begin(), run.end());  // inputs and classes
    auto turned = *variance_of(runs, k_classes);
    std::reverse(turned.begin(), turned.end());
    for (std::size_t i = 0; i < k_inputs; ++i) EXPECT_NEAR(turned[i], v[i], 1e-15);
}

TEST(HellingerVariance, IsZeroExactlyWhereAllRunsAgreeBitForBit) {
    const Rows one = {0.1F, 0.9F, 0.3F, 0.7F};
    EXPECT_EQ(*variance_of({one, one, one}, 2), (std::vector<double>{0, 0}));
    Rows other = one;
    other[2] = std::nextafter(other[2], 1.0F);
    const auto v = *variance_of({one, one, other}, 2);
    EXPECT_EQ(v[0], 0);
    EXPECT_GT(v[1], 0);
    EXPECT_DOUBLE_EQ((*variance_of({other, one, one}, 2))[1], v[1]) << "the odd one first";
    EXPECT_FALSE(variance_of({one}, 2));
    EXPECT_FALSE(variance_of({}, 2));
    EXPECT_NEAR((*variance_of({{1, 0}, {0, 1}}, 2))[0], 0.5, 1e-15) << "as far as can be: H2 / 2";
}

// Expected values: instability_reference.py beside this file.
TEST(TopShare, IsTheEndOfTheLorenzCurve) {
    const auto v = *variance_of(example_rows(), k_classes);
    const std::pair<double, double> rows[] = {{0, 0},
                                              {0.01, 0.0165224649990742},
                                              {0.05, 0.082612324995371},
                                              {0.1, 0.165224649990742},
                                              {0.5, 0.6727052656452116},
                                              {1, 1}};
    for (const auto& [fraction, share] : rows) EXPECT_NEAR(*top_share(v, fraction), share, 1e-14) << fraction;
    const auto shares = top_shares(v);
    ASSERT_TRUE(shares);
    EXPECT_EQ(shares->percent_1, *top_share(v, 0.01));
    EXPECT_EQ(shares->percent_5, *top_share(v, 0.05));
    EXPECT_EQ(shares->percent_10, *top_share(v, 0.1));
    std::vector<double> turned(v.rbegin(), v.rend());
    EXPECT_EQ(*top_share(turned, 0.3), *top_share(v, 0.3));
}

TEST(TopShare, OfEqualAndOfLoneAndOfNoValues) {
    const std::vector<double> equal(200, 0.25);
    std::vector<double> lone(200, 0.0);
    lone[77] = 3;
    EXPECT_NEAR(top_shares(equal)->percent_5, 0.05, 1e-15);
    EXPECT_EQ(top_shares(lone)->percent_1, 1);
    EXPECT_FALSE(top_share(std::vector<double>(5, 0.0), 0.1)) << "nothing varies";
    EXPECT_FALSE(top_shares(std::vector<double>{}));
    EXPECT_EQ(*top_share(std::vector<double>{2}, 0.1), 0.1) << "a tenth of the only input";
}

// Expected values: instability_reference.py beside this file.
TEST(PredictiveMultiplicity, AgreesWithCounting) {
    const std::vector<double> losses = {0.30, 0.25, 0.27, 0.50, 0.26, 0.251};
    const auto m = predictive_multiplicity(example_labels(), losses, 0.02, 3);
    ASSERT_TRUE(m);
    EXPECT_EQ(m->runs, 4U);
    EXPECT_DOUBLE_EQ(m->ambiguity, 6.0 / 7);
    EXPECT_DOUBLE_EQ(m->discrepancy, 6.0 / 7);
    EXPECT_NEAR(m->churn, 0.7142857142857143, 1e-15);
    EXPECT_FALSE(predictive_multiplicity(example_labels(), losses, 0.0005, 3)) << "one run alone within epsilon";
    EXPECT_FALSE(predictive_multiplicity(Labels{{}, {}}, std::vector<double>{1, 1}, 1, 0)) << "no inputs";
}

TEST(PredictiveMultiplicity, GrowsWithTheRunsWhereTheChurnDoesNot) {
    const Labels labels = {{0, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 1, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}};
    const std::vector<double> losses = {1, 2, 3, 4, 5};
    double last = 0;
    for (const double epsilon : {1.0, 2.0, 3.0, 4.0}) {
        const auto m = predictive_multiplicity(labels, losses, epsilon, 0);
        EXPECT_GT(m->ambiguity, last);
        last = m->ambiguity;
        EXPECT_EQ(m->discrepancy, 0.25);
        EXPECT_LE(m->churn, 0.5);
    }
    EXPECT_EQ(last, 1);
    const auto same = predictive_multiplicity(Labels{{1, 2}, {1, 2}}, std::vector<double>{1, 1}, 0, 1);
    EXPECT_EQ(same->ambiguity + same->discrepancy + same->churn, 0) << "all runs identical";
}

TEST(DisagreementsWith, CountsRunsForEachInput) {
    const std::vector<std::int32_t> reference = {0, 1, 2};
    EXPECT_EQ(disagreements_with(Labels{{0, 1, 2}, {0, 2, 2}, {1, 2, 2}}, reference),
              (std::vector<std::size_t>{1, 2, 0}));
    EXPECT_EQ(disagreements_with(Labels{}, reference), (std::vector<std::size_t>{0, 0, 0}));
}

TEST(GroupMeans, AreUndefinedForEmptyGroups) {
    const std::vector<double> values = {1, 2, 3, 5};
    const auto means = group_means(values, std::vector<std::size_t>{0, 2, 2, 0}, 4);
    ASSERT_EQ(means.size(), 4U);
    EXPECT_EQ(means[0].inputs, 2U);
    EXPECT_EQ(means[0].mean, 3.0);
    EXPECT_EQ(means[2].mean, 2.5);
    for (const std::size_t empty : {1U, 3U}) {
        EXPECT_EQ(means[empty].inputs, 0U);
        EXPECT_FALSE(means[empty].mean);
    }
    EXPECT_TRUE(group_means({}, {}, 0).empty());
}

TEST(SliceMeans, MayOverlapAndBeEmpty) {
    const std::vector<double> values = {1, 2, 3, 5};
    const auto means = slice_means(values, std::vector<std::vector<std::size_t>>{{0, 1}, {1, 3}, {}});
    ASSERT_EQ(means.size(), 3U);
    EXPECT_EQ(means[0].mean, 1.5);
    EXPECT_EQ(means[1].mean, 3.5);
    EXPECT_EQ(means[1].inputs, 2U);
    EXPECT_FALSE(means[2].mean);
}

TEST(InstabilityDeathTest, RunsOfDifferentShapeAreBugs) {
    EXPECT_DEATH(pairwise_disagreement(Labels{{1, 2}, {1}}), "instability.cpp");
    EXPECT_DEATH(pairwise_disagreement(Labels{{1}, {-1}}), "instability.cpp");
    EXPECT_DEATH(variance_of({{1, 0}, {1, 0, 0, 1}}, 2), "instability.cpp");
    EXPECT_DEATH(top_share(std::vector<double>{-1, 2}, 0.5), "instability.cpp");
    EXPECT_DEATH(group_means(std::vector<double>{1}, std::vector<std::size_t>{1}, 1), "instability.cpp");
    EXPECT_DEATH(slice_means(std::vector<double>{1}, std::vector<std::vector<std::size_t>>{{1}}), "instability.cpp");
    EXPECT_DEATH(disagreements_with(Labels{{1}}, std::vector<std::int32_t>{1, 2}), "instability.cpp");
}

}  // namespace
}  // namespace assay
