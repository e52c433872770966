#include "stats/divergences.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/stats/run_set.hpp"

namespace assay {
namespace {

using test::golden_runs;
using test::made_runs;
using test::RunSet;
using Labels = std::vector<std::uint16_t>;

std::vector<std::span<const float>> spans(const RunSet<float>& runs) {
    return {runs.values.begin(), runs.values.end()};
}

TEST(Divergence, HasTheKnownValues) {
    struct Row {
        std::vector<float> p, q;
        double variation, jensen_shannon, brier;
    };
    // Of a certain answer and an even one: 1 - 3/4 log2 3 + 1/2 bits of entropy.
    const double half = 1.5 - 0.75 * std::log2(3.0);
    const Row rows[] = {
        {{1, 0}, {1, 0}, 0, 0, 0},
        {{1, 0}, {0, 1}, 1, 1, 2},
        {{0.5F, 0.5F}, {1, 0}, 0.5, half, 0.5},
        {{0.5F, 0.5F, 1, 0}, {1, 0, 0, 1}, 0.75, (1 + half) / 2, 1.25},
        {{0.5F, 0.5F, 1, 0}, {1, -1e-9F, 0, 1}, 0.75, (1 + half) / 2, 1.25},
    };
    for (const Row& row : rows) {
        const Divergence d = divergence_between(row.p, row.q, 2);
        EXPECT_DOUBLE_EQ(d.total_variation, row.variation);
        EXPECT_NEAR(d.jensen_shannon, row.jensen_shannon, 1e-15);
        EXPECT_DOUBLE_EQ(d.brier, row.brier);
    }
}

// Expected values: divergences_reference.py, 50 digits.
TEST(Divergence, OfRealRunsAgreesWithFiftyDigits) {
    struct Row {
        std::size_t a, b;
        double variation, jensen_shannon, brier;
    };
    const Row rows[] = {
        {0, 8, 3.893522261932958e-07, 3.1605248059267704e-13, 4.415585237808584e-13},
        {1, 9, 0.05944547346072289, 0.007112344698967726, 0.009362816165127418},
        {3, 11, 8.83265374795883e-07, 2.01640086094258e-12, 3.0664282025917124e-12},
        {6, 14, 0.0012246746630552251, 3.0879489259957266e-06, 3.3754013430977076e-06},
        {0, 1, 0.29456494208277484, 0.12863984139393445, 0.16305451164454374},
        {4, 13, 0.2475990732548894, 0.09120984492771515, 0.13342958457511386},
    };
    const RunSet<float> runs = golden_runs("g2_hardware_by_seed_probs.csv");
    for (const Row& row : rows) {
        for (const auto& [a, b] : {std::pair{row.a, row.b}, std::pair{row.b, row.a}}) {
            const Divergence d = divergence_between(runs.values[a], runs.values[b], 5);
            EXPECT_NEAR(d.total_variation, row.variation, 1e-13 * row.variation) << a << " " << b;
            EXPECT_NEAR(d.jensen_shannon, row.jensen_shannon, 1e-13 * row.jensen_shannon) << a << " " << b;
            EXPECT_NEAR(d.brier, row.brier, 1e-13 * row.brier) << a << " " << b;
        }
    }
}

// Either side of y = 1/16, where the logarithms give way to their series, and down to one unit in the last place. In
// long double the logarithms have digits to spare above y = 1e-3; below, y^2 / 2 and the next term are all there is.
TEST(Divergence, OfJensenAndShannonIsRightHoweverNearTheAnswersAre) {
    for (const double step : {0.5, 0.2, 0.13, 0.1251, 0.1249, 0.06, 0.01, 1e-3, 1e-4, 1e-6}) {
        const float p = static_cast<float>(0.5 + step / 4), q = static_cast<float>(0.5 - step / 4);
        const long double y = (static_cast<long double>(p) - q) / (static_cast<long double>(p) + q);
        const long double sum = static_cast<long double>(p) + q;
        const long double logarithms = (1 + y) * std::log1p(y) + (1 - y) * std::log1p(-y);
        const long double mixing = y < 2e-3L ? y * y * (1 + y * y / 6) : logarithms;
        const auto expected = static_cast<double>(sum * mixing / 4 / std::log(2.0L));
        const float a[] = {p}, b[] = {q};
        EXPECT_NEAR(divergence_between(a, b, 1).jensen_shannon, expected, 1e-14 * expected) << step;
    }
    const float half[] = {0.5F}, above[] = {std::nextafter(0.5F, 1.0F)};
    EXPECT_GT(divergence_between(half, above, 1).jensen_shannon, 0);
}

// H^2 <= TV <= sqrt(2) H; JS in bits <= TV (Lin 1991, theorem 3); Brier <= 2 TV, since no |p - q| exceeds 1.
TEST(Divergence, KeepsTheKnownInequalities) {
    const RunSet<float> runs = made_runs<float>(20, 6, {0, 0.1, 1, 3, 10});
    const Symmetric d2 = runs.d2();
    for (const auto& [r, s] : all_pairs(5)) {
        const Divergence d = divergence_between(runs.values[r], runs.values[s], 6);
        EXPECT_GE(d.total_variation, d2(r, s) - 1e-6) << "rows sum to 1 within float rounding";
        EXPECT_LE(d.total_variation, std::sqrt(2 * d2(r, s)) + 1e-6);
        EXPECT_LE(d.jensen_shannon, d.total_variation + 1e-6);
        EXPECT_LE(d.brier, 2 * d.total_variation);
        EXPECT_GT(d.brier, 0);
    }
}

TEST(Divergence, WeighsInputs) {
    const std::vector<float> p = {1, 0, 0.5F, 0.5F}, q = {0, 1, 1, 0};
    const double weights[] = {0.25, 0.75};
    const Divergence first = divergence_between(std::span(p).first(2), std::span(q).first(2), 2);
    const Divergence second = divergence_between(std::span(p).last(2), std::span(q).last(2), 2);
    const Divergence both = divergence_between(p, q, 2, weights);
    EXPECT_DOUBLE_EQ(both.total_variation, 0.25 * first.total_variation + 0.75 * second.total_variation);
    EXPECT_DOUBLE_EQ(both.jensen_shannon, 0.25 * first.jensen_shannon + 0.75 * second.jensen_shannon);
    EXPECT_DOUBLE_EQ(both.brier, 0.25 * first.brier + 0.75 * second.brier);
}

TEST(Divergences, OfAListOfPairsComeInItsOrderForAnyNumberOfThreads) {
    const RunSet<float> runs = golden_runs("g1_config_by_seed_probs.csv");
    const std::vector<RunPair> pairs = {{3, 1}, {0, 15}, {2, 2}, {1, 3}};
    for (const unsigned threads : {1U, 2U, 8U}) {
        const auto found = divergences_between(spans(runs), pairs, 5, {}, threads);
        ASSERT_EQ(found.size(), pairs.size());
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const Divergence alone = divergence_between(runs.values[pairs[i].first], runs.values[pairs[i].second], 5);
            EXPECT_EQ(found[i].total_variation, alone.total_variation);
            EXPECT_EQ(found[i].jensen_shannon, alone.jensen_shannon);
            EXPECT_EQ(found[i].brier, alone.brier);
        }
        EXPECT_EQ(found[2].jensen_shannon, 0);
        EXPECT_EQ(found[0].jensen_shannon, found[3].jensen_shannon);
    }
}

TEST(AllPairs, AreTheUpperTriangleRowByRow) {
    EXPECT_EQ(all_pairs(3), (std::vector<RunPair>{{0, 1}, {0, 2}, {1, 2}}));
    EXPECT_TRUE(all_pairs(1).empty());
    EXPECT_TRUE(all_pairs(0).empty());
}

TEST(MostProbable, OfTwoClassesHasAThreshold) {
    const std::vector<float> p = {0.75F, 0.25F, 0.5F, 0.5F, 0.25F, 0.75F};
    EXPECT_EQ(most_probable(p, 2), (Labels{0, 0, 1}));
    EXPECT_EQ(most_probable(p, 2, 0.2), (Labels{1, 1, 1}));
    EXPECT_EQ(most_probable(p, 2, 0.25), (Labels{0, 1, 1})) << "above, not at";
    EXPECT_EQ(most_probable(p, 2, 0.9), (Labels{0, 0, 0}));
    EXPECT_EQ(most_probable(p, 3, 0.9), (Labels{0, 2})) << "of two classes alone";
}

TEST(MostProbable, TheLowestIndexWinsATie) {
    const std::vector<float> p = {0.2F, 0.4F, 0.4F, 0, 0, 1, 0.5F, 0.5F, 0};
    EXPECT_EQ(most_probable(p, 3), (Labels{1, 2, 0}));
    EXPECT_EQ(most_probable(p, 1), Labels(9, 0));
    std::vector<float> wide(65'536, 0);
    wide.back() = 1;
    EXPECT_EQ(most_probable(wide, wide.size()), Labels{65'535});
}

// Expected values: g1 of expected.json (8 seeds at each of two learning rates).
TEST(LabelChurn, OfRealRunsIsTheGoldenOne) {
    const RunSet<float> runs = golden_runs("g1_config_by_seed_probs.csv");
    std::vector<Labels> labels;
    for (const auto& values : runs.values) labels.push_back(most_probable(values, 5));
    const std::vector<std::span<const std::uint16_t>> views(labels.begin(), labels.end());
    const Symmetric churn = label_churn(views);
    double within_a = 0, within_b = 0, same_seed = 0, fresh = 0;
    for (std::size_t r = 0; r < 8; ++r) {
        for (std::size_t s = 0; s < 8; ++s) {
            within_a += churn(r, s) / 56;
            within_b += churn(8 + r, 8 + s) / 56;
            (r == s ? same_seed : fresh) += churn(r, 8 + s) / (r == s ? 8 : 56);
        }
    }
    EXPECT_NEAR(within_a, 0.2517857142857143, 1e-14);
    EXPECT_NEAR(within_b, 0.2223214285714286, 1e-14);
    EXPECT_NEAR(same_seed, 0.234375, 1e-14);
    EXPECT_NEAR(fresh, 0.24374999999999997, 1e-14);
    EXPECT_EQ(label_churn(views, {}, 8), churn);
    const std::vector<double> equal(40, 1.0 / 40);
    const Symmetric weighted = label_churn(views, equal, 2);
    for (std::size_t i = 0; i < churn.values.size(); ++i) EXPECT_NEAR(weighted.values[i], churn.values[i], 1e-15);
}

// More differences than a label can count.
TEST(LabelChurn, CountsEveryInput) {
    const std::size_t n = 200'001;
    const Labels a(n, 3);
    Labels b(n, 4);
    EXPECT_EQ(label_churn(a, b), 1);
    EXPECT_EQ(label_churn(a, a), 0);
    b[n - 1] = 3;
    b[70'000] = 3;
    EXPECT_EQ(label_churn(a, b), 199'999.0 / 200'001.0);
    const Labels low{0}, high{65'535};
    EXPECT_EQ(label_churn(low, high), 1);
}

TEST(LabelChurn, WeighsInputs) {
    const Labels a = {1, 2, 3}, b = {1, 0, 0};
    const double weights[] = {0.5, 0.125, 0.375};
    EXPECT_EQ(label_churn(a, b, weights), 0.5);
}

TEST(DivergencesDeathTest, OfOtherShapesAreABug) {
    const std::vector<float> p = {1, 0}, longer = {1, 0, 0, 1};
    const std::vector<double> weights = {0.5, 0.5};
    EXPECT_DEATH(divergence_between(p, longer, 2), "divergences.cpp");
    EXPECT_DEATH(divergence_between(p, p, 0), "divergences.cpp");
    EXPECT_DEATH(divergence_between(p, p, 2, weights), "divergences.cpp");
    EXPECT_DEATH(divergence_between({}, {}, 2), "divergences.cpp");
    EXPECT_DEATH(most_probable(p, 3), "divergences.cpp");
    EXPECT_DEATH(label_churn(Labels{1}, Labels{1, 2}), "divergences.cpp");
    const std::vector<std::span<const float>> runs = {p};
    EXPECT_DEATH(divergences_between(runs, std::vector<RunPair>{{0, 1}}, 2), "divergences.cpp");
}

}  // namespace
}  // namespace assay
