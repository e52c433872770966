// Each stream of random numbers moves what it should and nothing else, told by the digests of every step.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/random.hpp"
#include "harness/torch/request.hpp"
#include "torch/environment.hpp"
#include "torch/train.hpp"

namespace assay {
namespace {

using testing::torch_request;

constexpr std::size_t k_train = 100, k_steps = 8;  // 2 epochs of 4 batches, the last one smaller

const DataSets& images() {
    static const DataSets k_images = {made_images(120, "train"), made_images(30, "eval")};
    return k_images;
}

Json::Object small(Json::Object changes) {
    changes.merge(Json::Object{{"hidden", Json::Array{16}},
                               {"train", static_cast<int>(k_train)},
                               {"eval", 30},
                               {"epochs", 2},
                               {"batch", 32},
                               {"lr", 0.01}});
    return changes;
}

Training trained(const RunRequest& request) {
    force_hardware(request.hardware);
    return train(request, images(), [](std::int64_t, std::int64_t) {});
}

Training with_seed(const Json::Object& changes, const std::string& stream, std::uint64_t seed) {
    RunRequest request = torch_request(small(changes));
    request.seeds.at(stream) = seed;
    return trained(request);
}

enum class Part { weights, optimizer, batch, keys };  // the columns of steps.npy

Digest128 digest(const Training& training, std::size_t row, Part part) {
    const std::size_t at = row * 8 + 2 * static_cast<std::size_t>(part);
    return {training.step_digests.at(at), training.step_digests.at(at + 1)};
}
Digest128 digest_of(const std::vector<std::int64_t>& indices) {
    return Xxh3().update(indices.data(), indices.size() * sizeof(std::int64_t)).digest();
}

void expect_same_run(const Training& a, const Training& b, const std::string& what) {
    EXPECT_EQ(a.step_digests, b.step_digests) << what;
    EXPECT_EQ(a.weights, b.weights) << what;
    EXPECT_EQ(a.probabilities, b.probabilities) << what;
}

TEST(Seeds, EachStreamMovesWhatItShouldAndNothingElse) {
    struct Row {
        std::string stream;
        Json::Object changes;
        bool first_weights, batches, keys;  // what differs
    };
    const Row rows[] = {
        {"init", {}, true, false, false},
        {"shuffle", {}, false, true, false},
        {"data", {}, false, true, false},
        {"dropout", {{"dropout", 0.3}}, false, false, true},
        {"augment", {{"augment", 2}}, false, false, true},
    };
    for (const Row& row : rows) {
        const Training a = with_seed(row.changes, row.stream, 1), b = with_seed(row.changes, row.stream, 2);
        ASSERT_EQ(a.step_digests.size(), (k_steps + 1) * 8) << row.stream;
        ASSERT_EQ(b.step_digests.size(), a.step_digests.size()) << row.stream;
        EXPECT_EQ(digest(a, 0, Part::weights) != digest(b, 0, Part::weights), row.first_weights) << row.stream;
        EXPECT_EQ(digest(a, 0, Part::optimizer), digest(b, 0, Part::optimizer)) << row.stream;
        for (std::size_t step = 1; step <= k_steps; ++step) {
            EXPECT_EQ(digest(a, step, Part::batch) != digest(b, step, Part::batch), row.batches) << row.stream << step;
            EXPECT_EQ(digest(a, step, Part::keys) != digest(b, step, Part::keys), row.keys) << row.stream << step;
            EXPECT_NE(digest(a, step, Part::weights), digest(b, step, Part::weights)) << row.stream << step;
            EXPECT_NE(digest(a, step, Part::optimizer), digest(b, step, Part::optimizer)) << row.stream << step;
        }
        EXPECT_NE(a.probabilities, b.probabilities) << row.stream;
        EXPECT_EQ(a.labels, b.labels) << row.stream;
    }
}

TEST(Seeds, AStreamThatNothingIsDrawnFromIsInert) {
    const std::pair<std::string, Json::Object> rows[] = {
        {"dropout", {}},
        {"augment", {}},
        {"shuffle", {{"order", "fixed"}}},
        {"shuffle", {{"order", "by_class"}}},
        {"data", {{"train", 120}}},  // all there are
        {"master", {{"dropout", 0.3}, {"augment", 2}}},
        {"init", {{"seed_mode", "torch"}}},
        {"shuffle", {{"seed_mode", "torch"}}},
        {"dropout", {{"seed_mode", "torch"}, {"dropout", 0.3}}},
        {"data", {{"seed_mode", "torch"}}},
    };
    for (const auto& [stream, changes] : rows) {
        expect_same_run(with_seed(changes, stream, 1), with_seed(changes, stream, 2),
                        stream + " " + canonical_json(changes));
    }
}

TEST(Seeds, InTorchModeTheMasterSeedMovesEverything) {
    const Json::Object changes = {{"seed_mode", "torch"}, {"dropout", 0.3}};
    const Training a = with_seed(changes, "master", 1), b = with_seed(changes, "master", 2);
    EXPECT_NE(digest(a, 0, Part::weights), digest(b, 0, Part::weights));
    for (std::size_t step = 1; step <= k_steps; ++step) {
        EXPECT_NE(digest(a, step, Part::batch), digest(b, step, Part::batch)) << step;
        EXPECT_NE(digest(a, step, Part::keys), digest(b, step, Part::keys)) << step;
    }
}

// The digests are of what the header says, not only different: the indices of each batch, from the documented order.
TEST(Seeds, TheBatchesAreTheDocumentedOnes) {
    std::vector<std::int64_t> file_order(120), by_class(120);
    for (std::size_t i = 0; i < 120; ++i) file_order[i] = by_class[i] = static_cast<std::int64_t>(i);
    std::stable_sort(by_class.begin(), by_class.end(), [](std::int64_t a, std::int64_t b) {
        return images().train.labels[static_cast<std::size_t>(a)] < images().train.labels[static_cast<std::size_t>(b)];
    });
    const std::uint64_t shuffle = torch_request().seeds.at("shuffle");
    const std::pair<std::string, std::vector<std::int64_t>> rows[] = {
        {"fixed", file_order},
        {"by_class", by_class},
        {"shuffled", Random(shuffle, "shuffle", 0).permutation(120)},
    };
    for (const auto& [order, expected] : rows) {
        const Training training = trained(torch_request(small({{"order", order}, {"train", 120}, {"epochs", 1}})));
        ASSERT_EQ(training.step_digests.size(), 5 * 8U);
        for (std::size_t step = 1; step <= 4; ++step) {
            const auto begin = expected.begin() + static_cast<std::ptrdiff_t>(32 * (step - 1));
            const auto end = step == 4 ? expected.end() : begin + 32;
            EXPECT_EQ(digest(training, step, Part::batch), digest_of({begin, end})) << order << " step " << step;
        }
    }
}

TEST(Seeds, EveryEpochHasAnOrderOfItsOwn) {
    for (const char* mode : {"separate", "torch"}) {
        const Training training = trained(torch_request(small({{"seed_mode", mode}})));
        EXPECT_NE(digest(training, 1, Part::batch), digest(training, 5, Part::batch)) << mode;
    }
}

TEST(Seeds, EveryStepHasAKeyOfItsOwn) {
    for (const char* mode : {"separate", "torch"}) {
        const Training training = trained(torch_request(small({{"seed_mode", mode}, {"dropout", 0.3}})));
        for (std::size_t step = 2; step <= k_steps; ++step)
            EXPECT_NE(digest(training, step, Part::keys), digest(training, step - 1, Part::keys)) << mode << step;
    }
}

}  // namespace
}  // namespace assay
