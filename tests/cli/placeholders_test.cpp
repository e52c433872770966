// What a command gets for each placeholder, word for word, from a spec and from the command line.
#include <set>

#include "base/text.hpp"
#include "cli/program.hpp"

namespace assay::testing {
namespace {

// Writes the words that it gets into a file beside the spec, one a line, and answers by its seed.
constexpr const char* k_trainer =
    "for word in \"$@\"; do echo \"$word\"; done > \"words.$ASSAY_RUN_ID\"\n"
    "s=$(printf %s \"$ASSAY_SEED\" | cksum | cut -c1-3)\n"
    "printf '0.%d,0.%03d\\n' \"$s\" $((1000 - s)) > \"$ASSAY_OUT/predictions.csv\"\n";

struct Talking : Bench {
    Talking() { write("train.sh", k_trainer); }
    std::vector<std::string> words(const std::string& run) const {
        return split_lines(read_file(folder.path() / ("words." + run)));
    }
    // Of a spec with the words behind `sh train.sh`.
    std::vector<std::string> of_spec(const std::string& line, const std::string& factors,
                                     const std::string& more = "") const {
        write("t.yaml", "assay: 1\nname: t\ntrainer: {exec: 'sh train.sh " + line + "'}\nfactors: " + factors +
                            "\nreplays: 0\n" + more);
        const auto run = assay({"run", "t.yaml", "--store", "store"});
        EXPECT_EQ(run.exit, 0) << run.err;
        return words("001");
    }
};

TEST(Placeholders, OfASpec) {
    const Talking bench;
    const std::string store = std::filesystem::canonical(bench.folder.path()) / "store" / "work";
    const auto words = bench.of_spec(
        "${args} --out=${out} ${run} s=${seed} i=${seed.init} ${device}/${threads} $$HOME ${flavour} "
        "${args_no_hyphens}",
        "{hyperparameter: {lr: [0.5, 0.25], batch: [8, 16]}, seed: {all: [11, 12]}, software: {flavour: [a b, c]}}",
        "pin: {hardware: {threads: 2}}\n");
    ASSERT_EQ(words.size(), 11U) << join(words, "|");
    EXPECT_EQ(words[0], "--batch=8");
    EXPECT_EQ(words[1], "--lr=0.5");
    EXPECT_TRUE(words[2].starts_with("--out=" + store) && words[2].ends_with("/001/out")) << words[2];
    EXPECT_EQ(words[3], "001");
    EXPECT_EQ(words[4], "s=11");
    EXPECT_EQ(words[5], "i=11");
    EXPECT_EQ(words[6], "cpu/2");
    EXPECT_EQ(words[7], "$HOME") << "no shell";
    EXPECT_EQ(words[8], "a b") << "one word, whatever it holds";
    EXPECT_EQ(words[9] + " " + words[10], "batch=8 lr=0.5");
}

// A script that spells its option with a dash gets it once.
TEST(Placeholders, ArgsLeavesOutWhatIsHandedOverByName) {
    const Talking bench;
    const std::string factors = "{hyperparameter: {learning_rate: [0.5, 0.25], batch: [8, 16]}, seed: {all: 2}}";
    EXPECT_EQ(bench.of_spec("--learning-rate=${learning_rate} ${args}", factors),
              (std::vector<std::string>{"--learning-rate=0.5", "--batch=8"}));
    EXPECT_EQ(bench.of_spec("${args} -l ${learning_rate} -b ${batch}", factors),
              (std::vector<std::string>{"-l", "0.5", "-b", "8"}));
}

TEST(Placeholders, AFileHoldsAllParameters) {
    const Talking bench;
    bench.write("train.sh", "cat \"$1\" > \"seen.$ASSAY_RUN_ID\"\n" + std::string(k_trainer));
    bench.of_spec("${args_json_file} ${lr}", "{hyperparameter: {lr: [0.5, 0.25]}, seed: {all: 2}}");
    EXPECT_EQ(parse_json(read_file(bench.folder.path() / "seen.001"), "seen"), Json(Json::Object{{"lr", 0.5}}));
}

// The five seeds of a command without a spec, each its own, and one of them again.
TEST(Placeholders, OfACommandLine) {
    const Talking bench;
    const auto run = bench.assay({"run", "--store", "store", "--", "sh", "train.sh", "--seed", "${seed}", "-o=${out}",
                                  "${run}", "a b", "$$x", "${seed.shuffle}", "${args}"});
    ASSERT_EQ(run.exit, 0) << run.err;
    std::set<std::string> seeds;
    for (const char* label : {"001", "002", "003", "004", "005", "006"}) {
        const auto words = bench.words(label);
        ASSERT_EQ(words.size(), 7U) << join(words, "|");
        EXPECT_EQ(words[0], "--seed");
        seeds.insert(words[1]);
        EXPECT_TRUE(words[2].starts_with("-o=/") && words[2].ends_with(std::string(label) + "/out")) << words[2];
        EXPECT_EQ(words[3], label);
        EXPECT_EQ(words[4], "a b");
        EXPECT_EQ(words[5], "$x");
        EXPECT_NE(words[6], "") << "a stream's seed";
    }
    EXPECT_EQ(seeds.size(), 5U);
}

TEST(Placeholders, OneThatNothingFillsInIsRefusedBeforeAnythingRuns) {
    const Talking bench;
    const auto run = bench.assay({"run", "--store", "store", "--", "sh", "train.sh", "${sead}"});
    EXPECT_EQ(run.exit, 2);
    EXPECT_TRUE(holds(run.err, "error[S0117]") && holds(run.err, "did you mean '${seed}'?")) << run.err;
    EXPECT_FALSE(std::filesystem::exists(bench.folder.path() / "words.001"));
}

TEST(Placeholders, TheAdviceAfterAFailureOfACommandNamesNoSpec) {
    const Bench bench;
    const auto run = bench.assay({"run", "--store", "store", "--", "sh", "-c", "exit 3"});
    EXPECT_EQ(run.exit, 4);
    EXPECT_TRUE(holds(run.out, "assay run --failed -- CMD: run again what failed")) << run.out;
    EXPECT_FALSE(holds(run.out, "SPEC")) << run.out;
}

}  // namespace
}  // namespace assay::testing
