// trainer.predict through the whole program: the saved model predicts the same, otherwise, or not at all.
#include "cli/program.hpp"

namespace assay::testing {
namespace {

// Writes two predictions that depend on the seed, and the "model" from which they can be made again.
constexpr const char* k_train =
    "s=$(printf %s \"$ASSAY_SEED\" | cksum | cut -c1-3)\n"
    "echo \"$s\" > \"$ASSAY_OUT/model\"\n"
    "printf '0.%d,0.%03d\\n0.25,0.75\\n' \"$s\" $((1000 - s)) > \"$ASSAY_OUT/predictions.csv\"\n";
constexpr const char* k_predict =
    "s=$(cat \"$1/model\")\n"
    "printf '0.%d,0.%03d\\n0.25,0.75\\n' \"$s\" $((1000 - s)) > \"$2/predictions.csv\"\n";

struct Reloaded : Bench {
    explicit Reloaded(const std::string& predict, const std::string& more = "") {
        write("train.sh", k_train);
        write("predict.sh", predict);
        write("t.yaml",
              "assay: 1\nname: t\ntrainer:\n  exec: sh train.sh\n  predict: sh predict.sh ${trained} ${out}\n" + more +
                  "factors: {seed: {all: 3}}\nreplays: 0\n");
    }
    CommandResult run() const { return assay({"run", "t.yaml", "--store", "store"}); }
    Json reloads() const { return report().at("attribution").at("reloads"); }
};

TEST(ReloadedModel, ThatPredictsTheSameIsNoFinding) {
    const Reloaded bench(k_predict);
    const auto run = bench.run();
    EXPECT_EQ(run.exit, 0) << run.err;
    EXPECT_FALSE(holds(run.out, "RELOAD")) << run.out;
    const Json reloads = bench.reloads();
    EXPECT_EQ(reloads.at("runs"), Json(3));
    EXPECT_EQ(reloads.at("same"), Json(3));
    EXPECT_TRUE(reloads.at("labels").is_null() && reloads.at("worst").is_null() && reloads.at("reason").is_null());
}

TEST(ReloadedModel, ThatPredictsOtherwiseSaysHowFarAndHowManyLabels) {
    const Reloaded bench("printf '1,0\\n0.75,0.25\\n' > \"$2/predictions.csv\"\n");
    const auto run = bench.run();
    EXPECT_EQ(run.exit, 0) << "a finding, no failure: " << run.err;
    EXPECT_TRUE(holds(run.out, "Careful: RELOAD_DIFFERS: in 3 of 3 runs")) << run.out;
    EXPECT_LT(run.out.find("RELOAD_DIFFERS"), run.out.find('%')) << "before any figure";
    const Json reloads = bench.reloads();
    EXPECT_EQ(reloads.at("differ"), Json(3));
    EXPECT_EQ(reloads.at("inputs"), Json(2));
    EXPECT_GE(reloads.at("labels").as_integer(), 1);
    EXPECT_GE(reloads.at("max_abs_dp").as_number(), 0.5);
    EXPECT_EQ(bench.report().at("attribution").at("findings").as_array().at(0).at("code"), Json("D0111"));
    const auto explained = bench.assay({"explain", "D0111"});
    EXPECT_TRUE(holds(explained.out, "RELOAD_DIFFERS")) << explained.out;
}

// Whatever it does, the run has its answers, and the reason is said.
TEST(ReloadedModel, ThatCannotBeAskedIsAFindingWithItsReason) {
    const std::pair<const char*, const char*> rows[] = {
        {"echo no such layer >&2; exit 3", "R0204: trainer.predict ended with exit 3; last line: no such layer"},
        {"true", "R0208: the trainer ended without writing predictions.npy"},
        {"kill -9 $$", "R0205: trainer.predict was ended by signal 9"},
        {"sleep 60", "R0206: stopped at its time limit of 1.0 s"},
        {"echo 0.5,0.5 > \"$2/predictions.csv\"", "R0210: predictions.csv is 1 x 2"},
        {"exit 75", "R0204: trainer.predict ended with exit 75"},
        {"echo 0.1,0.9 > \"$1/predictions.csv\"", "R0208: "},
    };
    for (const auto& [script, reason] : rows) {
        const Reloaded bench(script, "  timeout: 1s\n");
        const auto run = bench.run();
        EXPECT_EQ(run.exit, 0) << script << run.err;
        const Json report = bench.report();
        const Json& reloads = report.at("attribution").at("reloads");
        EXPECT_EQ(reloads.at("failed"), Json(3)) << script;
        EXPECT_TRUE(reloads.at("reason").as_string().starts_with(reason)) << reloads.at("reason").as_string();
        EXPECT_EQ(report.at("attribution").at("findings").as_array().at(0).at("code"), Json("D0112"));
        for (const Json& one : report.at("runs").as_array()) EXPECT_EQ(one.at("outcome"), Json("completed")) << script;
    }
}

TEST(ReloadedModel, IsAskedByReplayAndTrainerCheckToo) {
    const Reloaded bench(k_predict);
    const auto check = bench.assay({"trainer", "check", "t.yaml"});
    EXPECT_EQ(check.exit, 0) << check.out << check.err;
    EXPECT_TRUE(holds(check.out, "pass  reload ")) << check.out;
    bench.run();
    EXPECT_EQ(bench.assay({"replay", "001", "--store", "store"}).exit, 0);
    const Reloaded broken("exit 3");
    const auto failing = broken.assay({"trainer", "check", "t.yaml"});
    EXPECT_EQ(failing.exit, 1);
    EXPECT_TRUE(holds(failing.out, "FAIL  reload ")) << failing.out;
}

TEST(ReloadedModel, APredictThatChangesIsAskedAgain) {
    const Reloaded bench(k_predict);
    bench.run();
    bench.write("predict.sh", "exit 3");
    bench.run();
    EXPECT_EQ(bench.reloads().at("failed"), Json(3));
}

TEST(ReloadedModel, OfAPlaceholderThatNothingFillsInIsRefused) {
    const Reloaded bench(k_predict);
    bench.write("u.yaml",
                "assay: 1\nname: t\ntrainer: {exec: 'sh train.sh ${trained}', predict: 'sh p.sh ${traned}'}\n"
                "factors: {seed: {all: 3}}\n");
    const auto plan = bench.assay({"plan", "u.yaml"});
    EXPECT_EQ(plan.exit, 2);
    EXPECT_TRUE(holds(plan.err, "did you mean '${trained}'?")) << plan.err;
    EXPECT_TRUE(holds(plan.err, "nothing fills in ${trained}")) << "a training has none: " << plan.err;
}

}  // namespace
}  // namespace assay::testing
