// The texts that a new user meets first, as golden files. ASSAY_ACCEPT=1 rewrites them.
#include <algorithm>
#include <regex>

#include "base/text.hpp"
#include "program.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {
using testing::Bench;
using testing::expect_golden;

const std::string k_smoke = ASSAY_SOURCE_DIR "/audits/smoke_synthetic.yaml";

// One text that a golden file keeps, and what holds of all of them.
void expect_text(const std::string& text, const std::string& name) {
    for (const std::string& line : split_lines(text)) {
        EXPECT_LE(display_width(line), 80U) << name << ": " << line;
        EXPECT_FALSE(line.ends_with(' ')) << name << ": a blank at the end of: " << line;
    }
    EXPECT_FALSE(text.find("\n\n\n") != std::string::npos) << name << ": two empty lines";
    expect_golden(text, "cli/" + name);
}

TEST(Texts, TheOverview) {
    const Bench bench;
    const auto bare = bench.assay({}), asked = bench.assay({"--help"});
    EXPECT_EQ(bare.err, asked.out) << "the same text, whether asked for or not";
    EXPECT_EQ(bare.out + asked.err, "");
    expect_text(asked.out, "help.txt");
}

TEST(Texts, HelpOfEachCommand) {
    const Bench bench;
    for (const std::string command :
         {"demo", "plan", "run", "replay", "report", "import", "diff", "fingerprint", "trainer", "verify", "sign",
          "archive", "init", "doctor", "gate", "accept", "explain"}) {
        const auto help = bench.assay({command, "--help"});
        EXPECT_EQ(help.exit, 0);
        EXPECT_EQ(help.out, bench.assay({"help", command}).out);
        expect_text(help.out, "help_" + command + ".txt");
    }
}

TEST(Texts, WrongUsage) {
    const Bench bench;
    bench.write("spec.yaml", testing::synthetic_spec());
    std::string all;
    for (const testing::Words& words :
         {testing::Words{"run", "--jbos", "2"}, testing::Words{"rnu"}, testing::Words{"run"},
          testing::Words{"-C", "app", "run"}, testing::Words{"run", "spec.yaml", "--limit", "-1"},
          testing::Words{"run", "spec.yaml", "--budget", "soon"}, testing::Words{"report"},
          testing::Words{"plan", "nope.yaml"}}) {
        const auto result = bench.assay(words);
        all += "$ assay " + join(words, " ") + "\n" + result.out + result.err;
    }
    expect_text(all, "wrong_usage.txt");
}

TEST(Texts, ThePlan) {
    const Bench bench;
    expect_text(bench.assay({"plan", k_smoke}).out, "plan_smoke_synthetic.txt");
}

std::string screen_spec(const std::string& seeds) {
    return "assay: 1\nname: screen\ntrainer: synthetic\nmodel: {inputs: 200, sd_init: 0.4, sd_hardware: "
           "0.1}\nfactors:\n"
           "  hyperparameter: {level: [0, 1, 2], effect: [0.2, 0.5]}\n  seed: {init: " +
           seeds + ", shuffle: " + seeds + "}\ndesign: screen\n";
}

// Before anything runs by an assumption, later by what ran: level acts on the answers, effect at level 0 does not.
TEST(Texts, ThePlanOfAScreenSaysWhatItCanShow) {
    const Bench bench;
    bench.write("screen.yaml", screen_spec("8"));
    expect_text(bench.assay({"plan", "screen.yaml"}).out, "plan_screen.txt");
    ASSERT_EQ(bench.assay({"run", "screen.yaml"}).exit, 0);
    const std::string text = bench.assay({"plan", "screen.yaml"}).out;
    EXPECT_TRUE(testing::holds(text, "dimensions measured on")) << text;
    EXPECT_TRUE(testing::holds(text, "100 dimensions assumed")) << text;
    const Json plan = parse_json(bench.assay({"plan", "screen.yaml", "--json"}).out, "plan");
    EXPECT_EQ(plan.at("repeats").at("repeats"), Json(4));
    const auto& claims = plan.at("claims").as_array();
    ASSERT_EQ(claims.size(), 2U);
    const Json &level = claims[0], &effect = claims[1];
    EXPECT_EQ(level.at("factor"), Json("hyperparameter.level"));
    EXPECT_EQ(level.at("dimensions_measured"), Json(true));
    EXPECT_EQ(effect.at("dimensions_measured"), Json(false));
    EXPECT_EQ(effect.at("smallest_p"), Json(1.0 / 128));
    EXPECT_EQ(effect.at("seeds_needed"), Json(7));
    EXPECT_EQ(effect.at("testable"), Json(true));
    EXPECT_GT(effect.at("detectable_shift").as_number(), 0);
}

TEST(Texts, AScreenThatCanShowNothingIsRefused) {
    const Bench bench;
    bench.write("few.yaml", screen_spec("6"));
    for (const char* command : {"plan", "run"}) {
        const auto result = bench.assay({command, "few.yaml"});
        EXPECT_EQ(result.exit, 2);
        EXPECT_EQ(result.out, "");
        EXPECT_EQ(result.err,
                  "error[S0202]: 6 seeds can never show that effect matters, however large the effect (2 tests)\n"
                  "  = give every seed factor 7 seeds, the smallest number that is enough\n");
    }
    EXPECT_FALSE(std::filesystem::exists(bench.folder.path() / ".assay"));
}

// The last line names time and place: they become words.
std::string without_made_line(const std::string& text) {
    static const std::regex k_made("Made        [0-9TZ:-]{20} by (assay [0-9.]+) from [^;]+; [0-9.]+ m?s of training");
    return std::regex_replace(text, k_made, "Made        TIME by $1 from STORE; DURATION of training");
}

TEST(Texts, TheReport) {
    const Bench bench;
    const auto result = bench.assay({"run", k_smoke, "--store", "store"}, {{"NO_COLOR", "1"}});
    ASSERT_EQ(result.exit, 0) << result.err;
    const std::string text = without_made_line(result.out);
    EXPECT_NE(text, result.out) << "the last line has changed: change this test's pattern";
    expect_text(text, "report_smoke_synthetic.txt");
}

TEST(Texts, AReplay) {
    const Bench bench;
    bench.write("spec.yaml", testing::synthetic_spec());
    ASSERT_EQ(bench.assay({"run", "spec.yaml", "--store", "store"}).exit, 0);
    expect_text(bench.assay({"replay", "002", "--store", "store"}).out, "replay.txt");
}

}  // namespace
}  // namespace assay
