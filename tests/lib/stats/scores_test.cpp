#include "stats/scores.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.hpp"

namespace assay {
namespace {

constexpr std::size_t k_inputs = 40, k_classes = 4;

// The whole-number formulas of scores_reference.py.
std::vector<float> example_rows(std::size_t salt) {
    std::vector<float> rows;
    for (std::size_t i = 0; i < k_inputs; ++i) {
        std::size_t weights[k_classes], sum = 0;
        for (std::size_t c = 0; c < k_classes; ++c) {
            weights[c] = (i * 37 + c * 61 + i * c * 5 + salt * 19) % 41 + ((i + c) % 5 == 0 ? 0 : 3);
            sum += weights[c];
        }
        for (const std::size_t weight : weights) {
            rows.push_back(static_cast<float>(static_cast<double>(weight) / static_cast<double>(sum)));
        }
    }
    return rows;
}

std::vector<std::int64_t> example_truth() {
    std::vector<std::int64_t> truth;
    for (std::size_t i = 0; i < k_inputs; ++i) truth.push_back(static_cast<std::int64_t>((i * 7 + i * i) % k_classes));
    return truth;
}

std::vector<double> pooled_confidences() {
    std::vector<double> pooled;
    for (const std::size_t salt : {2U, 3U}) {
        const InputScores scores = score_inputs(example_rows(salt), k_classes, example_truth());
        pooled.insert(pooled.end(), scores.confidence.begin(), scores.confidence.end());
    }
    return pooled;
}

// Expected values: scores_reference.py beside this file.
TEST(Scores, AgreeWithExactArithmetic) {
    const auto scores = mean_scores(score_inputs(example_rows(1), k_classes, example_truth()));
    ASSERT_TRUE(scores);
    EXPECT_EQ(scores->inputs, k_inputs);
    EXPECT_NEAR(scores->accuracy, 0.35, 1e-15);
    EXPECT_NEAR(scores->log_loss, 2.1480892191739716, 1e-13);
    EXPECT_NEAR(scores->brier, 0.7868051603771438, 1e-14);
    EXPECT_EQ(scores->clipped, 1U);
}

TEST(Scores, OfSingleAnswers) {
    struct Row {
        std::vector<float> row;
        std::int64_t truth;
        double correct, log_loss, brier, confidence;
        std::size_t clipped;
    };
    const double most = -std::log(1e-12);
    const Row rows[] = {
        {{1, 0}, 0, 1, 0, 0, 1, 0},
        {{1, 0}, 1, 0, most, 2, 1, 1},
        {{0.5F, 0.5F}, 0, 1, std::log(2), 0.5, 0.5, 0},
        {{0.5F, 0.5F}, 1, 0, std::log(2), 0.5, 0.5, 0},  // the lowest index wins the tie
        {{0.25F, 0.75F}, 0, 0, std::log(4), 1.125, 0.75, 0},
        {{1, 1e-12F}, 1, 0, most, 2, 1, 1},  // 1e-12 as a float is a hair less
        {{1, 2e-12F}, 1, 0, -std::log(double{2e-12F}), 2, 1, 0},
    };
    for (const Row& row : rows) {
        const InputScores scores = score_inputs(row.row, 2, std::vector<std::int64_t>{row.truth});
        EXPECT_EQ(scores.correct[0], row.correct);
        EXPECT_NEAR(scores.log_loss[0], row.log_loss, 1e-14);
        EXPECT_NEAR(scores.brier[0], row.brier, 1e-11);
        EXPECT_EQ(scores.confidence[0], row.confidence);
        EXPECT_EQ(scores.clipped, row.clipped) << row.row[1];
    }
}

// Stream "order" of seed 1: probabilities without ties, which the lowest index would win under either name.
TEST(Scores, DoNotDependOnTheOrderOfInputsOrTheNamesOfClasses) {
    Random random(1, "order");
    std::vector<float> rows;
    for (std::size_t i = 0; i < k_inputs * k_classes; ++i) rows.push_back(static_cast<float>(random.uniform()));
    std::vector<std::int64_t> truth = example_truth();
    const auto edges = *equal_mass_edges(pooled_confidences());
    const InputScores plain = score_inputs(rows, k_classes, truth);
    std::reverse(rows.begin(), rows.end());  // inputs and classes
    std::reverse(truth.begin(), truth.end());
    for (std::int64_t& label : truth) label = static_cast<std::int64_t>(k_classes) - 1 - label;
    const InputScores turned = score_inputs(rows, k_classes, truth);
    EXPECT_NEAR(mean_scores(turned)->accuracy, mean_scores(plain)->accuracy, 1e-14);
    EXPECT_NEAR(mean_scores(turned)->log_loss, mean_scores(plain)->log_loss, 1e-13);
    EXPECT_NEAR(mean_scores(turned)->brier, mean_scores(plain)->brier, 1e-13);
    EXPECT_NEAR(*calibration_error(turned, edges), *calibration_error(plain, edges), 1e-13);
}

// Expected values: scores_reference.py beside this file, bins found by counting.
TEST(CalibrationError, AgreesWithCounting) {
    struct Row {
        std::size_t bins;
        double first, middle, last, error;
    };
    const Row rows[] = {
        {15, 0.28099173307418823, 0.3978494703769684, 0.47297295928001404, 0.2561574064195156},
        {4, 0.34545454382896423, 0.3888888955116272, 0.4329896867275238, 0.1107180304825306},
    };
    const InputScores scores = score_inputs(example_rows(1), k_classes, example_truth());
    for (const Row& row : rows) {
        const auto edges = equal_mass_edges(pooled_confidences(), row.bins);
        ASSERT_TRUE(edges);
        ASSERT_EQ(edges->size(), row.bins - 1);
        EXPECT_EQ(edges->front(), row.first);
        EXPECT_EQ((*edges)[edges->size() / 2], row.middle);
        EXPECT_EQ(edges->back(), row.last);
        EXPECT_NEAR(*calibration_error(scores, *edges), row.error, 1e-14);
    }
}

// Stream "edges" of seed 1: 1,000 distinct values in 15 bins: 66 or 67 in each.
TEST(EqualMassEdges, GiveEveryBinTheSameMass) {
    Random random(1, "edges");
    std::vector<double> values;
    for (int i = 0; i < 1'000; ++i) values.push_back(random.uniform());
    const auto edges = *equal_mass_edges(values);
    ASSERT_EQ(edges.size(), k_calibration_bins - 1);
    EXPECT_TRUE(std::is_sorted(edges.begin(), edges.end()));
    std::vector<int> mass(k_calibration_bins, 0);
    for (const double value : values) {
        ++mass[static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), value) - edges.begin())];
    }
    for (const int count : mass) EXPECT_TRUE(count == 66 || count == 67) << count;
    std::reverse(values.begin(), values.end());
    EXPECT_EQ(*equal_mass_edges(values), edges);
}

TEST(EqualMassEdges, OfSaturatedAnswersRepeat) {
    const auto edges = *equal_mass_edges(std::vector<double>(100, 1.0));
    EXPECT_EQ(edges, std::vector<double>(14, 1.0));
    InputScores scores;
    scores.correct = {1, 0, 1, 1};
    scores.confidence = {1, 1, 1, 1};
    EXPECT_DOUBLE_EQ(*calibration_error(scores, edges), 0.25);
    scores.correct = {1, 0};
    scores.confidence = {0.5, 0.4};
    EXPECT_DOUBLE_EQ(*calibration_error(scores, std::vector<double>{0.5}), 0.45) << "an edge belongs to the bin above";
    EXPECT_EQ(equal_mass_edges(std::vector<double>{0.3, 0.8})->size(), 14U) << "fewer values than bins";
    EXPECT_TRUE(equal_mass_edges(std::vector<double>{0.3}, 1)->empty()) << "one bin has no inner edge";
}

TEST(Scores, OfNoInputsAreUndefined) {
    const InputScores none = score_inputs({}, 3, {});
    EXPECT_FALSE(mean_scores(none));
    EXPECT_FALSE(calibration_error(none, std::vector<double>{0.5}));
    EXPECT_FALSE(equal_mass_edges({}));
}

TEST(ScoresDeathTest, MisshapenAnswersAreBugs) {
    EXPECT_DEATH(score_inputs(std::vector<float>{1, 0, 1}, 2, std::vector<std::int64_t>{0}), "scores.cpp");
    EXPECT_DEATH(score_inputs(std::vector<float>{1, 0}, 2, std::vector<std::int64_t>{2}), "scores.cpp");
    EXPECT_DEATH(score_inputs(std::vector<float>{1, 0}, 2, std::vector<std::int64_t>{-1}), "scores.cpp");
    EXPECT_DEATH(calibration_error({}, std::vector<double>{0.5, 0.4}), "scores.cpp");
}

}  // namespace
}  // namespace assay
