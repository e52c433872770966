// The formats of a gate: whole texts as golden files, limits of the services, and what a stranger may write into them.
#include "report/gate_formats.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "harness/report/gate_scenarios.hpp"
#include "report/gate_text.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {
using testing::expect_golden;
using testing::gate_scenario;

class GateFormats : public ::testing::TestWithParam<std::string> {};

TEST_P(GateFormats, TextIsAsAccepted) {
    const std::string text = gate_text(gate_scenario(GetParam()), {80, false, true});
    for (const std::string& line : split_lines(text)) EXPECT_FALSE(line.ends_with(' ')) << line;
    expect_golden(text, "gate/" + GetParam() + ".txt");
}
TEST_P(GateFormats, JsonIsAsAccepted) {
    expect_golden(pretty_json(gate_json(gate_scenario(GetParam()))), "gate/" + GetParam() + ".json");
}
// xmllint reads both flavours, and holds the strict one against the schema.
TEST_P(GateFormats, JUnitIsAsAccepted) {
    expect_golden(gate_junit(gate_scenario(GetParam()), false), "gate/" + GetParam() + ".xml");
}
TEST_P(GateFormats, StrictJUnitIsAsAccepted) {
    expect_golden(gate_junit(gate_scenario(GetParam()), true), "gate/" + GetParam() + ".strict.xml");
}
TEST_P(GateFormats, MarkdownIsAsAccepted) {
    expect_golden(gate_markdown(gate_scenario(GetParam()), k_comment_bytes), "gate/" + GetParam() + ".md");
}
TEST_P(GateFormats, TheOthersAreAsAccepted) {
    const GateReport report = gate_scenario(GetParam());
    expect_golden(gate_github_commands(report) + "---- GITHUB_OUTPUT\n" + gate_github_output(report) +
                      "---- metrics.txt\n" + gate_openmetrics(report) + "---- codequality.json\n" +
                      pretty_json(gate_codequality(report)) + "---- badge.json\n" + pretty_json(gate_badge(report)),
                  "gate/" + GetParam() + ".others");
}

INSTANTIATE_TEST_SUITE_P(Scenarios, GateFormats, ::testing::ValuesIn(testing::gate_scenario_names()),
                         [](const auto& one) { return one.param; });

TEST(GateText, AsciiIsAsciiAndSaysStatesInWords) {
    for (const std::string& name : testing::gate_scenario_names()) {
        const std::string text = gate_text(gate_scenario(name), {80, false, false});
        for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << name << ": " << text;
    }
    EXPECT_NE(gate_text(gate_scenario("fails"), {80, false, false}).find("FAIL flips.hardware"), std::string::npos);
}

TEST(GateText, OnlyColourMakesEscapes) {
    EXPECT_EQ(gate_text(gate_scenario("hostile"), {80, false, true}).find('\033'), std::string::npos);
    EXPECT_NE(gate_text(gate_scenario("fails"), {80, true, true}).find("\033[31m"), std::string::npos);
}

std::size_t lines_that_begin(const std::string& text, const std::string& begin) {
    const auto lines = split_lines(text);
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return line.starts_with(begin); }));
}

// GitHub shows 10 of a kind in a step, and obeys every line that begins with two colons.
TEST(GateGithub, AtMostNineOfAKindAndNothingInjected) {
    const std::string many = gate_github_commands(gate_scenario("many"));
    EXPECT_EQ(lines_that_begin(many, "::error "), 9U);
    EXPECT_EQ(lines_that_begin(many, "::warning "), 9U);
    EXPECT_EQ(lines_that_begin(many, "and 3 more"), 1U);
    EXPECT_EQ(lines_that_begin(many, "and 2 more"), 1U);
    const std::string hostile = gate_github_commands(gate_scenario("hostile"));
    EXPECT_EQ(split_lines(hostile).size(), 1U) << hostile;
    EXPECT_TRUE(hostile.starts_with("::error file=dir%2Cwith%3Aodd%25.yaml,line=1,col=1,title=")) << hostile;
    EXPECT_EQ(lines_that_begin(gate_github_output(gate_scenario("hostile")), "verdict=fails ::error::1"), 1U);
    EXPECT_EQ(split_lines(gate_github_output(gate_scenario("hostile"))).size(), 6U);
}

// Over its limit a service drops the whole.
TEST(GateMarkdown, StaysWithinItsBytesAndSaysWhatItLeftOut) {
    GateReport report = gate_scenario("many");
    for (GateCase& one : report.cases) one.detail.assign(3000, std::string(70, 'x'));
    for (const std::size_t most : {std::size_t{0}, std::size_t{500}, k_comment_bytes, k_summary_bytes}) {
        const std::string text = gate_markdown(report, most);
        EXPECT_LE(text.size(), std::max<std::size_t>(most, 800));
        EXPECT_NE(text.find("left out here for its length"), std::string::npos);
        EXPECT_TRUE(text.ends_with("</sub>\n"));
        EXPECT_NE(text.find("12 of 23"), std::string::npos) << "the verdict stays";
    }
    EXPECT_GT(gate_markdown(report, k_summary_bytes).size(), k_comment_bytes);
}

TEST(GateMarkdown, HoldsNoMarkupOfAStranger) {
    const std::string text = gate_markdown(gate_scenario("hostile"), k_comment_bytes);
    EXPECT_EQ(text.find("<img"), std::string::npos) << text;
    EXPECT_EQ(text.find("<b>"), std::string::npos) << text;
    EXPECT_NE(text.find("\n`````text\n"), std::string::npos) << "a fence longer than any in the log";
}

TEST(GateCodequality, AFindingKeepsItsFingerprintWhateverWasMeasured) {
    GateReport report = gate_scenario("fails");
    const Json before = gate_codequality(report);
    for (GateCase& one : report.cases) {
        one.headline = "other figures";
        one.place.line += 7;
    }
    const Json after = gate_codequality(report);
    ASSERT_EQ(before.as_array().size(), 2U);
    std::set<std::string> fingerprints;
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(before.as_array()[i].at("fingerprint"), after.as_array()[i].at("fingerprint"));
        fingerprints.insert(before.as_array()[i].at("fingerprint").as_string());
    }
    EXPECT_EQ(fingerprints.size(), 2U) << "two rules are two findings";
    EXPECT_TRUE(gate_codequality(gate_scenario("passes")).as_array().empty());
}

TEST(GateMetrics, AreOpenMetrics) {
    const std::regex line("# (TYPE|HELP) [a-z_]+ .+|# EOF|[a-z_]+\\{(\\w+=\"([^\"\\\\]|\\\\.)*\",?)+\\} -?[0-9.e+-]+");
    for (const std::string& name : testing::gate_scenario_names()) {
        const std::string text = gate_openmetrics(gate_scenario(name));
        for (const std::string& one : split_lines(text)) EXPECT_TRUE(std::regex_match(one, line)) << one;
        EXPECT_TRUE(text.ends_with("# EOF\n"));
    }
}

TEST(GateBadge, SaysTheOutcome) {
    EXPECT_EQ(gate_badge(gate_scenario("passes")).at("color"), Json("brightgreen"));
    EXPECT_EQ(gate_badge(gate_scenario("fails")).at("message"), Json("1 of 3 rules fail"));
    EXPECT_EQ(gate_badge(gate_scenario("fails")).at("color"), Json("red"));
    EXPECT_EQ(gate_badge(gate_scenario("waits")).at("color"), Json("yellow"));
    EXPECT_EQ(gate_badge(gate_scenario("one_run")).at("color"), Json("red"));
}

TEST(GateFormatTable, TheEndOfANameDecides) {
    const std::pair<const char*, const char*> rows[] = {
        {"repro.xml", "JUnit"},
        {"a/badge.json", "shields badge"},
        {"badge.json", "shields badge"},
        {"gl-code-quality-report.json", "GitLab code quality"},
        {"codequality.json", "GitLab code quality"},
        {"metrics.txt", "OpenMetrics"},
        {"gate.json", "JSON"},
        {"comment.md", "markdown"},
        {"gate.txt", "text"},
    };
    for (const auto& [file, format] : rows) {
        ASSERT_NE(gate_format_of(file), nullptr) << file;
        EXPECT_EQ(gate_format_of(file)->name, format) << file;
        EXPECT_FALSE(gate_format_of(file)->write(gate_scenario("fails"), {}).empty());
    }
    for (const char* file : {"gate.html", ".json", "gate", ""}) EXPECT_EQ(gate_format_of(file), nullptr) << file;
}

}  // namespace
}  // namespace assay
