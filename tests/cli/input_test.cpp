// What a person hands in: bad files, commands without a spec, questions that must not execute anything.
#include "base/error.hpp"
#include "program.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;
using testing::Bench;
using testing::holds;
using testing::shell_spec;
using testing::Words;

TEST(BadSpec, EachGetsOneMessageAndExit2) {
    struct Row {
        const char* what;
        std::string content;
        std::string says;
    };
    std::string binary;
    for (int i = 0; i < 3000; ++i) binary += static_cast<char>(i * 7 % 256);
    std::string comments;
    while (comments.size() < (std::size_t{2} << 20)) comments += "# nothing but a comment\n";
    const Row rows[] = {
        {"empty", "", "in the spec, got nothing"},
        {"blank", "\n\n", "in the spec, got nothing"},
        {"binary", binary, "error[S01"},
        {"2 MiB", comments, "the spec has more than 1 MiB"},
        {"a word", "hello\n", "in the spec, got 'hello'"},
        {"a list", "- 1\n- 2\n", "in the spec, got a list"},
        {"never closed", "assay: 1\nname: [\n", "error[S01"},
        {"JSON of something else", "{\"a\": 1}\n", "unknown key 'a'"},
        {"deep", std::string(5000, '['), "error[S01"},
    };
    const Bench bench;
    for (const Row& row : rows) {
        bench.write("spec.yaml", row.content);
        for (const char* command : {"plan", "run"}) {
            const auto result = bench.assay({command, "spec.yaml", "--store", "store"});
            EXPECT_EQ(result.exit, 2) << row.what << ": " << result.err.substr(0, 500);
            EXPECT_TRUE(holds(result.err, row.says)) << row.what << ": " << result.err.substr(0, 500);
            EXPECT_EQ(result.out, "") << row.what;
            EXPECT_LT(result.err.size(), 4000U) << row.what << ": a page of errors for one mistake";
        }
    }
    EXPECT_FALSE(fs::exists(bench.folder.path() / "store"));
}

TEST(BadSpec, AllItsErrorsComeAtOnceWithTheirPlace) {
    const Bench bench;
    bench.write("spec.yaml", "assay: 1\nname: T\ntrainer: sinthetic\nfactors: {seed: {init: 2}}\nreplys: 1\n");
    const auto result = bench.assay({"plan", "spec.yaml"});
    EXPECT_EQ(result.exit, 2);
    for (const char* part :
         {"spec.yaml:2:7", "spec.yaml:3:10", "did you mean 'synthetic'?", "spec.yaml:5:1", "did you mean 'replays'?"}) {
        EXPECT_TRUE(holds(result.err, part)) << part << " is not in: " << result.err;
    }
}

TEST(Errors, AsJsonParse) {
    const Bench bench;
    bench.write("typo.yaml", "asay: 1\n");
    const std::pair<Words, int> rows[] = {
        {{"run", "nope.yaml", "--json"}, 74},
        {{"plan", "typo.yaml", "--json"}, 2},
        {{"report", "--json", "--store", "nowhere"}, 5},
        {{"run", "--json", "--jbos"}, 2},
        {{"rnu", "--json"}, 2},
    };
    for (const auto& [words, exit] : rows) {
        const auto result = bench.assay(words);
        EXPECT_EQ(result.exit, exit);
        const Json document = parse_json(result.out, "standard output");
        EXPECT_EQ(document.at("schema"), Json("assay/error/1"));
        EXPECT_EQ(document.at("exit"), Json(exit));
        EXPECT_FALSE(document.at("message").as_string().empty());
        EXPECT_TRUE(holds(result.err, document.at("code").as_string())) << "for people too: " << result.err;
    }
}

TEST(OwnCommand, NeedsNoSpec) {
    const Bench bench;
    bench.write("train.sh", testing::k_foreign_trainer);
    // A foreign script that knows nothing of the protocol but its arguments; the trainer's path stands in it.
    bench.write("own.sh", "SYNTHETIC='" + (testing::k_programs / "assay-synthetic").string() +
                              "' INIT=$1 sh train.sh && [ -s $2/predictions.npy ]\n");
    const Words command = {"run", "--store", "store", "--", "sh", "own.sh", "${seed}", "${out}"};
    const auto first = bench.assay(command);
    EXPECT_EQ(first.exit, 0) << first.err;
    const Json report = bench.report();
    EXPECT_EQ(report.at("stored"), Json(6)) << "five seeds and a replay";
    const Json& cell = report.at("attribution").at("rows").as_array()[0].at("cells").as_array()[0];
    EXPECT_EQ(cell.at("pairs"), Json(10));
    EXPECT_EQ(cell.at("bitwise_equal"), Json(0)) << "each run got another ${seed}";
    const Json& replay = report.at("attribution").at("settings").as_array()[0].at("replay");
    EXPECT_EQ(replay.at("identical"), Json(1)) << "and the replay the same";
    EXPECT_TRUE(holds(bench.assay(command).err, "6 of 6 runs are stored")) << "the same command is the same audit";
    const auto again = bench.assay({"replay", "3", "--store", "store"});
    EXPECT_EQ(again.exit, 0) << again.out << again.err;
}

TEST(OwnCommand, AChangedScriptIsAnotherTrainer) {
    const Bench bench;
    bench.write("train.sh", testing::k_foreign_trainer);
    const std::string synthetic = "SYNTHETIC='" + (testing::k_programs / "assay-synthetic").string() + "'\n";
    bench.write("own.sh", synthetic + "export SYNTHETIC; INIT=$1 exec sh train.sh\n");
    const Words command = {"run", "--store", "store", "--", "sh", "own.sh", "${seed}"};
    ASSERT_EQ(bench.assay(command).exit, 0);
    bench.write("own.sh", synthetic + "export SYNTHETIC; INIT=7$1 exec sh train.sh\n");
    const auto changed = bench.assay(command);
    EXPECT_EQ(changed.exit, 0);
    EXPECT_TRUE(holds(changed.err, "6 runs in ")) << "all of them anew: " << changed.err;
}

TEST(Plan, ExecutesNothingThatASpecNames) {
    const Bench bench;
    bench.write("spec.yaml", shell_spec("touch executed; exit 1"));
    for (const Words& words :
         {Words{"plan", "spec.yaml"}, Words{"plan", "spec.yaml", "--json"}, Words{"plan", "--", "touch", "executed"}}) {
        EXPECT_EQ(bench.assay(words).exit, 0);
        EXPECT_FALSE(fs::exists(bench.folder.path() / "executed"));
        EXPECT_FALSE(fs::exists(bench.folder.path() / ".assay")) << "plan writes nothing";
    }
    EXPECT_EQ(bench.assay({"run", "spec.yaml", "--store", "store"}).exit, 4);
    EXPECT_TRUE(fs::exists(bench.folder.path() / "executed")) << "the command would have shown";
    fs::remove(bench.folder.path() / "executed");
    EXPECT_EQ(bench.assay({"report", "--store", "store"}).exit, 4);
    EXPECT_FALSE(fs::exists(bench.folder.path() / "executed")) << "report executed it";
}

TEST(Plan, KnowsWhatIsDone) {
    const Bench bench;
    bench.write("assay.yaml", testing::synthetic_spec());  // found without being named
    ASSERT_EQ(bench.assay({"run", "--limit", "2"}).exit, 75);
    const Json plan = parse_json(bench.assay({"plan", "--json"}).out, "plan");
    EXPECT_EQ(plan.at("done"), Json(2));
    int missing = 0;
    for (const Json& run : plan.at("runs").as_array()) missing += run.at("state") == Json("missing") ? 1 : 0;
    EXPECT_EQ(missing, 3);
    EXPECT_TRUE(holds(bench.assay({"plan"}).out, "done already    2 of 5"));
}

}  // namespace
}  // namespace assay
