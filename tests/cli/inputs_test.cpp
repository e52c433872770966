// A table of inputs through the whole program: read once, kept in the store, and no run is another one because of it.
#include "archive/store.hpp"
#include "core/input_table.hpp"
#include "program.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::holds;
using testing::Words;

std::string inputs_csv(std::size_t n) {
    std::string text = "id,writer\n";
    for (std::size_t i = 0; i < n; ++i) text += "img_" + std::to_string(i) + ",w" + std::to_string(i % 2) + "\n";
    return text;
}

std::string spec(const std::string& inputs = "inputs: {table: inputs.csv}\n") {
    return testing::synthetic_spec("{inputs: 80, sd_init: 1}", "{init: 6}") + inputs;
}

struct Table : Bench {
    explicit Table(std::size_t n = 80) {
        write("inputs.csv", inputs_csv(n));
        write("spec.yaml", spec());
        write("plain.yaml", spec(""));
    }
};

TEST(Inputs, TheReportNeedsTheStoreOnly) {
    const Table bench;
    const auto run = bench.assay({"run", "spec.yaml", "--store", "store"});
    ASSERT_EQ(run.exit, 0) << run.err;
    EXPECT_TRUE(holds(run.out, "Slices: labels that two retrains dispute")) << run.out;
    EXPECT_TRUE(holds(run.out, "unstable inputs, most disputed first") && holds(run.out, "img_")) << run.out;
    fs::remove(bench.folder.path() / "inputs.csv");
    fs::remove(bench.folder.path() / "spec.yaml");
    const auto report = bench.assay({"report", "--store", "store"});
    EXPECT_EQ(report.exit, 0) << report.err;
    EXPECT_EQ(report.out.substr(0, report.out.find("\nMade")), run.out.substr(0, run.out.find("\nMade")));
    const Json json = bench.report();
    const Json& inputs = json.at("attribution").at("evidence").at("inputs").as_array().at(0);
    EXPECT_EQ(inputs.at("unstable_ids").as_array().size(), inputs.at("unstable").as_array().size());
    EXPECT_EQ(inputs.at("slices").as_array().size(), 2U);
    EXPECT_EQ(inputs.at("slices").as_array()[1].at("value"), Json("w1"));
    EXPECT_EQ(json.at("attribution").at("slices").as_array()[0].at("inputs"), Json(40));
    const Store store = Store::open(bench.folder.path() / "store");
    const Plan plan = store.get_audit(store.list_audits().at(0));
    ASSERT_TRUE(plan.inputs);
    const InputTable table = input_table_from_json(parse_json(store.get_object(*plan.inputs), "stored"));
    EXPECT_EQ(table.ids.at(79), "img_79");
}

TEST(Inputs, AreNoPartOfARun) {
    const Table bench;
    ASSERT_EQ(bench.assay({"run", "plain.yaml", "--store", "store"}).exit, 0);
    const auto again = bench.assay({"run", "spec.yaml", "--store", "store"});
    EXPECT_EQ(again.exit, 0) << again.err;
    EXPECT_TRUE(holds(again.err, "7 of 7 runs are stored") && holds(again.err, "0 to go")) << again.err;
    EXPECT_TRUE(holds(again.out, "Slices: ")) << again.out;
    const auto plan = bench.assay({"plan", "spec.yaml", "--store", "store"});
    EXPECT_EQ(plan.exit, 0);
    EXPECT_TRUE(holds(plan.out, " inputs          80 ids; slices: writer (2)\n")) << plan.out;
}

// What a built-in trainer has is known before anything runs; of a command, after its first run.
TEST(Inputs, ALineForEachInput) {
    for (const std::size_t n : {79U, 81U}) {
        const Table bench(n);
        for (const Words& words : {Words{"plan", "spec.yaml"}, {"run", "spec.yaml"}}) {
            const auto result = bench.assay(words);
            EXPECT_EQ(result.exit, 2) << result.out;
            EXPECT_TRUE(holds(
                result.err, "error[I0114]: the table of inputs has " + std::to_string(n) + " inputs, the runs have 80"))
                << result.err;
        }
        EXPECT_FALSE(fs::exists(bench.folder.path() / ".assay"));
    }
    const Table bench;
    bench.write("train.sh", testing::k_foreign_trainer);  // of 60 inputs
    bench.write("own.yaml", testing::shell_spec("exec sh train.sh", "{seed: {init: 3}}\ninputs: {table: inputs.csv}"));
    const auto run = bench.assay({"run", "own.yaml", "--store", "store", "--jobs", "1"});
    EXPECT_EQ(run.exit, 2) << run.out;
    EXPECT_TRUE(holds(run.err, "has 80 inputs, each run has predictions of 60")) << run.err;
    EXPECT_EQ(run.out, "") << "no figure by a table of other inputs";
    EXPECT_EQ(bench.assay({"plan", "own.yaml", "--store", "store"}).exit, 2) << "now it is known";
    bench.write("inputs.csv", inputs_csv(60));
    const auto mended = bench.assay({"run", "own.yaml", "--store", "store"});
    EXPECT_EQ(mended.exit, 0) << mended.err;
    EXPECT_TRUE(holds(mended.err, "1 of 4 runs are stored") && holds(mended.err, "3 to go"))
        << "the first run told, the others were not begun: " << mended.err;
}

TEST(Inputs, ABadTableIsRefusedBeforeAnythingRuns) {
    const Table bench;
    bench.write("inputs.csv", "id,writer\na,w1\na,w2\n");
    const auto result = bench.assay({"run", "spec.yaml", "--store", "store"});
    EXPECT_EQ(result.exit, 2);
    EXPECT_TRUE(holds(result.err, "inputs.csv:3:1")) << result.err;
    fs::remove(bench.folder.path() / "inputs.csv");
    EXPECT_EQ(bench.assay({"run", "spec.yaml", "--store", "store"}).exit, 74) << "no such file";
    EXPECT_FALSE(fs::exists(bench.folder.path() / "store"));
}

TEST(Inputs, OfAnImportedTable) {
    const Bench bench;
    std::string table = "seed,predictions\n";
    for (int run = 0; run < 4; ++run) {
        std::string answers;
        for (int i = 0; i < 40; ++i) answers += (i + run) % 5 == 0 ? "0.8,0.2\n" : "0.3,0.7\n";
        bench.write(std::to_string(run) + ".csv", answers);
        table += std::to_string(run) + "," + std::to_string(run) + ".csv\n";
    }
    bench.write("runs.csv", table);
    bench.write("inputs.csv", inputs_csv(40));
    bench.write("short.csv", inputs_csv(39));
    const auto refused = bench.assay({"import", "runs.csv", "--inputs", "short.csv", "--store", "store"});
    EXPECT_EQ(refused.exit, 2);
    EXPECT_TRUE(holds(refused.err, "has 39 inputs, each run has predictions of 40")) << refused.err;
    EXPECT_FALSE(fs::exists(bench.folder.path() / "store"));
    const auto result = bench.assay({"import", "runs.csv", "--inputs", "inputs.csv", "--store", "store"});
    EXPECT_EQ(result.exit, 0) << result.err;
    EXPECT_TRUE(holds(result.out, "Slices: ") && holds(result.out, "    w0 ")) << result.out;
    const auto without_time = [](const std::string& report) { return report.substr(0, report.find("\nMade ")); };
    EXPECT_EQ(without_time(bench.assay({"report", "--store", "store"}).out), without_time(result.out))
        << "from the store alone";
    EXPECT_EQ(bench.assay({"run", "spec.yaml", "--inputs", "inputs.csv"}).exit, 2) << "run reads it from the spec";
}

}  // namespace
}  // namespace assay
