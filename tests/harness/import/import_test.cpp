#include "import/import.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "core/manifest.hpp"
#include "core/predictions.hpp"
#include "import/rows.hpp"
#include "tables.hpp"

namespace assay {
namespace {
using testing::Tables;

TEST(Import, ColumnsBecomeRequests) {
    const Tables tables;
    const ImportedAudit audit = tables.import(
        "seed.init,lr,architecture.model,data.train,hardware.isa,hardware.threads,environment.A,software.python,"
        "predictions\n"
        "1,0.1,dense,100,avx2,2,007,3.10,a.npy\n"
        "18446744073709551615,1e-1,dense,200,avx2,2,007,3.10,b.npy\n");
    const RunRequest& first = audit.plan.runs[0].request;
    EXPECT_EQ(first.params, Json(Json::Object{{"lr", 0.1}, {"model", "dense"}, {"train", 100}}));
    EXPECT_EQ(first.hardware, Json(Json::Object{{"isa", "avx2"}, {"threads", 2}}));
    EXPECT_EQ(first.seeds, (std::map<std::string, std::uint64_t>{{"init", 1}}));
    EXPECT_EQ(first.environment, (std::map<std::string, std::string>{{"A", "007"}}));
    EXPECT_EQ(first.software, (std::map<std::string, std::string>{{"python", "3.10"}}));
    EXPECT_EQ(audit.plan.runs[1].request.seeds.at("init"), 18446744073709551615U);
    EXPECT_EQ(audit.plan.factors, (std::vector<Factor>{{FactorKind::seed, "init", {"1", "18446744073709551615"}},
                                                       {FactorKind::data, "train", {100, 200}}}))
        << "what never changes is no factor, and 0.1 is 1e-1";
    EXPECT_EQ(first.trainer.at("kind"), Json("import"));
    for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(audit.records[i].request, audit.plan.runs[i].request);
}

TEST(Import, OneSeedFeedsEveryStream) {
    const Tables tables;
    const ImportedAudit audit = tables.import("seed,predictions\n5,a.npy\n6,b.npy\n");
    EXPECT_EQ(full_name(audit.plan.factors.at(0)), "seed.all");
    for (const char* stream : {"master", "init", "shuffle", "dropout", "augment", "data"})
        EXPECT_EQ(audit.plan.runs[1].request.seeds.at(stream), 6U) << stream;
}

TEST(Import, LevelsAreNumbersWhereAllReadersAgree) {
    const std::pair<const char*, Json> cases[] = {
        {"0.1", 0.1},     {"1e-05", 1e-5},  {".5", 0.5},        {"-2", -2},
        {"-0", 0},        {"true", true},   {"False", "False"}, {"007", "007"},
        {"-012", "-012"}, {"0x10", "0x10"}, {"1_000", "1_000"}, {"nan", "nan"},
        {"inf", "inf"},   {"-inf", "-inf"}, {"1e999", "1e999"}, {"9007199254740993", "9007199254740993"},
        {"", ""},         {"[64]", "[64]"}, {"0", 0},           {"0.0", 0},
    };
    for (const auto& [text, value] : cases) EXPECT_EQ(level_value(text), value) << text;
}

TEST(Import, FilesAreKeptAsTheyAre) {
    const Tables tables;
    const ImportedAudit audit =
        tables.import("seed,predictions,labels,weights\n1,a.npy,labels.npy,b.npy\n2,b.npy,labels.npy,\n");
    for (const auto& [digest, bytes] : audit.objects) EXPECT_EQ(digest, sha256_hex(bytes));
    const MemberRef& answers = audit.records[0].members.at("predictions.npy");
    EXPECT_EQ(audit.objects.at(answers.sha256), read_file(tables.folder.path() / "a.npy"));
    EXPECT_EQ(answers.size_bytes, audit.objects.at(answers.sha256).size());
    EXPECT_EQ(audit.records[0].members.at("labels.npy"), audit.records[1].members.at("labels.npy"));
    EXPECT_EQ(audit.objects.size(), 3U);
    ASSERT_EQ(audit.records[0].weights.size(), 1U);
    EXPECT_EQ(audit.records[0].weights[0].shape, (std::vector<std::uint64_t>{20, 2}));
    EXPECT_EQ(audit.records[0].weights[0].dtype, "F32");
    EXPECT_TRUE(audit.records[1].weights.empty());
}

TEST(Import, NumbersInATextFileAreTheSameNumbers) {
    const Tables tables;
    tables.write("p.csv", "\xEF\xBB\xBFno,yes\n0.25,0.75\r\n1,0\n");
    tables.write("q.csv",
                 "\xEF\xBB\xBF"
                 "0.5,0.5\n1e-1,0.9\n");
    tables.write("y.csv", "1\n0\n");
    const ImportedAudit audit = tables.import("seed,predictions,labels\n1,p.csv,y.csv\n2,q.csv,y.csv\n");
    const auto read = [&](std::size_t run, const char* name) {
        return parse_npy(audit.objects.at(audit.records[run].members.at(name).sha256));
    };
    const auto predictions = predictions_from_array(read(0, "predictions.npy")).predictions;
    ASSERT_TRUE(predictions);
    EXPECT_EQ(predictions->probabilities, (std::vector<float>{0.25F, 0.75F, 1, 0}));
    EXPECT_EQ(predictions_from_array(read(1, "predictions.npy")).predictions->probabilities[2], 0.1F);
    EXPECT_EQ(integers_of(read(0, "labels.npy")), (std::vector<std::int64_t>{1, 0}));
}

TEST(Import, OutcomesAreTheTablesOrTheFiles) {
    const Tables tables;
    const ImportedAudit audit = tables.import(
        "seed,predictions,outcome,response.loss\n1,a.npy,,0.5\n2,nan.npy,,nan\n3,,diverged,inf\n4,,failed,\n"
        "5,,timed_out,NA\n6,,skipped,1\n7,b.npy,completed,2\n");
    const RunState states[] = {RunState::completed, RunState::diverged, RunState::diverged, RunState::failed,
                               RunState::timed_out, RunState::skipped,  RunState::completed};
    for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_EQ(audit.records[i].state, states[i]) << i;
        EXPECT_EQ(audit.records[i].reason.empty(), states[i] == RunState::completed) << i;
    }
    EXPECT_EQ(audit.records[1].reason,
              "40 of 40 predicted values are NaN or infinite, the first in row 0, column 0 (from 0)");
    EXPECT_EQ(audit.records[0].metrics, Json(Json::Object{{"loss", 0.5}}));
    EXPECT_EQ(audit.records[1].metrics, Json(Json::Object()));
    EXPECT_EQ(audit.records[5].metrics, Json(Json::Object{{"loss", 1}}));
}

TEST(Import, NumbersAloneAreKept) {
    const Tables tables;
    const ImportedAudit audit = tables.import("seed,response.accuracy\n1,0.5\n2,-3e2\n");
    EXPECT_EQ(audit.records[1].metrics.at("accuracy"), Json(-300));
    EXPECT_TRUE(audit.records[1].members.empty() && audit.objects.empty());
}

TEST(Import, TheSameTableIsTheSameAudit) {
    const Tables here, there;
    const std::string text = "seed,predictions\n1,a.npy\n2,b.npy\n";
    const ImportedAudit audit = here.import(text);
    for (const std::string& other :
         {std::string("\xEF\xBB\xBF") + text, std::string("seed , predictions\r\n\n1,./a.npy\r\n\"2\",\"b.npy\"")}) {
        const ImportedAudit again = there.import(other);
        EXPECT_EQ(audit_id(again.plan), audit_id(audit.plan));
        EXPECT_EQ(again.records, audit.records);
    }
    EXPECT_EQ(plan_from_json(plan_json(audit.plan)), audit.plan);
    for (const RunRecord& record : audit.records) EXPECT_EQ(run_record_from_manifest(manifest_json(record)), record);
}

// A corrected table must not be answered from the store with what the wrong one said.
TEST(Import, AnotherAnswerIsAnotherRequest) {
    const Tables tables;
    const ImportedAudit audit = tables.import("seed,predictions\n1,a.npy\n2,b.npy\n");
    const ImportedAudit other = tables.import("seed,predictions\n1,a.npy\n2,c.npy\n");
    EXPECT_EQ(other.plan.factors, audit.plan.factors);
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_NE(request_id(other.records[i].request), request_id(audit.records[i].request));
}

TEST(Import, ItsNameIsTheTablesOrTheOneAskedFor) {
    const Tables tables;
    const std::string text = "seed,predictions\n1,a.npy\n2,b.npy\n";
    const auto named = [&](const char* file) { return import_table(text, tables.folder.path() / file, "").plan.name; };
    EXPECT_EQ(named("runs.csv"), "runs");
    EXPECT_EQ(named("My Sweep (2).csv"), "my_sweep_2_");
    EXPECT_EQ(named("...csv"), "imported");
    EXPECT_EQ(named((std::string(90, 'x') + ".csv").c_str()).size(), 64U);
    EXPECT_EQ(tables.import(text, "may").plan.name, "may");
    EXPECT_EQ(tables.import(text, "may").records, tables.import(text).records) << "a name is no part of a run";
    EXPECT_THROW(tables.import(text, "May"), Error);
}

}  // namespace
}  // namespace assay
