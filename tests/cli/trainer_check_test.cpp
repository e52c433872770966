// assay trainer check: an honest trainer passes, each liar breaks its own rule.
#include "cli/program.hpp"

namespace assay::testing {
namespace {

// A trainer of one line of sh: probabilities that depend on the seed.
constexpr const char* k_honest =
    "s=$$(printf %s $$ASSAY_SEED | cksum | cut -c1-3); printf \"0.%d,0.%03d\\n\" $$s $$((1000 - s)) > "
    "$$ASSAY_OUT/p.tmp; mv $$ASSAY_OUT/p.tmp $$ASSAY_OUT/predictions.csv";
// ... that depend on the clock.
constexpr const char* k_restless =
    "s=$$((1$$(date +%N) - 1000000000)); printf \"0.%09d,0.%09d\\n\" $$s $$((1000000000 - s)) > "
    "$$ASSAY_OUT/predictions.csv";

CommandResult check(const Bench& bench, const std::string& script, const Words& more = {}) {
    Words words = {"trainer", "check"};
    words.insert(words.end(), more.begin(), more.end());
    words.insert(words.end(), {"--", "/bin/sh", "-c", script});
    return bench.assay(words);
}

TEST(TrainerCheck, AnHonestCommandPasses) {
    const Bench bench;
    const CommandResult result = check(bench, k_honest);
    EXPECT_EQ(result.exit, 0) << result.out << result.err;
    EXPECT_TRUE(holds(result.out, "pass  seed ")) << result.out;
    EXPECT_TRUE(holds(result.out, "pass  replay ")) << result.out;
    EXPECT_TRUE(holds(result.out, "skip  labels ")) << result.out;
    EXPECT_TRUE(holds(result.out, "The trainer follows the protocol.")) << result.out;
    EXPECT_FALSE(std::filesystem::exists(bench.folder.path() / ".assay")) << "nothing is stored";
}

TEST(TrainerCheck, TheSyntheticTrainerPassesAndItsLiesAreFound) {
    const std::pair<const char*, const char*> rows[] = {
        {"none", ""},
        {"lie", "FAIL  run_id "},
        {"unnormalised", "FAIL  probabilities "},
        {"crash", "FAIL  ends "},
        {"nan", "FAIL  probabilities "},
        {"collapse", ""},
    };
    for (const auto& [plant, broken] : rows) {
        const Bench bench;
        bench.write("t.yaml", synthetic_spec("{inputs: 60, plant: " + std::string(plant) + "}"));
        const CommandResult result = bench.assay({"trainer", "check", "t.yaml"});
        EXPECT_EQ(result.exit, *broken == '\0' ? 0 : 1) << plant << "\n" << result.out << result.err;
        EXPECT_TRUE(holds(result.out, broken)) << plant << "\n" << result.out;
    }
}

TEST(TrainerCheck, EachLiarBreaksItsRule) {
    const std::pair<std::string, const char*> rows[] = {
        {"echo 0.25,0.75 > $$ASSAY_OUT/predictions.csv", "FAIL  seed "},
        {"echo 0.25,0.75 > predictions.csv", "FAIL  predictions "},
        {"echo 0.25,0.85 > $$ASSAY_OUT/predictions.csv", "FAIL  probabilities "},
        {"echo x,0.85 > $$ASSAY_OUT/predictions.csv; echo y,1 >> $$ASSAY_OUT/predictions.csv", "FAIL  readable "},
        {"echo 999 > $$ASSAY_OUT/run_id; " + std::string(k_honest), "FAIL  run_id "},
        {"echo half > $$ASSAY_OUT/labels.npy.tmp; " + std::string(k_honest), "FAIL  renamed "},
        {"echo 5 > $$ASSAY_OUT/labels.csv; " + std::string(k_honest), "FAIL  labels "},
        {"echo a > $$ASSAY_OUT/ids.txt; echo b >> $$ASSAY_OUT/ids.txt; " + std::string(k_honest), "FAIL  ids "},
        {"echo no > $$ASSAY_OUT/metrics.json; " + std::string(k_honest), "FAIL  files "},
        {"exit 9", "FAIL  ends "},
        {k_restless, "FAIL  replay "},
    };
    for (const auto& [script, broken] : rows) {
        const Bench bench;
        const CommandResult result = check(bench, script);
        EXPECT_EQ(result.exit, 1) << script << "\n" << result.out << result.err;
        EXPECT_TRUE(holds(result.out, broken)) << script << "\n" << result.out;
        EXPECT_TRUE(holds(result.out, "The trainer breaks the protocol.")) << result.out;
    }
}

TEST(TrainerCheck, WhatTheTrainerDeclinesIsNotJudged) {
    const Bench bench;
    const CommandResult result = check(bench, "exit 125");
    EXPECT_EQ(result.exit, 5) << result.out << result.err;
    EXPECT_TRUE(holds(result.out, "Nothing was judged: the trainer declined these settings.")) << result.out;
    EXPECT_FALSE(holds(result.out, "FAIL") || holds(result.out, "pass")) << result.out;
    const std::string fickle = "[ $$ASSAY_RUN_ID = 003 ] && exit 125; " + std::string(k_honest);
    const CommandResult some = check(bench, fickle);
    EXPECT_EQ(some.exit, 1);
    EXPECT_TRUE(holds(some.out, "FAIL  ends ") && holds(some.out, "exit 125 in some of three runs")) << some.out;
}

TEST(TrainerCheck, AsJson) {
    const Bench bench;
    const CommandResult result = check(bench, k_honest, {"--json"});
    const Json json = parse_json(result.out, result.err);
    EXPECT_EQ(json.at("conforms"), Json(true));
    EXPECT_EQ(json.at("rules").as_array().size(), 14U);
    for (const Json& rule : json.at("rules").as_array()) EXPECT_NE(rule.at("result"), Json("fail"));
}

TEST(TrainerCheck, IsAskedForRightly) {
    const Bench bench;
    const std::pair<Words, const char*> rows[] = {
        {{"trainer"}, "error[U0115]: assay trainer needs a word"},
        {{"trainer", "chek"}, "error[U0115]: assay trainer has no 'chek'"},
        {{"trainer", "check"}, "error[U0106]: assay trainer check needs a spec"},
        {{"trainer", "check"}, "a command: assay trainer check -- python3 train.py"},
    };
    for (const auto& [words, says] : rows) {
        const CommandResult result = bench.assay(words);
        EXPECT_EQ(result.exit, 2);
        EXPECT_TRUE(holds(result.err, says)) << result.err;
    }
}

}  // namespace
}  // namespace assay::testing
