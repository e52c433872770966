// Words made of statistics: each follows from the figures, and no p-value is among them.
#include <gtest/gtest.h>

#include <functional>

#include "base/text.hpp"
#include "harness/report/scenarios.hpp"
#include "report/evidence_words.hpp"
#include "report/json.hpp"
#include "report/sentences.hpp"
#include "report/terminal.hpp"

namespace assay {
namespace {

using testing::scenario;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

FactorTest test_with(double p_holm, Untested untested = {}) {
    FactorTest test;
    test.factor = "hardware.isa";
    test.p = test.p_holm = p_holm;
    test.untested = std::move(untested);
    return test;
}

FactorTest untested(Untested why) {
    FactorTest test = test_with(1, std::move(why));
    test.p.reset();
    test.p_holm.reset();
    return test;
}

const Untested k_untestable = {"UNTESTABLE", "too few seeds; 7 seeds are enough for 3 tests", 7, 3};

TEST(DirectionWords, AreAtFivePercentAfterHolm) {
    struct Row {
        FactorTest test;
        std::string word, reason;
    };
    const Row rows[] = {
        {test_with(0.05), "found", ""},
        {test_with(0.0501), "none found", ""},
        {test_with(0), "found", ""},
        {test_with(0.01, k_untestable), "UNTESTABLE", "too few seeds; 7 seeds are enough for 3 tests"},
        {untested({"SEEDS_SHARE_STREAMS", "every seed shares a stream", {}, {}}), "UNTESTABLE",
         "every seed shares a stream"},
        {untested({"ONE_LEVEL", "a comparison needs two levels or more", {}, {}}), "not tested",
         "a comparison needs two levels or more"},
        {untested({"TOO_FEW_COMMON_SEEDS", "UNTESTABLE: a code decides, not a sentence", {}, {}}), "not tested",
         "UNTESTABLE: a code decides, not a sentence"},
        {untested({"BITWISE_INVARIANT", "every level gives the same bits", {}, {}}), "no bit changed", ""},
        {untested({}), "not tested", ""},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(direction_word(row.test), row.word) << row.test.untested.sentence;
        EXPECT_EQ(direction_reason(row.test), row.reason);
    }
}

// 8 seeds, a pair each.
HardwareEffect effect(std::size_t amplified, std::optional<double> ratio, std::size_t bitwise_equal = 0,
                      std::string verdict = "AMPLIFIED") {
    HardwareEffect out;
    out.factor = "hardware.isa";
    out.pairs = out.seeds = 8;
    out.bitwise_equal = bitwise_equal;
    out.amplified = amplified;
    out.label_changes = amplified;
    out.amplified_share = Interval{0, 1};
    if (amplified == 0) out.amplified_bound = 0.3123;
    out.ratio.value = ratio;
    out.verdict = std::move(verdict);
    return out;
}

HardwareEffect altered(HardwareEffect effect, const std::function<void(HardwareEffect&)>& change) {
    change(effect);
    return effect;
}

Report report_with(std::vector<FactorTest> tests, std::vector<Json> levels = {"avx2", "baseline"}) {
    Report report;
    report.factors = {{FactorKind::hardware, "isa", std::move(levels)}};
    report.attribution.evidence.tests = std::move(tests);
    return report;
}

TEST(HardwareSentences, SayOnlyWhatWasMeasured) {
    const Report none = report_with({test_with(0.4)}), found = report_with({test_with(0.01)});
    const Report few = report_with({test_with(0.01, k_untestable)}), without = report_with({});
    const std::string changing = "Changing isa from avx2 to baseline";
    const std::string origin =
        " No systematic direction was found. The rounding difference is the trigger; the size is produced by training "
        "dynamics.";
    const std::string shift = " A systematic direction was found: part of the change is the same for every seed.";
    const HardwareEffect no_seed = altered(effect(0, {}, 3), [](HardwareEffect& e) {
        e.amplified_share.reset();
        e.amplified_bound.reset();
    });
    struct Row {
        const Report& report;
        HardwareEffect effect;
        std::string expected;
    };
    const Row rows[] = {
        {none, effect(8, 0.352),
         changing +
             " altered the outputs of 8 of 8 seeds beyond rounding. The change is 35% as large as retraining "
             "with a different seed." +
             origin},
        {none, effect(4, 0.012),
         changing +
             " altered the outputs of 4 of 8 seeds beyond rounding. Over all 8 seeds, calm ones among them, the "
             "change is 1.2% as large as retraining with a different seed." +
             origin},
        {none, effect(8, {}), changing + " altered the outputs of 8 of 8 seeds beyond rounding." + origin},
        {none, altered(effect(4, 0.012), [](HardwareEffect& e) { e.amplified_ratio = 0.024; }),
         changing +
             " altered the outputs of 4 of 8 seeds beyond rounding. Where it did, the change is 2.4% as large as "
             "retraining with a different seed; over all 8 seeds, calm ones among them, 1.2%." +
             origin},
        {found, effect(8, 1.02),
         changing +
             " altered the outputs of 8 of 8 seeds beyond rounding. The change is 102% as large as retraining "
             "with a different seed." +
             shift},
        {few, effect(8, {}),
         changing + " altered the outputs of 8 of 8 seeds beyond rounding. Whether there is a systematic "
                    "direction these seeds cannot tell."},
        {without, effect(8, {}), changing + " altered the outputs of 8 of 8 seeds beyond rounding."},
        {none, altered(effect(8, {}), [](HardwareEffect& e) { e.where = "dense, lr 0.1"; }),
         changing + " in dense, lr 0.1 altered the outputs of 8 of 8 seeds beyond rounding." + origin},
        {none, effect(0, 0, 8, "BITWISE_INVARIANT"), changing + " changed no bit in 8 pairs."},
        {none, effect(0, 1e-9, 0, "NUMERICAL_ONLY"),
         changing + " changed bits in all 8 pairs, and no label. Training amplified it for none of 8 seeds; with so "
                    "many, it may for up to 31% of seeds."},
        {found, effect(0, 1e-9, 2, "NUMERICAL_ONLY"),
         changing +
             " changed bits in 6 of 8 pairs, and no label. Training amplified it for none of 8 seeds; with so "
             "many, it may for up to 31% of seeds." +
             shift},
        {none, altered(effect(0, 1e-9), [](HardwareEffect& e) { e.label_changes = 2; }),
         changing + " changed bits in all 8 pairs, and labels in 2 of them. Training amplified it for none of 8 seeds; "
                    "with so many, it may for up to 31% of seeds."},
        {none, no_seed,
         changing + " changed bits in 5 of 8 pairs, and no label. There is no other seed to measure that by."},
    };
    for (const Row& row : rows) EXPECT_EQ(hardware_sentence(row.report, row.effect), row.expected);
    EXPECT_EQ(hardware_sentence(report_with({}, {1, 2, 4}), effect(8, {})),
              "Changing isa altered the outputs of 8 of 8 seeds beyond rounding.")
        << "three levels: no from and to";
}

TEST(HardwareVerdicts, CarryAShiftWhereOneWasFoundAndABitChanged) {
    const auto verdict = [](const FactorTest& test, const HardwareEffect& one) {
        Evidence evidence;
        evidence.tests = {test};
        return hardware_verdict(evidence, one);
    };
    FactorTest other = test_with(0.01);
    other.factor = "hardware.threads";
    EXPECT_EQ(verdict(test_with(0.01), effect(8, 0.3)), "AMPLIFIED+SHIFT");
    EXPECT_EQ(verdict(test_with(0.06), effect(8, 0.3)), "AMPLIFIED");
    EXPECT_EQ(verdict(test_with(0.01, k_untestable), effect(8, 0.3)), "AMPLIFIED");
    EXPECT_EQ(verdict(other, effect(8, 0.3)), "AMPLIFIED") << "the test of another factor";
    EXPECT_EQ(verdict(test_with(0.01), effect(0, 0, 8, "BITWISE_INVARIANT")), "BITWISE_INVARIANT");
}

TEST(ControlSentences, FollowFromTheRepeats) {
    const std::string start = "nothing changed, run again: ";
    const std::pair<SelfAudit, std::string> rows[] = {
        {{1, 1, 0, {}, {}}, "the pair is equal to the last bit; no answer was seen to change by itself"},
        {{4, 4, 0, {}, {}}, "all 4 pairs are equal to the last bit; no answer was seen to change by itself"},
        {{4, 3, 8, 0.06, {}},
         "1 of 4 pairs differ; the test of a factor finds no direction in them, as it should (8 "
         "seeds)"},
        {{4, 0, 8, 0.05, {}},
         "all 4 pairs differ; the test of a factor FINDS a direction where there is none to find: the machine or the "
         "order of runs shifts the answers, so distrust \"found\" above"},
        {{2, 0, 0, {}, {"TOO_FEW_COMMON_SEEDS", "one seed only", {}, {}}},
         "all 2 pairs differ; the test of a factor could not be tried on them: one seed only"},
        {{2, 0, 0, {}, {}}, "all 2 pairs differ; the test of a factor could not be tried on them"},
    };
    for (const auto& [control, expected] : rows) EXPECT_EQ(control_sentence(control), start + expected);
}

TEST(FlagWords, ExplainEveryFlagAndHideNone) {
    const char* const flags[] = {"CI_TOO_FEW_UNITS", "UNBOUNDED",      "ONE_RUN_DOMINATES", "NONE_OBSERVED",
                                 "NO_PAIRS",         "MODEL_MISFIT",   "ZERO_DENOMINATOR",  "ALL_IDENTICAL",
                                 "NO_SEED_PAIRS",    "LABELS_CHANGED", "NO_SEED_VARIATION", "CROSSED_SEEDS",
                                 "NOTHING_VARIES"};
    for (const char* const flag : flags) {
        EXPECT_FALSE(holds(flag_words(flag), "_")) << flag << ": " << flag_words(flag);
        Report report = scenario("seeds_alone");
        report.attribution.evidence.seeds[0].variance.flags = {flag};
        EXPECT_TRUE(holds(terminal_report(report, {400, false, true}), "\n  " + flag_words(flag) + "\n")) << flag;
    }
    EXPECT_EQ(flag_words("A_LATER_FLAG"), "A_LATER_FLAG");
}

// Where a flag holds in some of the configurations shown, it says in which.
TEST(FlagWords, NameTheConfiguration) {
    Report report = scenario("regular");
    report.attribution.evidence.seeds[1].variance.flags = {"ONE_RUN_DOMINATES"};
    EXPECT_TRUE(holds(terminal_report(report, {80, false, true}),
                      "\n  dense, lr 0.1: " + flag_words("ONE_RUN_DOMINATES") + "\n"));
}

TEST(TerminalEvidence, SectionsStandInTheOrderOfTheirQuestions) {
    const std::string text = terminal_report(scenario("regular"), {80, false, true});
    const char* const order[] = {"Changing only isa changes",
                                 "Changing only this ...",
                                 "How much is a lot",
                                 "Directions: ",
                                 "Shares: ",
                                 "Hardware: ",
                                 "verified ",
                                 "Inputs: ",
                                 "control ",
                                 "Next "};
    std::size_t last = 0;
    for (const char* const title : order) {
        const std::size_t at = text.find(title);
        ASSERT_NE(at, std::string::npos) << title;
        EXPECT_GE(at, last) << title;
        last = at;
    }
    const std::string troubled = terminal_report(scenario("troubled"), {80, false, true});
    EXPECT_LT(troubled.find("\ncontrol "), troubled.find("\ncollapsed ")) << "runs come last";
}

TEST(TerminalEvidence, HoldsNoPValue) {
    for (const std::string& name : testing::scenario_names()) {
        const std::string text = terminal_report(scenario(name), {400, false, true});
        for (const std::string p : {"p = ", "p_holm", "p-value", "p<", "p ="})
            EXPECT_FALSE(holds(text, p)) << name << ": " << p;
    }
}

TEST(TerminalEvidence, NothingIsShownThatWasNotMeasured) {
    for (const std::string& name : testing::scenario_names()) {
        Report report = scenario(name);
        report.attribution.evidence = {};
        for (Response& response : report.attribution.responses) response.evidence = {};
        const std::string text = terminal_report(report, {80, false, true});
        for (const std::string title :
             {"Directions: ", "Shares: ", "Hardware: ", "Inputs: ", "\ncontrol ", "\nleft out "})
            EXPECT_FALSE(holds(text, title)) << name << ": " << title;
    }
    EXPECT_TRUE(holds(terminal_report(scenario("no_answer"), {80, false, true}), "\nleft out    all statistics"));
}

TEST(TerminalEvidence, OneAxisForRoundingAndSeeds) {
    Report report = scenario("seeds_alone");
    const auto axis = [&report](int width) {
        const std::string text = terminal_report(report, {width, false, true});
        const std::size_t at = text.find("How much is a lot");
        return at == std::string::npos ? "" : text.substr(at, text.find("in each setting") - at);
    };
    EXPECT_EQ(axis(80), "") << "seeds alone need no axis";
    EffectRow isa = report.attribution.rows[0];
    isa.factor = "hardware.isa";
    isa.kind = FactorKind::hardware;
    const auto with = [&](double dp, double flips) {
        isa.cells[0].max_abs_dp = dp;
        isa.cells[0].flips->value = flips;
        report.attribution.rows.resize(1);
        report.attribution.rows.push_back(isa);
        for (const std::string& line : split_lines(axis(80))) {
            if (line.starts_with("  isa ")) return line.substr(12);
        }
        return std::string();
    };
    EXPECT_EQ(with(1e-8, 0), "o" + std::string(40, '.'));
    EXPECT_EQ(with(1e-12, 0), "o" + std::string(40, '.')) << "below the axis: at its end";
    EXPECT_EQ(with(1e-4, 0), std::string(20, '.') + "o" + std::string(20, '.'));
    EXPECT_EQ(with(1e-4, 0.1), std::string(20, '.') + "x" + std::string(20, '.'));
    EXPECT_EQ(with(1, 0.1), std::string(40, '.') + "x");
    EXPECT_EQ(with(0, 0), "") << "no bit changed: no axis";
}

TEST(TerminalEvidence, MoreConfigurationsThanFitAreInTheJson) {
    const std::string text = terminal_report(scenario("many_settings"), {80, false, true});
    EXPECT_TRUE(holds(text, "and 2 more configurations: assay report --json lists all")) << "8 - 6 shares";
    EXPECT_TRUE(holds(text, "and 6 more configurations: assay report --json lists all")) << "8 - 2 inputs";
    EXPECT_TRUE(holds(text, "and 1 more pair of levels: assay report --json lists all")) << "7 - 6 directions";
    const Json evidence = json_report(scenario("many_settings")).at("attribution").at("evidence");
    EXPECT_EQ(evidence.at("seeds").as_array().size(), 8U);
    EXPECT_EQ(evidence.at("inputs").as_array().size(), 8U);
    EXPECT_EQ(evidence.at("tests").as_array()[0].at("shifts").as_array().size(), 7U);
}

// The sentence is about the configuration in which most seeds are amplified, shown or not.
TEST(TerminalEvidence, OfManyConfigurationsTheSentenceIsAboutTheWorst) {
    Report report = scenario("regular");
    std::vector<HardwareEffect>& all = report.attribution.evidence.hardware;
    all = std::vector<HardwareEffect>(7, effect(3, 0.1));
    all.push_back(effect(5, 0.2));
    for (std::size_t i = 0; i < all.size(); ++i) all[i].where = "lr " + std::to_string(i);
    const std::string text = terminal_report(report, {400, false, true});
    EXPECT_TRUE(holds(text, "\n  lr 5 ")) << text;
    EXPECT_FALSE(holds(text, "\n  lr 6 "));
    EXPECT_TRUE(holds(text, "\n  and 2 more configurations: assay report --json lists all\n"));
    EXPECT_TRUE(holds(text, " in lr 7 altered the outputs of 5 of 8 seeds"));
}

TEST(JsonEvidence, HasEveryPValueWithWhatItMeans) {
    const Json regular = json_report(scenario("regular")).at("attribution").at("evidence");
    const Json& isa = regular.at("tests").as_array()[2];
    EXPECT_EQ(isa.at("p"), Json(Json::Object{{"value", 9830.0 / 32768},
                                             {"count", Json(std::uint64_t{9830})},
                                             {"total", Json(std::uint64_t{32768})},
                                             {"smallest", 1.0 / 32768},
                                             {"exhaustive", true}}));
    EXPECT_EQ(isa.at("p_holm"), Json(0.3));
    EXPECT_EQ(isa.at("direction"), Json("none found"));
    const Json kernels = json_report(scenario("three_levels")).at("attribution").at("evidence");
    const Json& activation = kernels.at("tests").as_array()[0];
    for (const char* const key : {"p", "p_holm", "r2", "df_effect", "df_error"})
        EXPECT_TRUE(activation.at(key).is_null()) << key << " of a factor without a test";
    const Json& kernel = kernels.at("tests").as_array()[1];
    EXPECT_TRUE(kernel.at("f").is_null());
    EXPECT_EQ(kernel.at("f_infinite"), Json(true));
    EXPECT_EQ(kernel.at("shifts").as_array()[1].at("spread_p"), Json(0.02));
    EXPECT_EQ(kernels.at("hardware").as_array()[1].at("verdict"), Json("INDETERMINATE+SHIFT"));
    EXPECT_TRUE(kernels.at("self_audit").is_null());
    EXPECT_EQ(json_report(scenario("troubled")).at("attribution").at("evidence").at("self_audit").at("p").at("value"),
              Json(0.5));
}

TEST(AssumptionSentences, FollowWhatWasComputed) {
    const auto text = [](const Evidence& evidence) {
        Report report;
        report.attribution.evidence = evidence;
        return join(assumption_sentences(report), "\n");
    };
    const char* const tests[] = {"could change places within a seed", "one family, adjusted by Holm",
                                 "how many arrangements of how many"};
    Evidence evidence;
    evidence.tests = {untested({"ONE_LEVEL", "a comparison needs two levels or more", {}, {}})};
    for (const char* const part : tests) EXPECT_FALSE(holds(text(evidence), part)) << part;
    evidence.tests = {test_with(0.5)};
    for (const char* const part : tests) EXPECT_TRUE(holds(text(evidence), part)) << part;
    EXPECT_FALSE(holds(text(evidence), "population of seeds"));
    evidence.seeds = {{"", {0.1, {}, 3, {}, {}}, {}, {}, {}}};
    EXPECT_TRUE(holds(text(evidence), "population of seeds"));
    EXPECT_FALSE(holds(text(evidence), "Ambiguity and discrepancy"));
    evidence.inputs.emplace_back();
    EXPECT_TRUE(holds(text(evidence), "Ambiguity and discrepancy"));
}

}  // namespace
}  // namespace assay
