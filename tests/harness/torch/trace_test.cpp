// The trace of a training's kernels: it changes no bit, and repeats.
#include <gtest/gtest.h>

#include "harness/torch/request.hpp"
#include "torch/environment.hpp"
#include "torch/run_fingerprint.hpp"
#include "torch/train.hpp"

namespace assay {
namespace {

using testing::torch_request;

RunRequest request_of(Json::Object changes) {
    changes.merge(Json::Object{{"hidden", Json::Array{16}},
                               {"channels", Json::Array{4}},
                               {"train", 120},
                               {"eval", 50},
                               {"epochs", 2},
                               {"batch", 32}});
    return torch_request(changes);
}

Training trained(const RunRequest& request, Traced traced) {
    static const DataSets k_images = {made_images(120, "train"), made_images(50, "eval")};
    force_hardware(request.hardware);
    return train(
        request, k_images, [](std::int64_t, std::int64_t) {}, traced);
}

TEST(TrainingTrace, ChangesNoBitAndRepeats) {
    for (const char* model : {"dense", "cnn"}) {
        for (const char* optimizer : {"adam", "sgd"}) {
            const RunRequest request = request_of({{"model", model}, {"optimizer", optimizer}, {"dropout", 0.2}});
            const Training without = trained(request, Traced::none);
            EXPECT_FALSE(without.trace);
            for (const Traced traced : {Traced::first, Traced::all}) {
                const Training once = trained(request, traced), again = trained(request, traced);
                EXPECT_EQ(once.weights, without.weights) << model;
                EXPECT_EQ(once.step_digests, without.step_digests) << model;
                ASSERT_TRUE(once.trace) << once.trace_problem;
                EXPECT_EQ(once.trace, again.trace);
                EXPECT_EQ(once.trace->steps, traced == Traced::all ? "all" : "first");
            }
        }
    }
}

TEST(TrainingTrace, SeedsAndRatesAreNoPartOfItButTheNetIs) {
    const auto trace = [](Json::Object changes, std::uint64_t init) {
        RunRequest request = request_of(std::move(changes));
        request.seeds["init"] = init;
        return trained(request, Traced::first).trace.value();
    };
    const TraceFingerprint base = trace({{"lr", 0.01}}, 1);
    EXPECT_EQ(trace({{"lr", 0.1}}, 2), base);
    EXPECT_NE(trace({{"lr", 0.01}, {"hidden", Json::Array{17}}}, 1).structure, base.structure);
    EXPECT_NE(trace({{"lr", 0.01}, {"batch", 16}}, 1).structure, base.structure);
    EXPECT_NE(trace({{"lr", 0.01}, {"optimizer", "sgd"}}, 1).structure, base.structure);
}

// Adam's own pass is no operation of libtorch's dispatcher: 4 steps call 4 times what one calls.
TEST(TrainingTrace, AllStepsAreTheirNumberTimesTheFirst) {
    const RunRequest request = request_of({{"train", 96}});  // 2 epochs of 3 full batches
    const auto first = trained(request, Traced::first).trace.value(), all = trained(request, Traced::all).trace.value();
    EXPECT_GT(first.operations, 20U);
    EXPECT_EQ(all.operations, 6 * first.operations);
}

TEST(RunFingerprint, NamesTheStreamsThatTheSeedModeUses) {
    const Fingerprint separate = run_fingerprint(request_of({}), std::nullopt);
    ASSERT_EQ(separate.seeds.size(), 5U);
    EXPECT_EQ(separate.seeds[3].stream, "init");
    EXPECT_EQ(separate.seeds[3].generator, "libtorch mt19937");
    EXPECT_EQ(separate.seeds[4].generator, "assay-random/1 philox4x32-10");
    const Fingerprint plain = run_fingerprint(request_of({{"seed_mode", "torch"}}), std::nullopt);
    ASSERT_EQ(plain.seeds.size(), 1U);
    EXPECT_EQ(plain.seeds[0].stream, "master");
    EXPECT_EQ(plain.seeds[0].generator, "libtorch mt19937");
    EXPECT_TRUE(separate.fields.empty());
    EXPECT_EQ(fingerprint_from_json(fingerprint_json(separate)), separate);
}

TEST(RunFingerprint, TheEnvironmentIsThatOfTheTraining) {
    force_hardware(Json::Object{{"threads", 1}, {"flush_denormals", true}});
    const Fingerprint flushed = training_environment();
    force_hardware(Json::Object{{"threads", 1}, {"flush_denormals", false}});
    const Fingerprint plain = training_environment();
    EXPECT_NE(environment_id(flushed), environment_id(plain));
    EXPECT_EQ(find_field(plain, "torch.threads")->value, Json(1));
    ASSERT_NE(find_field(plain, "torch.build_id"), nullptr);
    EXPECT_EQ(training_environment(), plain);
}

}  // namespace
}  // namespace assay
