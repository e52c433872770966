// The words of a verdict, from verdicts made by hand: what a reader of a CI log is told.
#include "report/make_gate_report.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "gate/rule.hpp"
#include "report/gate_text.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {

RuleResult result_of(const char* key, const char* limit, RuleState state) {
    RuleResult result;
    result.rule = *parse_rule(key, limit).rule;
    result.rule.file = "audits/gate_release.yaml";
    result.rule.line = 12;
    result.rule.column = 3;
    result.state = state;
    return result;
}

RulePlace place_at(const char* where, RuleState state, double value, double low, double high) {
    RulePlace place;
    place.where = where;
    place.state = state;
    place.measured = value;
    place.interval = Interval{low, high};
    place.pairs = 9;
    place.seeds = 9;
    return place;
}

RuleResult failing() {
    RuleResult result = result_of("flips.hardware", "< 0.1%", RuleState::fail);
    result.places = {place_at("lr 0.1", RuleState::fail, 0.084, 0.065, 0.104),
                     place_at("lr 0.001", RuleState::pass, 0, 0, 0.0004)};
    result.sentence = "8.4% of predicted labels change with hardware at lr 0.1";
    result.inputs = {463, 12};
    result.inputs_changed = 35;
    result.n_inputs = 500;
    return result;
}

RuleResult open() {
    RuleResult result = result_of("accuracy", ">= 0.97", RuleState::undecided);
    result.places = {place_at("", RuleState::undecided, 0.971, 0.966, 0.976)};
    result.needed = Needed{18, 9, 31.0};
    result.sentence = "mean accuracy is 97.1%";
    return result;
}

Verdict verdict_of(std::vector<RuleResult> rules) {
    Verdict verdict;
    verdict.rules = std::move(rules);
    verdict.state = state_of(verdict.rules);
    verdict.planned = 18;
    return verdict;
}

GateReport report_of(const Verdict& verdict) {
    GateSurroundings around;
    around.name = "gate_release";
    around.audit = std::string(64, '7');
    around.baseline = std::string(64, '5');
    around.store_option = " --store runs";
    return make_gate_report(verdict, around);
}

std::string text_of(const Verdict& verdict) { return gate_text(report_of(verdict), {80, false, true}); }

TEST(GateWords, AFailingRuleSaysAllThatAReaderNeeds) {
    Verdict verdict = verdict_of({failing(), open()});
    verdict.baseline =
        BaselineFacts{std::string(64, '5'), "2026-11-20T09:02:00Z", 18, 0, false, {"torch 2.3.1 there, 2.4.0 here"}};
    LedgerRow row;
    row.inputs = 500;
    row.fixed = 1.5;
    row.broken = 4;
    row.changed_wrong = 0.5;
    row.flips_per_10000 = 120;
    verdict.ledgers = {{"", 9, {row}}};
    const std::string text = text_of(verdict);
    for (const std::string& line : split_lines(text)) EXPECT_LE(display_width(line), 80U) << line;
    testing::expect_golden(text, "gate_words/fails.txt");
}

TEST(GateWords, AnOpenRuleSaysHowManyRunsWouldDecide) {
    testing::expect_golden(text_of(verdict_of({open()})), "gate_words/undecided.txt");
}

TEST(GateWords, APolicyThatFailsWhatIsOpenIsAFailureInEveryFormat) {
    RuleResult result = open();
    result.rule.undecided = UndecidedAs::fail;
    const GateReport report = report_of(verdict_of({result}));
    EXPECT_EQ(report.exit, 1);
    EXPECT_EQ(report.outcome, GateOutcome::fail);
    EXPECT_EQ(report.cases[0].state, CaseState::fail);
    result.rule.undecided = UndecidedAs::warn;
    EXPECT_EQ(report_of(verdict_of({result})).cases[0].state, CaseState::warned);
    EXPECT_EQ(report_of(verdict_of({result})).exit, 0);
    EXPECT_EQ(report_of(verdict_of({result})).outcome, GateOutcome::undecided) << "let through, which is no pass";
    EXPECT_EQ(text_of(verdict_of({result})).find("passes"), std::string::npos) << text_of(verdict_of({result}));
    result.rule.undecided = UndecidedAs::pass;
    EXPECT_EQ(report_of(verdict_of({result})).outcome, GateOutcome::pass) << "the spec says so";
}

TEST(GateWords, AReplayThatDiffersIsNamed) {
    RuleResult result = result_of("replay", "identical", RuleState::fail);
    result.places = {place_at("", RuleState::fail, 0.5, 0, 1)};
    result.places[0].run = "013";
    EXPECT_NE(text_of(verdict_of({result})).find("assay replay 013"), std::string::npos);
}

TEST(GateWords, WhatWasSparedIsSaid) {
    Verdict verdict = verdict_of({failing()});
    verdict.sequence = SequenceFacts{6, 24, {6, 12, 18, 24}, true, 18};
    const std::string note = report_of(verdict).notes.front();
    EXPECT_NE(note.find("every rule is decided with 6 of 24 planned seeds"), std::string::npos) << note;
    EXPECT_NE(note.find("18 planned runs are not judged"), std::string::npos) << note;
    verdict.sequence->decided = false;
    EXPECT_NE(report_of(verdict).notes.front().find("not every rule is decided"), std::string::npos);
}

TEST(GateWords, WhatIsOnlyReportedNeverPasses) {
    RuleResult result = result_of("flips.seed", "report", RuleState::reported);
    result.places = {place_at("", RuleState::reported, 0.02, 0.01, 0.03)};
    const std::string text = text_of(verdict_of({result}));
    EXPECT_EQ(text.find("pass"), std::string::npos) << text;
    EXPECT_NE(text.find("nothing was judged"), std::string::npos) << text;
}

TEST(GateWords, AnOutlierIsANoAndMissingRunsAreNoPass) {
    Verdict verdict = verdict_of({result_of("R", "< 1.25", RuleState::fail)});
    verdict.one_run = {{"", 20, 19, 0.048, true}};
    EXPECT_EQ(report_of(verdict).outcome, GateOutcome::fail) << "by something else";
    verdict.rules[0].reason = RuleReason::one_run;
    EXPECT_EQ(report_of(verdict).exit, 1);
    EXPECT_EQ(report_of(verdict).outcome, GateOutcome::outlier);
    RuleResult open = result_of("R", "< 1.25", RuleState::undecided);
    open.reason = RuleReason::one_run;
    open.rule.undecided = UndecidedAs::warn;
    verdict.rules = {open};
    verdict.state = RuleState::undecided;
    EXPECT_EQ(report_of(verdict).outcome, GateOutcome::consistent);
    EXPECT_EQ(report_of(verdict).exit, 0) << "that is the policy's";
    verdict.state = RuleState::pass;
    verdict.rules = {result_of("collapsed", "< 60%", RuleState::pass)};
    EXPECT_EQ(report_of(verdict).outcome, GateOutcome::consistent) << "one run never passes";
    verdict.rules = {result_of("accuracy", "report", RuleState::reported)};
    EXPECT_EQ(report_of(verdict).exit, 0) << "no rule asked, no case would show it";
    verdict.one_run[0].outlier = false;
    EXPECT_EQ(report_of(verdict).exit, 0);
    EXPECT_NE(report_of(verdict).notes.front().find("this is never a pass"), std::string::npos);
    verdict.missing = 2;
    EXPECT_EQ(report_of(verdict).exit, 4);
    EXPECT_EQ(report_of(verdict).outcome, GateOutcome::incomplete);
}

}  // namespace
}  // namespace assay
