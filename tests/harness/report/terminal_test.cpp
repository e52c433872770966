#include "report/terminal.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "harness/report/scenarios.hpp"

namespace assay {
namespace {

using testing::scenario;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string without_color(const std::string& text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\033') {
            plain += text[i];
        } else {
            i = text.find('m', i);
        }
    }
    return plain;
}

// A command is not broken: it must be possible to copy it.
TEST(TerminalReport, NoLineIsWiderThanTheTerminal) {
    for (const std::string& name : testing::scenario_names()) {
        for (const int width : {40, 60, 72, 80, 100, 132, 200}) {
            for (const std::string& line : split_lines(terminal_report(scenario(name), {width, false, true}))) {
                if (line.starts_with("  by hand: ")) continue;
                EXPECT_LE(display_width(line), static_cast<std::size_t>(width)) << name << ": " << line;
            }
        }
    }
}

TEST(TerminalReport, HasNoBlanksAtLineEndsAndNoTwoEmptyLines) {
    for (const std::string& name : testing::scenario_names()) {
        const std::string text = terminal_report(scenario(name), {80, false, true});
        EXPECT_FALSE(holds(text, " \n")) << name;
        EXPECT_FALSE(holds(text, "\n\n\n")) << name;
        EXPECT_TRUE(text.ends_with("\n") && !text.ends_with("\n\n")) << name;
    }
}

TEST(TerminalReport, AsciiMeansAsciiColumnForColumn) {
    for (const std::string& name : testing::scenario_names()) {
        const auto ascii = split_lines(terminal_report(scenario(name), {80, false, false}));
        const auto unicode = split_lines(terminal_report(scenario(name), {80, false, true}));
        ASSERT_EQ(ascii.size(), unicode.size());
        for (std::size_t i = 0; i < ascii.size(); ++i) {
            for (const char c : ascii[i]) EXPECT_LT(static_cast<unsigned char>(c), 0x80) << ascii[i];
            EXPECT_EQ(display_width(ascii[i]), display_width(unicode[i])) << unicode[i];
        }
    }
}

TEST(TerminalReport, ColorAddsColorOnly) {
    for (const std::string& name : testing::scenario_names()) {
        const std::string colored = terminal_report(scenario(name), {80, true, true});
        EXPECT_TRUE(holds(colored, "\033[1m"));
        EXPECT_EQ(without_color(colored), terminal_report(scenario(name), {80, false, true})) << name;
    }
}

TEST(TerminalReport, ColumnsThatDoNotFitFollowBelow) {
    const auto tables = [](int width) {
        std::size_t n = 0;
        for (const std::string& line : split_lines(terminal_report(scenario("many_settings"), {width, false, true}))) {
            n += line.starts_with("  nothing (replay)") ? 1U : 0U;
        }
        return n;
    };
    EXPECT_EQ(tables(40), 8U);
    EXPECT_EQ(tables(80), 2U);
    EXPECT_EQ(tables(139), 1U);
}

TEST(TerminalReport, EveryLevelStaysInSight) {
    const std::string text = terminal_report(scenario("many_settings"), {80, false, true});
    const std::string tables = text.substr(0, text.find("Changing the settings themselves"));
    for (const std::string level : {"0.000001", "0.00001", "0.0001", "0.001", "0.01", "0.1"}) {
        EXPECT_TRUE(holds(tables, " " + level + " ") || holds(tables, " " + level + "\n")) << level;
    }
}

TEST(TerminalReport, ALevelMayHoldACommaOfItsOwn) {
    Report report = scenario("regular");
    report.attribution.settings[0].name = "dense, hidden [64,32]";
    EXPECT_TRUE(holds(terminal_report(report, {80, false, true}), "hidden [64,32]"));
}

TEST(TerminalReport, NeitherNoneNorAllIsSaidOfWhatIsNeither) {
    struct Row {
        double share;
        std::string expected;
    };
    const Row rows[] = {{0.0001, "<0.1%"}, {0.0006, "0.1%"}, {0.9999, ">99.9%"}, {1, "100.0%"}};
    for (const Row& row : rows) {
        Report report = scenario("regular");
        report.attribution.rows[0].cells[1].flips->value = row.share;
        const std::string text = terminal_report(report, {80, false, true});
        EXPECT_TRUE(holds(text, " " + row.expected + " ")) << text;
    }
}

TEST(TerminalReport, ReplaysThatDifferInBitsOnlyDoNotLookAlike) {
    struct Row {
        double flips, max_abs_dp;
        std::string first, second;
    };
    const Row rows[] = {{0.25, 0.5, "25.0% differ", "|dp| 0.5"},
                        {0, 6e-7, "other bits", "|dp| 6.0e-7"},
                        {0, 0, "other bits", "same answers"}};
    for (const Row& row : rows) {
        Report report = scenario("seeds_alone");
        Setting& setting = report.attribution.settings[0];
        setting.replays_identical = 0;
        setting.replay_flips = row.flips;
        setting.replay_max_abs_dp = row.max_abs_dp;
        const std::string text = terminal_report(report, {80, false, true});
        EXPECT_TRUE(holds(text, row.first)) << text;
        EXPECT_TRUE(holds(text, row.second)) << text;
        EXPECT_TRUE(holds(text, "1 of 1 replay DIFFER")) << text;
    }
}

// A word in the legend for each sign in the tables, and none for what is not there.
TEST(TerminalReport, TheLegendExplainsWhatIsShown) {
    const std::pair<std::string, std::string> signs[] = {{" units)  ", "(n units): too few"},
                                                         {"[0, ?] 1 unit\n", "[0, ?]: one unit carries"},
                                                         {"|dp| 0.", "|dp|: largest change"},
                                                         {"  distance 0.", "distance: mean squared Hellinger"}};
    for (const std::string& name : testing::scenario_names()) {
        std::string text;
        for (const std::string& line : split_lines(terminal_report(scenario(name), {400, false, true})))
            text += line + "\n";
        for (const auto& [sign, word] : signs) {
            const bool shown =
                sign == " units)  " ? holds(text, "(2 units)") || holds(text, "(3 units)") : holds(text, sign);
            EXPECT_EQ(holds(text, word), shown) << name << ": " << word;
        }
    }
}

}  // namespace
}  // namespace assay
