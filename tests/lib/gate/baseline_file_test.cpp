// The baseline's file: what is written is read; whatever else is there is named, and never taken.
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "gate/baseline.hpp"

namespace assay {
namespace {

Baseline some_baseline() {
    Baseline b;
    b.name = "gate_release";
    b.audit = std::string(64, '5');
    b.spec = std::string(64, '6');
    b.accepted = "2026-11-20T09:02:00Z";
    b.tool = "assay 0.1.0";
    b.runs = {{"001", std::string(64, 'a')}, {"002", std::string(64, 'b')}};
    b.environment = {{"cpu.model", "Xeon \"quoted\""}, {"reported.torch", "1.13.1"}};
    b.environments = {{std::string(64, 'e'), {"001", "002"}}};
    b.figures = {{"replay", {"identical", std::nullopt, std::nullopt}},
                 {"flips.seed < 5%", {"2.0% [1.5, 2.6]", 0.02, Interval{0.015, 0.026}}},
                 {"R < 1.25", {"1.1", 1.1, Interval{0.9, std::nullopt}}}};
    return b;
}

std::string code_of(const std::string& text) {
    try {
        parse_baseline(text, "assay.baseline.json");
        return "taken";
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::unreadable);
        EXPECT_NE(std::string(error.what()).find("assay.baseline.json"), std::string::npos) << error.what();
        EXPECT_FALSE(error.help().empty());
        return error.code();
    }
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(Baseline, IsReadAsItWasWritten) {
    const std::string text = baseline_text(some_baseline());
    EXPECT_EQ(parse_baseline(text, "b"), some_baseline());
    EXPECT_EQ(baseline_text(parse_baseline(text, "b")), text);
    for (const std::string& line : split_lines(text)) EXPECT_LE(line.size(), 120U) << "a fact a line: " << line;
}

// git may change line ends on checkout; nothing of what it says has changed.
TEST(Baseline, OtherLineEndsAreTheSameBaseline) {
    std::string windows;
    for (const char c : baseline_text(some_baseline())) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
    EXPECT_EQ(parse_baseline(windows, "b"), some_baseline());
}

TEST(Baseline, WhateverElseIsThereIsNamed) {
    const std::string good = baseline_text(some_baseline());
    const std::pair<std::string, const char*> rows[] = {
        {"", "G0301"},
        {"not json", "G0301"},
        {good.substr(0, good.size() / 2), "G0301"},
        {"{\n<<<<<<< HEAD\n  \"a\": 1\n=======\n>>>>>>> x\n}", "G0301"},
        {"{}", "G0302"},
        {"[]", "G0302"},
        {R"({"schema": "assay/report/1"})", "G0302"},
        {R"({"schema": 7})", "G0302"},
        {replaced(good, "assay/baseline/1", "assay/baseline/2"), "G0303"},
        {replaced(good, "0.02", "0.01"), "G0304"},
        {replaced(good, "gate_release", "gate_relaese"), "G0304"},
        {replaced(good, "\"digest\": \"", "\"digset\": \""), "G0304"},
        {replaced(good, std::string(64, 'a'), std::string(64, 'c')), "G0304"},
    };
    for (const auto& [text, code] : rows) EXPECT_EQ(code_of(text), code) << text.substr(0, 200);
}

TEST(Baseline, AMergeConflictIsCalledOne) {
    try {
        parse_baseline("{\n<<<<<<< HEAD\n=======\n>>>>>>> x\n}", "f.json");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "f.json: holds a merge conflict");
    }
}

// A member that is missing or of another type, under a digest that fits: made by another program.
TEST(Baseline, AForeignOneWithAFittingDigestIsRefusedToo) {
    Baseline wrong = some_baseline();
    wrong.audit = "last";
    EXPECT_EQ(code_of(baseline_text(wrong)), "G0302");
    wrong = some_baseline();
    wrong.runs.clear();
    EXPECT_EQ(code_of(baseline_text(wrong)), "G0302");
    wrong = some_baseline();
    wrong.runs["003"] = "../../etc/passwd";
    EXPECT_EQ(code_of(baseline_text(wrong)), "G0302");
}

TEST(Baseline, EveryByteThatIsChangedIsNoticedOrMeansNothing) {
    const std::string good = baseline_text(some_baseline());
    std::size_t refused = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string damaged = good;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        try {
            EXPECT_EQ(parse_baseline(damaged, "b"), some_baseline()) << "byte " << i;
        } catch (const Error& error) {
            EXPECT_TRUE(error.code().starts_with("G03")) << error.code();
            ++refused;
        }
    }
    EXPECT_GT(refused, good.size() / 2);
}

TEST(Baseline, OfAnotherAuditIsAWrongRequest) {
    EXPECT_NO_THROW(check_baseline_of(some_baseline(), "gate_release", "f.json"));
    try {
        check_baseline_of(some_baseline(), "other", "f.json");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "G0305");
        EXPECT_EQ(error.exit(), Exit::usage);
        EXPECT_STREQ(error.what(), "f.json: is the baseline of 'gate_release', not of 'other'");
    }
}

}  // namespace
}  // namespace assay
