// The same audit gives the same bytes: in another store, with another number of jobs, and as a replay.
#include "program.hpp"

namespace assay {
namespace {
using testing::Bench;
using testing::holds;
using testing::without_context;

const std::string k_smoke = ASSAY_SOURCE_DIR "/audits/smoke_synthetic.yaml";

std::string report_text(const Bench& bench, const std::string& store) {
    return bench.assay({"report", "--json", "--store", store}).out;
}

TEST(Determinism, TwoStoresHaveTheSameAuditAndTheSameReport) {
    const Bench bench;
    ASSERT_EQ(bench.assay({"run", k_smoke, "--store", "a", "--jobs", "1"}).exit, 0);
    ASSERT_EQ(bench.assay({"run", k_smoke, "--store", "b", "--jobs", "2"}).exit, 0);
    EXPECT_EQ(list_directory(bench.folder.path() / "a" / "audit"), list_directory(bench.folder.path() / "b" / "audit"));
    const std::string a = report_text(bench, "a"), b = report_text(bench, "b");
    EXPECT_NE(a, b) << "the context names the store";
    EXPECT_EQ(without_context(a), without_context(b));
}

TEST(Determinism, AnotherRootSeedIsAnotherAuditWithOtherFigures) {
    const Bench bench;
    const std::string spec = testing::synthetic_spec();
    bench.write("one.yaml", spec);
    bench.write("two.yaml", spec + "root_seed: 2\n");
    ASSERT_EQ(bench.assay({"run", "one.yaml", "--store", "a"}).exit, 0);
    ASSERT_EQ(bench.assay({"run", "two.yaml", "--store", "b"}).exit, 0);
    EXPECT_NE(bench.report("a").at("audit"), bench.report("b").at("audit"));
    EXPECT_NE(bench.report("a").at("attribution").at("rows"), bench.report("b").at("attribution").at("rows"));
}

TEST(Determinism, WhatRunPrintsIsWhatReportPrints) {
    const Bench bench;
    bench.write("spec.yaml", testing::synthetic_spec());
    const auto run = bench.assay({"run", "spec.yaml", "--store", "store", "--json"});
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_EQ(without_context(run.out), without_context(report_text(bench, "store")));
    ASSERT_EQ(bench.assay({"report", "--store", "store", "-o", "r.json"}).exit, 0);
    EXPECT_EQ(without_context(read_file(bench.folder.path() / "r.json")), without_context(run.out));
}

TEST(Determinism, ASecondRunStartsNothing) {
    const Bench bench;
    bench.write("spec.yaml", testing::synthetic_spec());
    const auto first = bench.assay({"run", "spec.yaml", "--store", "store", "--json"});
    EXPECT_TRUE(holds(first.err, "5 runs in ")) << first.err;
    const auto second = bench.assay({"run", "spec.yaml", "--store", "store", "--json"});
    EXPECT_EQ(second.exit, 0);
    EXPECT_TRUE(holds(second.err, "5 of 5 runs are stored")) << second.err;
    EXPECT_FALSE(holds(second.err, "5 runs in ")) << second.err;
    EXPECT_EQ(without_context(first.out), without_context(second.out));
}

}  // namespace
}  // namespace assay
