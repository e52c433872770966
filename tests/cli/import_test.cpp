// Runs of other tools: a table in, the same figures out.
#include <gtest/gtest.h>

#include "archive/store.hpp"
#include "core/npy.hpp"
#include "program.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::holds;
using testing::Words;

// Every run of the last audit in `store` as a row of runs.csv, its files beside it: what another tool would have kept.
void export_runs(const Bench& bench, const std::string& store_name) {
    const Store store = Store::open(bench.folder.path() / store_name);
    const Plan plan = store.get_audit(store.list_audits().at(0));
    std::string table;
    for (const Factor& factor : plan.factors) table += full_name(factor) + ",";
    table += "replicate,outcome,predictions,labels\n";
    for (const PlannedRun& run : plan.runs) {
        const std::string label = run_label(plan, run.number);
        const RunRecord record = store.find_runs({request_id(run.request)}).at(0).record;
        for (std::size_t f = 0; f < plan.factors.size(); ++f)
            table += level_text(plan.factors[f].levels.at(static_cast<std::size_t>(run.levels[f]))) + ",";
        table += std::to_string(run.request.replicate) + "," + std::string(state_name(record.state));
        for (const char* name : {"predictions.npy", "labels.npy"}) {
            const auto member = record.members.find(name);
            table += ",";
            if (member == record.members.end()) continue;
            table += label + "." + name;
            bench.write(label + "." + name, store.get_object(member->second));
        }
        table += "\n";
    }
    bench.write("runs.csv", table);
}

// The attribution of the same runs, once as assay trained them and once as it was told of them.
void expect_equal_figures(const std::string& spec) {
    const Bench bench;
    bench.write("spec.yaml", spec);
    const auto run = bench.assay({"run", "spec.yaml", "--store", "trained"});
    ASSERT_TRUE(run.exit == 0 || run.exit == 4) << run.err;
    export_runs(bench, "trained");
    const auto import = bench.assay({"import", "runs.csv", "--store", "told"});
    ASSERT_EQ(import.exit, run.exit) << import.err;
    const Json trained = bench.report("trained"), told = bench.report("told");
    EXPECT_EQ(pretty_json(told.at("attribution")), pretty_json(trained.at("attribution")));
    EXPECT_EQ(told.at("factors"), trained.at("factors"));
    EXPECT_EQ(told.at("design"), trained.at("design"));
    EXPECT_EQ(told.at("lead"), trained.at("lead"));
    const auto& rows = told.at("runs").as_array();
    ASSERT_EQ(rows.size(), trained.at("runs").as_array().size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (const char* key : {"run", "cell", "outcome", "accuracy", "predictions", "replay"})
            EXPECT_EQ(rows[i].at(key), trained.at("runs").as_array()[i].at(key)) << key;
    }
}

TEST(Import, FiguresOfACrossedAudit) {
    expect_equal_figures(
        "assay: 1\nname: t\ntrainer: synthetic\nmodel: {inputs: 120, effect: 0.3, sd_interaction: 0.1}\nreplays: 2\n"
        "factors: {hyperparameter: {level: [0, 1, 2]}, seed: {init: 4, shuffle: 3}}\n");
}

TEST(Import, FiguresOfBlocksOfSeeds) {
    expect_equal_figures(
        "assay: 1\nname: t\ntrainer: synthetic\nmodel: {inputs: 120, sd_interaction: 0.1}\ndesign: {blocks: 4}\n"
        "factors: {hyperparameter: {level: [0, 1]}, seed: {init: 2, shuffle: 2}}\n");
}

TEST(Import, FiguresOfSeedsSideBySide) {
    expect_equal_figures(
        "assay: 1\nname: t\ntrainer: synthetic\nmodel: {inputs: 120, effect: 0.3}\ndesign: repeat\n"
        "factors: {hyperparameter: {level: [0, 1]}, seed: {init: 5, shuffle: 5}}\n");
}

// Diverged and collapsed runs, next to good ones.
TEST(Import, FiguresWithOutcomesThatAreNoNumbers) {
    expect_equal_figures(
        "assay: 1\nname: t\ntrainer: synthetic\nmodel: {inputs: 60}\n"
        "factors: {hyperparameter: {plant: [none, nan, collapse]}, seed: {all: 4}}\n");
}

// Four seeds of two learning rates, answers that differ from run to run.
std::string small_table(const Bench& bench) {
    std::string table = "seed,lr,predictions\n";
    for (int run = 0; run < 8; ++run) {
        std::vector<float> values;
        for (int i = 0; i < 40; ++i) {
            const float p = 0.1F + 0.8F * static_cast<float>((i * 7 + run * 3) % 40) / 40.0F;
            values.push_back(p);
            values.push_back(1 - p);
        }
        const std::string name = std::to_string(run) + ".npy";
        bench.write(name, write_npy(array_of<float>(NumericType::float32, {40, 2}, values)));
        table += std::to_string(run / 2) + (run % 2 == 0 ? ",0.1," : ",0.01,") + name + "\n";
    }
    return table;
}

std::size_t files_below(const fs::path& folder) {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) files += entry.is_regular_file() ? 1U : 0U;
    return files;
}

TEST(Import, TwiceIsOnce) {
    const Bench bench;
    bench.write("runs.csv", small_table(bench));
    const auto first = bench.assay({"import", "runs.csv", "--store", "store", "--json"});
    ASSERT_EQ(first.exit, 0) << first.err;
    EXPECT_EQ(first.err, "8 runs of runs.csv stored as runs\n");
    const std::size_t files = files_below(bench.folder.path() / "store");
    const auto again = bench.assay({"import", "runs.csv", "--store", "store", "--json", "-q"});
    EXPECT_EQ(again.err, "");
    EXPECT_EQ(testing::without_context(again.out), testing::without_context(first.out));
    EXPECT_EQ(files_below(bench.folder.path() / "store"), files);
    EXPECT_EQ(files, 1U + 8U + 8U + 1U) << "STORE, manifests, answers, the audit";
}

TEST(Import, ReportsAsRunDoes) {
    const Bench bench;
    bench.write("runs.csv", small_table(bench));
    const auto text = bench.assay({"import", "runs.csv", "--store", "store", "--name", "may"});
    EXPECT_EQ(text.exit, 0) << text.err;
    EXPECT_TRUE(holds(text.out, "may ") && holds(text.out, "8 runs") && holds(text.out, "seed.all")) << text.out;
    EXPECT_EQ(bench.assay({"report", "may", "--store", "store"}).exit, 0);
    const auto file = bench.assay({"import", "runs.csv", "--store", "store", "-o", "r.json"});
    EXPECT_EQ(file.exit, 0) << file.err;
    EXPECT_EQ(parse_json(read_file(bench.folder.path() / "r.json"), "r.json").at("name"), Json("runs"));
}

TEST(Import, FailedRunsAreIncomplete) {
    const Bench bench;
    bench.write("runs.csv", small_table(bench));
    std::string table = small_table(bench);
    table.replace(table.find("predictions"), 11, "predictions,outcome");
    for (std::size_t at = table.find(".npy"); at != std::string::npos; at = table.find(".npy", at + 5))
        table.insert(at + 4, ",");
    table += "9,0.1,,failed\n";
    bench.write("runs.csv", table);
    const auto result = bench.assay({"import", "runs.csv", "--store", "store"});
    EXPECT_EQ(result.exit, 4) << result.err;
    EXPECT_TRUE(holds(result.out, "run 009 failed")) << result.out;
}

TEST(Import, AWrongTableLeavesNothing) {
    const Bench bench;
    const std::string table = small_table(bench);
    bench.write("wrong.csv", table + "4,0.1,7.npy,\n");
    bench.write("missing.csv", table + "4,0.1,nowhere.npy\n");
    const std::pair<Words, int> rows[] = {
        {{"import"}, 2},
        {{"import", "wrong.csv"}, 2},
        {{"import", "missing.csv"}, 74},
        {{"import", "no.csv"}, 74},
        {{"import", "wrong.csv", "missing.csv"}, 2},
        {{"import", "missing.csv", "--name", "Bad Name"}, 2},
        {{"import", "missing.csv", "-o", "r.html"}, 2},
        {{"run", "missing.csv", "--name", "x"}, 2},
    };
    for (const auto& [words, exit] : rows) {
        Words with_store = words;
        with_store.insert(with_store.end(), {"--store", "store"});
        const auto result = bench.assay(with_store);
        EXPECT_EQ(result.exit, exit) << words.back() << ": " << result.err;
        EXPECT_EQ(result.out, "");
        EXPECT_FALSE(fs::exists(bench.folder.path() / "store")) << words.back();
    }
    const auto result = bench.assay({"import", "missing.csv", "--json"});
    EXPECT_TRUE(holds(result.err, "missing.csv:10:7")) << result.err;
    EXPECT_EQ(parse_json(result.out, "error").at("code"), Json("I0107"));
}

TEST(Import, WhatAssayDidNotTrainItDoesNotReplay) {
    const Bench bench;
    bench.write("runs.csv", small_table(bench));
    ASSERT_EQ(bench.assay({"import", "runs.csv", "--store", "store"}).exit, 0);
    const auto result = bench.assay({"replay", "001", "--store", "store"});
    EXPECT_EQ(result.exit, 2);
    EXPECT_TRUE(holds(result.err, "the runs of runs were imported")) << result.err;
}

}  // namespace
}  // namespace assay
