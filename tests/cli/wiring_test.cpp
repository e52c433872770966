// A trainer that ignores a seed, through the whole program: exit code 2 wherever its report is shown, and the report.
#include "program.hpp"

namespace assay {
namespace {
using testing::Bench;
using testing::holds;
using testing::shell_spec;

// It takes 7 for its seed of init, whatever it is given.
struct Deaf : Bench {
    explicit Deaf(const std::string& factors = "{seed: {init: 3}}", const std::string& script = "") {
        write("train.sh", testing::k_foreign_trainer);
        write("deaf.yaml", shell_spec(script + "INIT=7 exec sh train.sh", factors));
    }
};

TEST(SeedNotWired, IsTheAnswerOfRunAndReport) {
    const Deaf bench;
    const auto run = bench.assay({"run", "deaf.yaml", "--store", "store"});
    EXPECT_EQ(run.exit, 2) << run.err;
    const std::size_t at = run.out.find("SEED_NOT_WIRED: seed.init changes no bit in 3 pairs");
    ASSERT_NE(at, std::string::npos) << run.out;
    EXPECT_LT(at, run.out.find('%')) << "before any figure";
    for (const char* part : {"  where     deaf.yaml:6:18\n", "  got       all 3 pairs", "  do        let the command",
                             "${seed.init}", "Changing only this"})
        EXPECT_TRUE(holds(run.out, part)) << part << run.out;
    const auto report = bench.assay({"report", "--store", "store"});
    EXPECT_EQ(report.exit, 2);
    EXPECT_TRUE(holds(report.out, "SEED_NOT_WIRED") && holds(report.out, "deaf.yaml:6:18")) << report.out;
    EXPECT_EQ(report.err, "") << "said once";
    const auto again = bench.assay({"run", "deaf.yaml", "--store", "store"});
    EXPECT_EQ(again.exit, 2) << "also where nothing is left to run";
}

TEST(SeedNotWired, IsAFlagForPrograms) {
    const Deaf bench;
    bench.assay({"run", "deaf.yaml", "--store", "store"});
    const auto result = bench.assay({"report", "--json", "--store", "store"});
    EXPECT_EQ(result.exit, 2);
    const Json report = parse_json(result.out, "report");
    const Json& error = report.at("errors").as_array().at(0);
    EXPECT_EQ(error.at("flag"), Json("SEED_NOT_WIRED"));
    EXPECT_EQ(error.at("factor"), Json("seed.init"));
    EXPECT_EQ(report.at("context").at("places").at("seed.init"), Json("deaf.yaml:6:18"));
    EXPECT_TRUE(holds(result.err, "error[D0107]: deaf.yaml:6:18: SEED_NOT_WIRED: seed.init")) << result.err;
    const auto to_file = bench.assay({"report", "-o", "r.txt", "--store", "store"});
    EXPECT_EQ(to_file.exit, 2);
    EXPECT_TRUE(holds(to_file.err, "error[D0107]")) << to_file.err;
    EXPECT_TRUE(holds(read_file(bench.folder.path() / "r.txt"), "SEED_NOT_WIRED"));
}

// The place is true of the file that was run: of another text nothing is said.
TEST(SeedNotWired, APlaceIsSaidOnlyOfTheSpecThatRan) {
    const Deaf bench;
    bench.assay({"run", "deaf.yaml", "--store", "store"});
    bench.write("deaf.yaml", "# rewritten\n" + read_file(bench.folder.path() / "deaf.yaml"));
    const auto report = bench.assay({"report", "--store", "store"});
    EXPECT_EQ(report.exit, 2);
    EXPECT_FALSE(holds(report.out, "  where ")) << report.out;
}

TEST(SeedNotWired, ComesBeforeFailedRunsAndAfterAnEarlyStop) {
    const Deaf failing("{hyperparameter: {broken: [0, 1]}, seed: {init: 3}}",
                       "if [ $ASSAY_PARAM_BROKEN = 1 ]; then exit 3; fi; ");
    const auto run = failing.assay({"run", "deaf.yaml", "--store", "store"});
    EXPECT_EQ(run.exit, 2) << "2 before 4: " << run.out;
    EXPECT_TRUE(holds(run.out, "SEED_NOT_WIRED") && holds(run.out, "R0204")) << run.out;
    const Deaf limited;
    EXPECT_EQ(limited.assay({"run", "deaf.yaml", "--store", "store", "--limit", "3"}).exit, 75);
}

TEST(SeedNotWired, OneStreamOfTwoIsEnough) {
    const Deaf bench("{seed: {init: 2, shuffle: 2}}");
    const auto run = bench.assay({"run", "deaf.yaml", "--store", "store"});
    EXPECT_EQ(run.exit, 2) << run.out;
    EXPECT_TRUE(holds(run.out, "SEED_NOT_WIRED: seed.init")) << run.out;
    EXPECT_FALSE(holds(run.out, "SEED_NOT_WIRED: seed.shuffle")) << run.out;
    EXPECT_TRUE(holds(run.out, "Another seed of shuffle changes")) << run.out;
}

TEST(SeedNotWired, OfAnImportedTable) {
    const Bench bench;
    bench.write("a.csv", "0.9,0.1\n0.2,0.8\n");
    bench.write("runs.csv", "seed,predictions\n1,a.csv\n2,a.csv\n3,a.csv\n");
    const auto result = bench.assay({"import", "runs.csv", "--store", "store"});
    EXPECT_EQ(result.exit, 2) << result.out << result.err;
    EXPECT_TRUE(holds(result.out, "SEED_NOT_WIRED: seed.all changes no bit in 3 pairs")) << result.out;
    EXPECT_TRUE(holds(result.out, "name one file of predictions")) << result.out;
    EXPECT_EQ(bench.assay({"report", "--store", "store"}).exit, 2);
}

TEST(IdleStream, IsRefusedBeforeAnythingRuns) {
    const Bench bench;
    bench.write("idle.yaml", testing::synthetic_spec("{sd_init: 0}", "{init: 4}"));
    for (const testing::Words& words : {testing::Words{"plan", "idle.yaml"}, {"run", "idle.yaml"}}) {
        const auto result = bench.assay(words);
        EXPECT_EQ(result.exit, 2) << result.out;
        EXPECT_TRUE(holds(result.err,
                          "error[S0203]: idle.yaml:5:18: seed.init varies, but no run draws from it: "
                          "sd_init is 0"))
            << result.err;
        EXPECT_TRUE(holds(result.err, "give sd_init a value above 0, or take init out of factors")) << result.err;
    }
    EXPECT_FALSE(std::filesystem::exists(bench.folder.path() / ".assay"));
}

}  // namespace
}  // namespace assay
