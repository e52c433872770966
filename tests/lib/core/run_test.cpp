#include "core/run.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

RunRequest example_request() {
    RunRequest request;
    request.trainer = Json::Object{{"kind", "synthetic"}, {"version", "0.1.0"}};
    request.params = Json::Object{{"lr", 0.001}, {"model", "dense"}};
    request.seeds = {{"master", 18446744073709551615ULL}, {"init", 7}};
    request.hardware = Json::Object{{"threads", 1}};
    request.environment = {{"PYTHONHASHSEED", "0"}};
    return request;
}

RunRecord example_record() {
    RunRecord record;
    record.request = example_request();
    record.state = RunState::completed;
    record.hardware = {record.request.hardware, Json::Object{{"threads", 1}}};
    record.versions = Json::Object{{"libtorch", "1.13.1"}};
    record.metrics = Json::Object{{"accuracy", 0.97}};
    record.members = {{"predictions.npy", {sha256_hex("p"), 1}}};
    record.weights = {{"2.weight", "F32", {10, 64}, sha256_hex("w")}, {"0.bias", "F32", {64}, sha256_hex("b")}};
    record.attempt = 1;
    record.wall_s = 0.25;
    record.started = "2026-11-23T00:00:00Z";
    record.host = "host";
    return record;
}

TEST(RunRequest, ReadsBack) { EXPECT_EQ(run_request_from_json(to_json(example_request())), example_request()); }

TEST(RunRequest, EverythingAskedForChangesItsIdAndOnlyTheRecipeChangesTheRecipe) {
    const RunRequest base = example_request();
    struct Row {
        const char* what;
        std::function<void(RunRequest&)> change;
        bool recipe;
    };
    const Row rows[] = {
        {"trainer", [](RunRequest& r) { r.trainer["version"] = "0.2.0"; }, true},
        {"parameter", [](RunRequest& r) { r.params["lr"] = 0.1; }, true},
        {"seed", [](RunRequest& r) { r.seeds["init"] = 8; }, true},
        {"hardware", [](RunRequest& r) { r.hardware["threads"] = 2; }, false},
        {"environment", [](RunRequest& r) { r.environment["X"] = "1"; }, false},
        {"software", [](RunRequest& r) { r.software["python"] = "python3"; }, false},
        {"replicate", [](RunRequest& r) { r.replicate = 1; }, false},
    };
    for (const Row& row : rows) {
        RunRequest changed = base;
        row.change(changed);
        EXPECT_NE(request_id(changed), request_id(base)) << row.what;
        EXPECT_EQ(recipe_id(changed) != recipe_id(base), row.recipe) << row.what;
    }
}

TEST(RunState, NamesReadBack) {
    for (const RunState state :
         {RunState::completed, RunState::diverged, RunState::failed, RunState::timed_out, RunState::skipped}) {
        EXPECT_EQ(state_from_name(state_name(state)), state);
    }
    EXPECT_FALSE(state_from_name("done"));
}

TEST(TensorTable, RootDependsOnContentNotOnOrder) {
    std::vector<TensorDigest> table = example_record().weights;
    const std::string root = tensor_table_root(table);
    std::swap(table[0], table[1]);
    EXPECT_EQ(tensor_table_root(table), root);
    table[0].shape = {640};
    EXPECT_NE(tensor_table_root(table), root);
}

}  // namespace
}  // namespace assay
