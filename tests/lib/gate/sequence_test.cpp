// A gate that looks at seeds as they come in.
#include "gate/sequence.hpp"

#include "lib/gate/gate_builder.hpp"

namespace assay::testing {
namespace {

GateInput input_of(const Audit& candidate, const Audit& baseline, const std::vector<GateRule>& rules) {
    return {rules, side(candidate), side(baseline), std::nullopt};
}
Verdict in_sequence(const Audit& candidate, const Audit& baseline, const std::vector<GateRule>& rules) {
    return decide_in_sequence(input_of(candidate, baseline, rules));
}

// As if the run had been interrupted when `n` seeds were there.
Audit first(Audit audit, std::size_t n) {
    for (std::size_t run = n; run < audit.runs.size(); ++run) lose(audit.runs[run]);
    return audit;
}

std::vector<std::size_t> wrong(std::size_t n, std::size_t from) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < n; ++i) out.push_back(from + i % 3);
    return out;
}

TEST(Sequence, LooksAreFixedByThePlanAlone) {
    EXPECT_EQ(planned_looks(4), (std::vector<std::size_t>{4}));
    EXPECT_EQ(planned_looks(6), (std::vector<std::size_t>{6}));
    EXPECT_EQ(planned_looks(8), (std::vector<std::size_t>{6, 8}));
    EXPECT_EQ(planned_looks(24), (std::vector<std::size_t>{6, 12, 18, 24}));
    EXPECT_EQ(planned_looks(40), (std::vector<std::size_t>{6, 12, 18, 24, 40}));
}

TEST(Sequence, ScoresAreLookedAtAfterEverySeed) {
    const Audit baseline = with_errors(wrong(24, 1));
    Audit good = with_errors(wrong(24, 1));
    good.runs[0] = completed(good.plan.runs[0].request, flipping({4}));
    const GateRule loose = rule("accuracy.baseline", "< 15%");
    const Verdict passes = in_sequence(good, baseline, {loose});
    EXPECT_TRUE(is(passes.rules[0], RuleState::pass, RuleReason::interval));
    EXPECT_LT(passes.sequence.value().seeds, 12U);
    EXPECT_GE(passes.sequence->seeds, k_gate_seeds);
    EXPECT_TRUE(passes.sequence->decided);
    EXPECT_EQ(passes.sequence->spared, 24 - passes.sequence->seeds);
    EXPECT_EQ(passes.rules[0].decided_at, passes.sequence->seeds);
    EXPECT_EQ(passes.missing, 0U) << "what was not wanted is not missing";
    EXPECT_EQ(exit_of(passes), Exit::yes);

    const Audit bad = with_errors(wrong(24, 9));
    const Verdict fails = in_sequence(bad, baseline, {rule("accuracy.baseline", "< 5%")});
    EXPECT_TRUE(is(fails.rules[0], RuleState::fail, RuleReason::interval));
    EXPECT_LT(fails.sequence.value().seeds, 12U);

    const Verdict open = in_sequence(good, baseline, {rule("accuracy.baseline", "< 0.1%")});
    EXPECT_EQ(open.rules[0].state, RuleState::undecided);
    EXPECT_EQ(open.sequence.value().seeds, 24U) << "a close call takes all of them";
    EXPECT_FALSE(open.sequence->decided);
}

TEST(Sequence, DistancesAreLookedAtAsPlanned) {
    const Audit baseline = noisy(24, 100), candidate = noisy(24, 300);
    const Verdict at_six = in_sequence(candidate, baseline, {rule("R", "< 3")});
    EXPECT_TRUE(is(at_six.rules[0], RuleState::pass, RuleReason::interval));
    EXPECT_EQ(at_six.rules[0].place()->seeds, 6U);
    EXPECT_EQ(at_six.sequence.value().seeds, 6U);
    EXPECT_DOUBLE_EQ(at_six.rules[0].confidence, 1 - 0.05 / 4) << "a quarter of the error each";
    const Verdict seven = in_sequence(first(candidate, 7), baseline, {rule("R", "< 1.01")});
    EXPECT_TRUE(is(seven.rules[0], RuleState::incomplete, RuleReason::missing_runs)) << "the next look is at 12";
    EXPECT_EQ(seven.sequence.value().seeds, 7U);
    EXPECT_EQ(exit_of(seven), Exit::incomplete);
    const Verdict close = in_sequence(candidate, baseline, {rule("R", "< 1.01")});
    EXPECT_EQ(close.rules[0].state, RuleState::undecided);
    EXPECT_EQ(close.sequence.value().seeds, 24U);
}

// The same runs, one by one, after an interruption, or more of them than were needed: the same verdict.
TEST(Sequence, TheFirstDecisionStands) {
    const Audit baseline = noisy(24, 100), candidate = noisy(24, 300);
    const std::vector<GateRule> rules = {rule("R", "< 3"), rule("flips.seed", "< 100%"), rule("collapsed", "= 0")};
    const Verdict all = in_sequence(candidate, baseline, rules);
    ASSERT_TRUE(all.sequence.value().decided);
    const std::size_t n = all.sequence->seeds;
    const Verdict some = in_sequence(first(candidate, n), baseline, rules);
    EXPECT_EQ(all, some);
    for (std::size_t early = 0; early < n; ++early) {
        const Verdict before = in_sequence(first(candidate, early), baseline, rules);
        EXPECT_FALSE(before.sequence.value().decided) << early;
        EXPECT_NE(exit_of(before), Exit::yes) << early;
    }
    Audit later = candidate;
    collapse(later.runs[n]);
    EXPECT_EQ(in_sequence(later, baseline, rules), all) << "a seed after the last decision";
}

TEST(Sequence, EqualBitsDecideAtALook) {
    const Audit baseline = noisy(24, 100);
    const std::vector<GateRule> rules = {rule("R", "< 1.25"), rule("churn.baseline", "identical"),
                                         rule("collapsed", "= 0")};
    const Verdict same = in_sequence(baseline, baseline, rules);
    EXPECT_TRUE(is(same.rules[0], RuleState::pass, RuleReason::identical));
    EXPECT_EQ(same.state, RuleState::pass);
    EXPECT_EQ(same.sequence.value().seeds, 6U);
}

TEST(Sequence, OneEventBreaksARuleAtAnyTime) {
    const Audit baseline = noisy(24, 100);
    Audit candidate = baseline;
    collapse(candidate.runs[2]);
    const Verdict verdict_of_four = in_sequence(first(candidate, 4), baseline, {rule("collapsed", "= 0")});
    EXPECT_TRUE(is(verdict_of_four.rules[0], RuleState::fail, RuleReason::count));
    EXPECT_EQ(verdict_of_four.sequence.value().seeds, 4U);
}

TEST(Sequence, NothingStopsWhereNothingIsJudged) {
    const Audit candidate = noisy(12, 300);
    GateInput input{{rule("R", "< 3"), rule("collapsed", "= 0")}, side(candidate), std::nullopt, std::nullopt};
    const Verdict verdict_of_first = decide_in_sequence(input);
    EXPECT_FALSE(verdict_of_first.sequence.value().decided) << "all runs are wanted, to become a baseline";
    EXPECT_EQ(exit_of(verdict_of_first), Exit::yes);
    input.rules = {rule("flips.seed", "report")};
    EXPECT_FALSE(decide_in_sequence(input).sequence.value().decided);
    EXPECT_EQ(decide_in_sequence(input).sequence->seeds, 12U);
}

// Without all seeds in the baseline no score is paired, and the e-process does not apply.
TEST(Sequence, OtherSeedsAreLookedAtAsPlanned) {
    const Audit baseline = with_errors(wrong(12, 1));
    Audit candidate = with_errors(wrong(24, 1));
    candidate.runs[0] = completed(candidate.plan.runs[0].request, flipping({4}));
    const Verdict result = in_sequence(candidate, baseline, {rule("accuracy.baseline", "< 30%")});
    EXPECT_EQ(result.sequence.value().seeds, 6U) << "never between looks";
}

TEST(Sequence, RunsComeSeedBySeed) {
    const Factor rate = factor(FactorKind::hyperparameter, "lr", {0.001, 0.1});
    Audit audit = crossed({rate, seeds("all", 4)}, [](const auto&, int) { return flipping({}); });
    audit.plan.order = {7, 6, 5, 4, 3, 2, 1, 0};
    EXPECT_EQ(order_by_seed(audit.plan), (std::vector<int>{4, 0, 5, 1, 6, 2, 7, 3}));
}

}  // namespace
}  // namespace assay::testing
