// One training in this process: what the parameters do, what is reported, what divergence leaves behind.
#include "torch/train.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "harness/torch/request.hpp"
#include "torch/environment.hpp"

namespace assay {
namespace {

using testing::torch_request;

const DataSets& images() {
    static const DataSets k_images = {made_images(120, "train"), made_images(50, "eval")};
    return k_images;
}

Training trained(Json::Object changes, std::vector<std::int64_t>* steps = nullptr) {
    changes.merge(Json::Object{{"hidden", Json::Array{16}},
                               {"channels", Json::Array{4}},
                               {"train", 120},
                               {"eval", 50},
                               {"epochs", 2},
                               {"batch", 32},
                               {"lr", 0.01}});
    const RunRequest request = torch_request(changes);
    force_hardware(request.hardware);
    return train(request, images(), [&](std::int64_t step, std::int64_t of) {
        if (steps != nullptr) *steps = {steps->empty() ? 1 : steps->at(0) + 1, step, of};
    });
}

// The numbers of a safetensors file's data, in its order; the header is a JSON of its own.
std::vector<float> weights_of(const Training& training) {
    std::uint64_t header = 0;
    std::memcpy(&header, training.weights.data(), sizeof header);
    const std::string data = training.weights.substr(8 + header);
    std::vector<float> values(data.size() / sizeof(float));
    std::memcpy(values.data(), data.data(), data.size());
    return values;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    EXPECT_EQ(a.size(), b.size());
    double largest = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, std::abs(double{a[i]} - double{b[i]}));
    return largest;
}

TEST(Train, TheSameRequestGivesTheSameBits) {
    const Json::Object rows[] = {
        {},
        {{"model", "cnn"}},
        {{"dropout", 0.3}, {"augment", 2}, {"optimizer", "sgd"}},
        {{"model", "cnn"}, {"dropout", 0.3}, {"seed_mode", "torch"}, {"optimizer", "rmsprop"}},
        {{"l1", 0.001}, {"l2", 0.001}, {"imbalance", 10}, {"activation", "silu"}},
    };
    for (const Json::Object& changes : rows) {
        const Training a = trained(changes), b = trained(changes);
        const std::string what = canonical_json(changes);
        EXPECT_EQ(a.step_digests, b.step_digests) << what;
        EXPECT_EQ(a.weights, b.weights) << what;
        EXPECT_EQ(a.probabilities, b.probabilities) << what;
        EXPECT_EQ(a.metrics, b.metrics) << what;
    }
}

// Each parameter reaches the arithmetic: a value that it had not, and other weights in the end.
TEST(Train, EveryParameterOfTheTrainingChangesTheWeights) {
    const Training base = trained({});
    const std::pair<std::string, Json> changes[] = {
        {"train", 119},   {"order", "fixed"},     {"imbalance", 3}, {"augment", 1}, {"hidden", Json::Array{17}},
        {"model", "cnn"}, {"activation", "tanh"}, {"dropout", 0.1}, {"lr", 0.011},  {"optimizer", "sgd"},
        {"epochs", 3},    {"batch", 31},          {"l1", 0.0001},   {"l2", 0.0001}, {"seed_mode", "torch"},
    };
    for (const auto& [name, value] : changes) EXPECT_NE(trained({{name, value}}).weights, base.weights) << name;
    const Training sgd = trained({{"optimizer", "sgd"}});
    EXPECT_NE(trained({{"optimizer", "sgd"}, {"momentum", 0.5}}).weights, sgd.weights);
    for (const auto& [name, value] : {std::pair<std::string, Json>{"eval", 49}, {"eval_batch", 7}})
        EXPECT_EQ(trained({{name, value}}).weights, base.weights) << name;
}

TEST(Train, ItLearnsToReadDigits) {
    const std::filesystem::path folder = std::filesystem::path(ASSAY_SOURCE_DIR) / "fixtures" / "mnist";
    const DataSets digits = {read_idx(folder, "train"), read_idx(folder, "t10k")};
    const auto metrics = [&](const char* model, int epochs) {
        const RunRequest request = torch_request({{"model", model},
                                                  {"channels", Json::Array{4}},
                                                  {"train", 1000},
                                                  {"eval", 500},
                                                  {"epochs", epochs},
                                                  {"lr", 0.01}});
        force_hardware(request.hardware);
        return train(request, digits, [](std::int64_t, std::int64_t) {}).metrics;
    };
    for (const char* model : {"dense", "cnn"}) {
        const Json before = metrics(model, 0), after = metrics(model, 5);
        EXPECT_LT(before.at("accuracy").as_number(), 0.3) << model;
        EXPECT_GT(after.at("accuracy").as_number(), 0.8) << model;
        EXPECT_LT(after.at("nll").as_number(), before.at("nll").as_number()) << model;
    }
}

TEST(Train, EveryStepHasARowAndACallAfterIt) {
    struct Row {
        int train, batch, epochs;
        std::int64_t steps;
    };
    for (const Row& row : {Row{120, 32, 2, 8}, {120, 40, 2, 6}, {1, 64, 3, 3}, {120, 1000, 1, 1}, {120, 32, 0, 0}}) {
        std::vector<std::int64_t> calls;  // how many, the last step, of how many
        const Training training = trained({{"train", row.train}, {"batch", row.batch}, {"epochs", row.epochs}}, &calls);
        EXPECT_EQ(training.step_digests.size(), static_cast<std::size_t>(row.steps + 1) * 8);
        const auto expected =
            row.steps == 0 ? std::vector<std::int64_t>{} : std::vector<std::int64_t>{row.steps, row.steps, row.steps};
        EXPECT_EQ(calls, expected);
        EXPECT_EQ(training.metrics.find("train_loss") != nullptr, row.steps > 0);
    }
}

TEST(Train, MoreImagesThanThereAreMeansAll) {
    EXPECT_EQ(trained({{"train", 5000}, {"eval", 5000}}).weights, trained({{"train", 120}}).weights);
    EXPECT_EQ(trained({{"eval", 5000}}).labels.size(), 50U);
}

TEST(Train, AnswersAreProbabilitiesOfTheFirstHeldOutImages) {
    const Training training = trained({{"eval", 20}});
    ASSERT_EQ(training.labels.size(), 20U);
    ASSERT_EQ(training.probabilities.size(), 200U);
    EXPECT_TRUE(std::equal(training.labels.begin(), training.labels.end(), images().eval.labels.begin()));
    double right = 0;
    for (std::size_t i = 0; i < 20; ++i) {
        const auto row = training.probabilities.begin() + static_cast<std::ptrdiff_t>(10 * i);
        double sum = 0;
        for (auto it = row; it != row + 10; ++it) sum += *it;
        EXPECT_NEAR(sum, 1, 1e-5);
        right += std::max_element(row, row + 10) - row == training.labels[i] ? 1 : 0;
    }
    EXPECT_EQ(training.metrics.at("accuracy").as_number(), right / 20);
    EXPECT_EQ(training.device, "cpu");
}

// Matrix kernels round by the shape of the batch, so the last bits may differ, no more.
TEST(Train, TheBatchOfThePredictionIsNoPartOfTheAnswer) {
    for (const char* model : {"dense", "cnn"}) {
        const Training whole = trained({{"model", model}, {"eval_batch", 50}});
        for (const int batch : {1, 7, 49}) {
            const Training parts = trained({{"model", model}, {"eval_batch", batch}});
            EXPECT_LT(largest_difference(parts.probabilities, whole.probabilities), 1e-5) << model << batch;
            EXPECT_EQ(parts.weights, whole.weights) << model;
        }
    }
}

// Class c keeps the share imbalance^(-c/9) of its images, rounded up; with a batch of 1 each image is a step.
TEST(Train, ImbalanceThinsEachClassByItsLaw) {
    for (const double imbalance : {1.0, 2.0, 10.0, 1000.0}) {
        std::vector<double> counts(10);
        for (const std::int64_t label : images().train.labels) counts[static_cast<std::size_t>(label)] += 1;
        std::size_t expected = 0;
        for (std::size_t c = 0; c < 10; ++c)
            expected +=
                static_cast<std::size_t>(std::ceil(counts[c] * std::pow(imbalance, -static_cast<double>(c) / 9)));
        const Training training = trained({{"imbalance", imbalance}, {"batch", 1}, {"epochs", 1}});
        EXPECT_EQ(training.step_digests.size(), (expected + 1) * 8) << imbalance;
    }
}

// After one step of plain gradient descent, with and without, the weights differ by lr * l1 * sign(w): 0.1 * 0.01.
TEST(Train, L1AddsTheSignOfTheWeightsToTheGradient) {
    const Json::Object step = {{"optimizer", "sgd"}, {"momentum", 0}, {"lr", 0.1}, {"epochs", 1}, {"batch", 120}};
    Json::Object start = step, penalised = step;
    start["epochs"] = 0;
    penalised["l1"] = 0.01;
    const std::vector<float> w0 = weights_of(trained(start)), without = weights_of(trained(step)),
                             with = weights_of(trained(penalised));
    ASSERT_EQ(w0.size(), without.size());
    for (std::size_t i = 0; i < w0.size(); ++i) {
        const double sign = w0[i] > 0 ? 1 : w0[i] < 0 ? -1 : 0;
        ASSERT_NEAR(double{without[i]} - double{with[i]}, 0.001 * sign, 1e-6) << i;
    }
}

// A shift is keyed by image and epoch: in one step over all images their order must not matter, but the seed must.
TEST(Train, AugmentationBelongsToTheImageNotToItsPlace) {
    const Json::Object step = {{"optimizer", "sgd"}, {"momentum", 0}, {"lr", 0.1},
                               {"epochs", 1},        {"batch", 120},  {"augment", 3}};
    Json::Object by_class = step, unmoved = step;
    by_class["order"] = "by_class";
    unmoved["augment"] = 0;
    const std::vector<float> shuffled = weights_of(trained(step));
    EXPECT_LT(largest_difference(weights_of(trained(by_class)), shuffled), 1e-6);
    EXPECT_GT(largest_difference(weights_of(trained(unmoved)), shuffled), 1e-4);
}

// Weight decay of 100 at a learning rate of 100 multiplies the weights by -9,999 in each step.
TEST(Train, ADivergingLossLeavesNanAndNoMetricOfIt) {
    for (const char* model : {"dense", "cnn"}) {
        std::vector<std::int64_t> calls;
        const Training training =
            trained({{"model", model}, {"optimizer", "sgd"}, {"lr", 100}, {"l2", 100}, {"epochs", 20}}, &calls);
        EXPECT_EQ(calls, (std::vector<std::int64_t>{80, 80, 80})) << model;
        ASSERT_EQ(training.probabilities.size(), 500U) << model;
        EXPECT_TRUE(std::any_of(training.probabilities.begin(), training.probabilities.end(), [](float p) {
            return std::isnan(p);
        })) << model;
        EXPECT_EQ(training.metrics.find("nll"), nullptr) << model;
        EXPECT_EQ(training.metrics.find("train_loss"), nullptr) << model;
    }
}

}  // namespace
}  // namespace assay
