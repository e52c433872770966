#include "report/json.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "harness/report/scenarios.hpp"

namespace assay {
namespace {

using testing::scenario;

TEST(JsonReport, OnlyTheContextDependsOnTheContext) {
    const std::function<void(ReportContext&)> changes[] = {
        [](ReportContext& c) { c.generated = "2031-12-31T23:59:59Z"; },
        [](ReportContext& c) { c.host = "another-host"; },
        [](ReportContext& c) { c.store = "/elsewhere/.assay"; },
        [](ReportContext& c) { c.tool = "assay 9.9.9"; },
        [](ReportContext& c) { c.training_s = 12345; },
    };
    for (const std::string& name : testing::scenario_names()) {
        const Json before = json_report(scenario(name));
        for (const auto& change : changes) {
            Report report = scenario(name);
            change(report.context);
            Json after = json_report(report);
            EXPECT_NE(after.at("context"), before.at("context")) << "the change itself must be seen";
            after["context"] = before.at("context");
            EXPECT_EQ(canonical_json(after), canonical_json(before)) << name;
        }
    }
}

// Where a run's folder lies is true of this machine only.
TEST(JsonReport, CommandsWithPathsOfThisMachineAreContext) {
    Report report = scenario("troubled");
    const Json before = json_report(report);
    for (FailedRun& run : report.failed) run.reproduce = "sh /another/place/" + run.label + "/run.sh";
    Json after = json_report(report);
    EXPECT_EQ(after.at("context").at("reproduce").at("014"), Json("sh /another/place/014/run.sh"));
    EXPECT_EQ(before.at("context").at("reproduce").at("014"), Json()) << "nothing is null";
    after["context"] = before.at("context");
    EXPECT_EQ(after, before);
}

TEST(JsonReport, SaysWhatEachRunBecame) {
    const Report& report = scenario("troubled");
    const Json json = json_report(report);
    const Json::Array& runs = json.at("runs").as_array();
    ASSERT_EQ(runs.size(), 26U);
    struct Row {
        std::size_t index;
        std::string outcome;
        bool replay, answers, accuracy;
    };
    const Row rows[] = {{0, "completed", false, true, true},  {2, "missing", false, false, false},
                        {9, "failed", false, false, false},   {11, "diverged", false, false, false},
                        {12, "skipped", false, false, false}, {13, "timed_out", false, false, false},
                        {16, "collapsed", false, true, true}, {24, "completed", true, true, true}};
    for (const Row& row : rows) {
        const Json& run = runs[row.index];
        EXPECT_EQ(run.at("run"), Json(report.runs[row.index].label));
        EXPECT_EQ(run.at("outcome"), Json(row.outcome));
        EXPECT_EQ(run.at("replay"), Json(row.replay)) << row.index;
        EXPECT_EQ(run.at("predictions").is_string(), row.answers) << row.index;
        EXPECT_EQ(run.at("accuracy").is_number(), row.accuracy) << row.index;
        EXPECT_TRUE(run.at("weights").is_null()) << "no run of this audit wrote weights";
    }
    EXPECT_EQ(runs[13].at("reason"), Json("no end after 600 s"));
    EXPECT_TRUE(runs[0].at("reason").is_null());
}

TEST(JsonReport, UndefinedIsNullAndUnboundedIsNull) {
    const Json blocks = json_report(scenario("blocks"));
    const Json& torch = blocks.at("attribution").at("rows").as_array()[0].at("cells").as_array()[0];
    EXPECT_EQ(torch.at("flips").at("flag"), Json("UNBOUNDED"));
    EXPECT_EQ(torch.at("flips").at("interval").at("low"), Json(0));
    EXPECT_TRUE(torch.at("flips").at("interval").at("high").is_null());
    const Json empty = json_report(scenario("no_answer"));
    const Json& init = empty.at("attribution").at("rows").as_array()[0].at("cells").as_array()[0];
    EXPECT_TRUE(init.at("flips").is_null());
    EXPECT_TRUE(init.at("max_abs_dp").is_null());
    EXPECT_EQ(init.at("empty_reason"), Json("failed"));
}

// A seed of 64 bits is not a JSON number.
TEST(JsonReport, TheRootSeedKeepsAllItsDigits) {
    Report report = scenario("blocks");
    report.root_seed = 18446744073709551615ULL;
    EXPECT_EQ(json_report(report).at("root_seed"), Json("18446744073709551615"));
}

TEST(MakeReport, GathersWhatThePlanAndTheRunsSay) {
    const Report& troubled = scenario("troubled");
    EXPECT_EQ(troubled.planned, 26U);
    EXPECT_EQ(troubled.stored, 24U);
    EXPECT_EQ(troubled.context.training_s, 48) << "2 s a stored run";
    EXPECT_EQ(troubled.audit.size(), 64U);
    EXPECT_EQ(troubled.design, "every combination");
    EXPECT_EQ(scenario("blocks").design, "3 blocks of 2 seeds a stream, crossed");
    EXPECT_EQ(scenario("seeds_alone").design, "seeds side by side");
    EXPECT_EQ(scenario("regular").pinned, Json(Json::Object{{"threads", 1}})) << "varied hardware is no pin";
    EXPECT_EQ(scenario("regular").versions.at("libtorch"), Json("1.13.0"));
}

}  // namespace
}  // namespace assay
