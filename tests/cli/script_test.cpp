// assay init, assay doctor and the recipes, as a person meets them.
#include "program.hpp"

namespace assay {
namespace {
using testing::Bench;
using testing::holds;

constexpr const char* k_script = R"(import argparse, os
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=0.01)
p.add_argument("--seed", type=int, default=0)
p.add_argument("--out", default="runs")
raise SystemExit("this script must never be run by init or doctor")
for name in os.listdir("x"): print(name)
)";

TEST(Init, WritesASpecThatPlanTakes) {
    const Bench bench;
    bench.write("train.py", k_script);
    const auto result = bench.assay({"init", "train.py"});
    EXPECT_EQ(result.exit, 0) << result.err;
    EXPECT_TRUE(holds(result.out, "argparse options --lr --seed --out; imports argparse os")) << result.out;
    EXPECT_TRUE(holds(result.out, "Wrote assay.yaml: 6 seeds")) << result.out;
    EXPECT_TRUE(holds(result.out, "predictions.npy")) << result.out;
    const auto plan = bench.assay({"plan"});
    EXPECT_EQ(plan.exit, 0) << plan.err;
    EXPECT_TRUE(holds(plan.out, "train: ")) << plan.out;
}

TEST(Init, NeverReplacesAndNamesTheScriptFromTheSpecsFolder) {
    const Bench bench;
    make_directories(bench.folder.path() / "app");
    bench.write("app/train.py", k_script);
    bench.write("assay.yaml", "mine");
    const auto refused = bench.assay({"init", "app/train.py"});
    EXPECT_EQ(refused.exit, 2);
    EXPECT_TRUE(holds(refused.err, "error[U0140]: assay.yaml is there already")) << refused.err;
    EXPECT_TRUE(holds(refused.err, "assay init app/train.py -o OTHER.yaml; or move")) << refused.err;
    EXPECT_EQ(read_file(bench.folder.path() / "assay.yaml"), "mine");
    make_directories(bench.folder.path() / "specs");
    EXPECT_EQ(bench.assay({"init", "app/train.py", "-o", "specs/a.yaml"}).exit, 0);
    EXPECT_TRUE(holds(read_file(bench.folder.path() / "specs" / "a.yaml"), "python3 ../app/train.py"));
    EXPECT_EQ(bench.assay({"plan", "specs/a.yaml"}).exit, 0);
}

// What is written is the file that Python's tests test, and a person's own is left alone.
TEST(Init, GivesTheHelperForPython) {
    const Bench bench;
    const std::string helper = read_file(ASSAY_SOURCE_DIR "/harness/trainer/python/assay.py");
    EXPECT_EQ(bench.assay({"init", "--python"}).exit, 0);
    EXPECT_EQ(read_file(bench.folder.path() / "assay.py"), helper);
    EXPECT_TRUE(holds(bench.assay({"init", "--python"}).out, "Up to date: assay.py"));
    bench.write("assay.py", "mine");
    EXPECT_EQ(bench.assay({"init", "--python"}).exit, 2);
    EXPECT_EQ(read_file(bench.folder.path() / "assay.py"), "mine");
    make_directories(bench.folder.path() / "app");
    bench.write("app/train.py", k_script);
    const auto refused = bench.assay({"init", "--python"});
    EXPECT_TRUE(holds(refused.err, "write elsewhere: assay init --python -o FOLDER; or move")) << refused.err;
    for (const char* elsewhere : {"app", "other.py"}) {
        EXPECT_EQ(bench.assay({"init", "--python", "-o", elsewhere}).exit, 0);
    }
    EXPECT_EQ(read_file(bench.folder.path() / "other.py"), helper);
    EXPECT_TRUE(holds(bench.assay({"init", "--python", "-o", "app"}).out, "Up to date: app/assay.py"));
    EXPECT_EQ(bench.assay({"init", "app/train.py", "--python"}).exit, 0);
    EXPECT_EQ(read_file(bench.folder.path() / "app" / "assay.py"), helper);
    EXPECT_TRUE(std::filesystem::exists(bench.folder.path() / "assay.yaml"));
}

TEST(Init, AsJson) {
    const Bench bench;
    bench.write("train.py", k_script);
    const Json made = parse_json(bench.assay({"init", "train.py", "--json"}).out, "init");
    EXPECT_EQ(made.at("schema"), Json("assay/init/1"));
    EXPECT_EQ(made.at("options").as_array().at(0).at("default"), Json(0.01));
    EXPECT_EQ(made.at("spec"), Json("assay.yaml"));
}

TEST(Init, WhatIsNotThereIsSaid) {
    const Bench bench;
    EXPECT_EQ(bench.assay({"init"}).exit, 2);
    EXPECT_EQ(bench.assay({"init", "nope.py"}).exit, 74);
    EXPECT_EQ(bench.assay({"doctor", "nope.py"}).exit, 74);
    EXPECT_FALSE(std::filesystem::exists(bench.folder.path() / "assay.yaml"));
}

TEST(Doctor, NamesTheMachineAndThePlacesAndStandsInNobodysWay) {
    const Bench bench;
    bench.write("train.py", k_script);
    const auto result = bench.assay({"doctor", "train.py"}, {{"PYTHONHASHSEED", ""}});
    EXPECT_EQ(result.exit, 0) << result.err;
    EXPECT_TRUE(holds(result.out, "machine  ") && holds(result.out, " core")) << result.out;
    EXPECT_TRUE(holds(result.out, "PYTHONHASHSEED is not set")) << result.out;
    EXPECT_TRUE(holds(result.out, " . train.py:7  os.listdir() without sorted()\n   D0201")) << result.out;
    EXPECT_TRUE(holds(result.out, "pytorch/vision#192")) << result.out;
    EXPECT_TRUE(holds(result.out, "1 place in train.py to look at")) << result.out;
    const Json found = parse_json(bench.assay({"doctor", "train.py", "--json"}).out, "doctor");
    EXPECT_EQ(found.at("findings").as_array().at(0).at("line"), Json(7));
    EXPECT_EQ(found.at("findings").as_array().at(0).at("code"), Json("D0201"));
    EXPECT_EQ(found.at("machine").at("schema"), Json("assay/fingerprint/1"));
    const auto calm =
        bench.assay({"doctor"}, {{"PYTHONHASHSEED", "0"}, {"OMP_NUM_THREADS", "1"}, {"OPENBLAS_CORETYPE", "Haswell"}});
    EXPECT_TRUE(holds(calm.out, "0 notes on this machine. Nothing was run.")) << calm.out;
}

// The recipe of harness/trainer/README.md, as it stands there.
TEST(Recipe, TheShellScriptRunsAsItIsWritten) {
    const std::string page = read_file(ASSAY_SOURCE_DIR "/harness/trainer/README.md");
    const std::size_t begin = page.find("#!/bin/sh\n"), end = page.find("\n```", begin);
    ASSERT_NE(end, std::string::npos);
    const Bench bench;
    bench.write("train.sh", page.substr(begin, end - begin + 1));
    const auto result = bench.assay({"run", "--store", "store", "--", "sh", "train.sh", "${seed}", "${out}"});
    EXPECT_EQ(result.exit, 0) << result.err << result.out;
    EXPECT_EQ(bench.report().at("stored"), Json(6)) << "five seeds, one of them repeated";
}

}  // namespace
}  // namespace assay
