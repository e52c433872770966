#include "core/predictions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assay {
namespace {

NumericArray floats(std::vector<std::size_t> shape, const std::vector<float>& values) {
    return array_of<float>(NumericType::float32, std::move(shape), std::span(values));
}
NumericArray doubles(std::vector<std::size_t> shape, const std::vector<double>& values) {
    return array_of<double>(NumericType::float64, std::move(shape), std::span(values));
}

TEST(Predictions, AcceptProbabilitiesOfBothPrecisions) {
    for (const NumericArray& array : {floats({2, 2}, {0.25F, 0.75F, 1, 0}), doubles({2, 2}, {0.25, 0.75, 1, 0})}) {
        const auto result = predictions_from_array(array);
        ASSERT_TRUE(result.predictions) << result.problem.reason;
        EXPECT_EQ(result.predictions->probabilities, (std::vector<float>{0.25F, 0.75F, 1, 0}));
        EXPECT_EQ(result.predictions->row(1)[0], 1);
    }
}

TEST(Predictions, RefuseWhatIsNoProbabilityAndTellDivergenceApart) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    struct Row {
        NumericArray array;
        bool diverged;
        std::string expected;
    };
    const Row rows[] = {
        {floats({2, 2}, {0.5F, 0.5F, nan, nan}), true, "2 of 4"},
        {floats({1, 2}, {infinity, 0}), true, "1 of 2"},
        {floats({2, 2}, {0.5F, 0.5F, 0.7F, 0.7F}), false, "1"},
        {floats({1, 2}, {-0.25F, 1.25F}), false, ""},
        {floats({4}, {1, 0, 0, 0}), false, "[4]"},
        {floats({4, 1}, {1, 1, 1, 1}), false, "[4, 1]"},
        {floats({0, 2}, {}), false, "[0, 2]"},
        {NumericArray{NumericType::int64, {1, 2}, std::string(16, '\0')}, false, "integers"},
    };
    for (const Row& row : rows) {
        const auto result = predictions_from_array(row.array);
        EXPECT_FALSE(result.predictions);
        EXPECT_EQ(result.problem.diverged, row.diverged) << result.problem.reason;
        EXPECT_NE(result.problem.reason.find(row.expected), std::string::npos) << result.problem.reason;
    }
}

TEST(Predictions, OneBitMakesAnotherIdentity) {
    const auto identity = [](const NumericArray& array) { return predictions_from_array(array).predictions->sha256; };
    const float half = 0.5F, next = std::nextafter(0.5F, 1.0F);
    EXPECT_EQ(identity(floats({1, 2}, {half, half})), identity(floats({1, 2}, {half, half})));
    EXPECT_NE(identity(floats({1, 2}, {half, half})), identity(floats({1, 2}, {half, next})));
    EXPECT_NE(identity(floats({1, 4}, {0, 0, 1, 0})), identity(doubles({1, 4}, {0, 0, 1, 0}))) << "precision counts";
    EXPECT_NE(identity(floats({1, 2}, {0, 1})), identity(floats({1, 2}, {-0.0F, 1}))) << "so does the sign of zero";
}

TEST(PredictedLabels, TheLowestIndexWinsATie) {
    const auto predictions =
        *predictions_from_array(floats({3, 3}, {0.5F, 0.5F, 0, 0, 0.5F, 0.5F, 0, 0, 1})).predictions;
    EXPECT_EQ(predicted_labels(predictions), (std::vector<std::int32_t>{0, 1, 2}));
}

TEST(LargestLabelShare, IsTheShareOfTheMostFrequentLabel) {
    EXPECT_DOUBLE_EQ(largest_label_share({1, 1, 1, 0}, 2), 0.75);
    EXPECT_DOUBLE_EQ(largest_label_share({2}, 3), 1.0);
    EXPECT_DOUBLE_EQ(largest_label_share({0, 1, 2, 0, 1, 2}, 3), 1.0 / 3);
}

}  // namespace
}  // namespace assay
