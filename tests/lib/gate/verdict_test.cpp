#include "core/verdict.hpp"

#include <gtest/gtest.h>

#include <set>

namespace assay {
namespace {

RuleResult result(RuleState state, UndecidedAs undecided = UndecidedAs::undecided) {
    RuleResult out;
    out.state = state;
    out.rule.undecided = undecided;
    return out;
}

Exit exit_of_rules(std::vector<RuleResult> rules, std::size_t missing = 0) {
    Verdict verdict;
    verdict.state = state_of(rules);
    verdict.rules = std::move(rules);
    verdict.missing = missing;
    return exit_of(verdict);
}

TEST(Verdict, ExitCodesOfOneRule) {
    EXPECT_EQ(exit_of_rules({result(RuleState::pass)}), Exit::yes);
    EXPECT_EQ(exit_of_rules({result(RuleState::reported)}), Exit::yes);
    EXPECT_EQ(exit_of_rules({result(RuleState::fail)}), Exit::no);
    EXPECT_EQ(exit_of_rules({result(RuleState::refused)}), Exit::usage);
    EXPECT_EQ(exit_of_rules({result(RuleState::incomplete)}), Exit::incomplete);
    EXPECT_EQ(exit_of_rules({result(RuleState::undecided)}), Exit::undecided);
    EXPECT_EQ(exit_of_rules({result(RuleState::undecided, UndecidedAs::fail)}), Exit::no);
    EXPECT_EQ(exit_of_rules({result(RuleState::undecided, UndecidedAs::warn)}), Exit::yes);
    EXPECT_EQ(exit_of_rules({result(RuleState::undecided, UndecidedAs::pass)}), Exit::yes);
}

// An open rule whose runs are not there yet is no "no": the runs may still decide it.
TEST(Verdict, MissingRunsComeBeforeUndecidedFail) {
    EXPECT_EQ(exit_of_rules({result(RuleState::undecided, UndecidedAs::fail)}, 1), Exit::incomplete);
    EXPECT_EQ(exit_of_rules({result(RuleState::undecided, UndecidedAs::pass)}, 1), Exit::incomplete);
    EXPECT_EQ(exit_of_rules({result(RuleState::pass)}, 1), Exit::incomplete);
    EXPECT_EQ(exit_of_rules({result(RuleState::fail)}, 1), Exit::no) << "1 comes before 4";
    EXPECT_EQ(exit_of_rules({result(RuleState::refused)}, 1), Exit::usage) << "2 comes before 4";
}

TEST(Verdict, WorstRuleWins) {
    const auto all = {RuleState::refused, RuleState::fail, RuleState::incomplete, RuleState::undecided,
                      RuleState::pass};
    for (auto worst = all.begin(); worst != all.end(); ++worst) {
        std::vector<RuleResult> rules;
        for (auto it = worst; it != all.end(); ++it) rules.insert(rules.begin(), result(*it));
        EXPECT_EQ(state_of(rules), *worst);
        EXPECT_EQ(exit_of_rules(rules), exit_of(result(*worst), false));
    }
}

TEST(Verdict, ReportedRulesAreNoPass) {
    EXPECT_EQ(state_of({}), RuleState::reported);
    EXPECT_EQ(state_of({result(RuleState::reported), result(RuleState::reported)}), RuleState::reported);
    EXPECT_EQ(state_of({result(RuleState::reported), result(RuleState::pass)}), RuleState::pass);
}

TEST(Verdict, NamesAreUnique) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(RuleReason::one_run); ++i)
        EXPECT_TRUE(names.insert(reason_name(static_cast<RuleReason>(i))).second);
    EXPECT_EQ(names.size(), 17U);
    EXPECT_EQ(reason_name(RuleReason::one_run), "one_run");
    EXPECT_EQ(reason_name(RuleReason::baseline_missing), "baseline_missing");
    EXPECT_EQ(reason_name(RuleReason::too_coarse), "too_coarse");
    EXPECT_EQ(reason_name(RuleReason::across_machines), "across_machines");
    EXPECT_EQ(state_name(RuleState::reported), "reported");
}

}  // namespace
}  // namespace assay
