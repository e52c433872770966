// PASS, FAIL and undecided against a baseline, with planted truths.
#include "lib/gate/gate_builder.hpp"

namespace assay::testing {
namespace {

const std::vector<std::size_t> k_some = {1, 2, 3, 1, 2, 3, 1, 2};

TEST(Baseline, PassIsShownAndFailIsShown) {
    const Audit baseline = with_errors(k_some);
    EXPECT_TRUE(is(judged(with_errors({2, 2, 3, 1, 2, 3, 1, 2}), "accuracy.baseline", "< 5%", &baseline),
                   RuleState::pass, RuleReason::interval));
    const RuleResult lost = judged(with_errors({7, 8, 9, 7, 8, 9, 7, 9}), "accuracy.baseline", "< 5%", &baseline);
    EXPECT_TRUE(is(lost, RuleState::fail, RuleReason::interval));
    EXPECT_NEAR(*lost.place()->measured, 49.0 / 160, 1e-12);
    EXPECT_GT(lost.place()->interval->low, 0.05);
    EXPECT_FALSE(lost.needed);
    // Not significantly worse, and yet no pass.
    const RuleResult open = judged(with_errors({1, 6, 3, 1, 5, 3, 1, 2}), "accuracy.baseline", "< 5%", &baseline);
    EXPECT_TRUE(is(open, RuleState::undecided, RuleReason::interval));
    ASSERT_TRUE(open.needed);
    EXPECT_GT(open.needed->seeds, 8U);
    EXPECT_EQ(open.needed->more_runs, 2 * (open.needed->seeds - 8)) << "the baseline has no more seeds, either";
    EXPECT_DOUBLE_EQ(open.needed->cost_s.value(), 2.0 * static_cast<double>(open.needed->more_runs)) << "2 s a run";
}

TEST(Baseline, TheIntervalIsThePairedT) {
    const Audit baseline = with_errors({0, 0, 0, 0}), candidate = with_errors({1, 2, 3, 2});
    const RuleResult result = judged(candidate, "accuracy.baseline", "< 50%", &baseline);
    // mean .1, sd sqrt(2/3)/20, t(.95, 3) = 2.353363
    const double reach = 2.3533634348018 * std::sqrt(2.0 / 3) / 20 / 2;
    EXPECT_NEAR(result.place()->interval->low, 0.1 - reach, 1e-12);
    EXPECT_NEAR(*result.place()->interval->high, 0.1 + reach, 1e-12);
}

TEST(Baseline, ChurnAndDistance) {
    const Audit baseline = with_errors(k_some), far = with_errors({7, 8, 9, 7, 8, 9, 7, 9}, 10);
    EXPECT_TRUE(is(judged(far, "churn.baseline", "< 5%", &baseline), RuleState::fail, RuleReason::interval));
    EXPECT_TRUE(is(judged(far, "churn.baseline", "< 90%", &baseline), RuleState::pass, RuleReason::interval));
    EXPECT_TRUE(is(judged(far, "churn.baseline", "= 0", &baseline), RuleState::fail, RuleReason::count));
    EXPECT_TRUE(is(judged(far, "R", "< 1.25", &baseline), RuleState::fail, RuleReason::interval));
    const RuleResult same = judged(noisy(12, 300), "R", "< 1.5", nullptr);
    EXPECT_EQ(same.reason, RuleReason::no_baseline);
    const Audit twelve = noisy(12, 100);
    EXPECT_TRUE(is(judged(noisy(12, 300), "R", "< 1.25", &twelve), RuleState::pass, RuleReason::interval));
}

TEST(Baseline, LabelsThatNeverDifferAreBoundedByTheSeeds) {
    const Audit baseline = with_errors(k_some);
    Audit candidate = baseline;
    for (std::size_t i = 0; i < 8; ++i)
        candidate.runs[i] = completed(candidate.plan.runs[i].request, flipping(inputs(0, k_some[i]), 0.7F));
    const RuleResult result = judged(candidate, "churn.baseline", "< 5%", &baseline);
    // Two seeds of the baseline differ in at most 2 of 20 labels; at most 31% of seeds differ at all.
    EXPECT_TRUE(is(result, RuleState::pass, RuleReason::none_observed));
    EXPECT_NEAR(*result.place()->interval->high, 0.1 * (1 - std::pow(0.05, 1.0 / 8)), 1e-12);
    const RuleResult tight = judged(candidate, "churn.baseline", "< 1%", &baseline);
    EXPECT_TRUE(is(tight, RuleState::undecided, RuleReason::none_observed));
    EXPECT_EQ(tight.needed.value().seeds, 29U);
}

TEST(Baseline, SeparateSeedsAreComparedAsSeparateRuns) {
    Audit baseline = with_errors(k_some);
    for (PlannedRun& run : baseline.plan.runs) run.request.seeds["all"] += 100;
    const Audit candidate = with_errors({2, 2, 3, 1, 2, 3, 1, 2});
    const RuleResult scores = judged(candidate, "accuracy.baseline", "< 15%", &baseline);
    EXPECT_TRUE(is(scores, RuleState::pass, RuleReason::interval));
    EXPECT_EQ(scores.place()->pairs, 0U);
    EXPECT_TRUE(is(judged(candidate, "churn.baseline", "< 15%", &baseline), RuleState::refused, RuleReason::no_pairs));
    EXPECT_TRUE(judged(candidate, "R", "< 9", &baseline).place()->measured);
}

TEST(Baseline, OneCandidateRunIsNeverAPass) {
    const Audit twenty = noisy(20, 100), nine = noisy(9, 100);
    Audit one = noisy(2, 300);
    one.plan.runs.pop_back();
    one.runs.pop_back();
    const RuleResult consistent = judged(one, "R", "< 5", &twenty);
    EXPECT_TRUE(is(consistent, RuleState::undecided, RuleReason::one_run));
    EXPECT_NE(consistent.place()->notes.front().find("CONSISTENT"), std::string::npos);
    EXPECT_TRUE(is(judged(one, "R", "< 5", &nine), RuleState::undecided, RuleReason::insufficient)) << "19 are needed";
    const OneRunResult facts = verdict(one, {}, &twenty).one_run.at(0);
    EXPECT_EQ(facts.baseline_runs, 20U);
    EXPECT_FALSE(facts.outlier);
    one.runs[0] = completed(one.plan.runs[0].request, drawn(999'999));
    std::vector<float>& p = one.runs[0].predictions->probabilities;
    std::reverse(p.begin(), p.end());
    const RuleResult outlier = judged(one, "R", "< 5", &twenty);
    EXPECT_TRUE(is(outlier, RuleState::fail, RuleReason::one_run));
    EXPECT_NE(outlier.place()->notes.front().find("OUTLIER"), std::string::npos);
    GateRule strict = rule("R", "< 5");
    strict.confidence = 0.99;
    EXPECT_TRUE(is(verdict(one, {strict}, &twenty).rules[0], RuleState::undecided, RuleReason::insufficient))
        << "p cannot be below 1%";
    const Verdict two = verdict(one, {rule("R", "< 5"), rule("collapsed", "< 90%")}, &twenty);
    EXPECT_TRUE(is(two.rules[0], RuleState::undecided, RuleReason::one_run)) << "two tests: twice p is above 5%";
    EXPECT_FALSE(two.one_run.at(0).outlier);
}

TEST(Baseline, HolmHoldsOverAllRules) {
    const Audit baseline = with_errors(k_some), candidate = with_errors({2, 4, 4, 1, 4, 4, 1, 4});
    const auto p_of = [&](std::size_t others) {
        std::vector<GateRule> rules = {rule("accuracy.baseline", "< 1%")};
        for (std::size_t i = 0; i < others; ++i) rules.push_back(rule("accuracy", "> 10%"));
        rules.resize(1 + others, rule("accuracy.baseline", "< 1%"));
        for (std::size_t i = 1; i < rules.size(); ++i) rules[i] = rule("accuracy.baseline", "< 4%");
        return verdict(candidate, rules, &baseline).rules[0];
    };
    const RuleResult alone = p_of(0), among = p_of(9);
    EXPECT_TRUE(is(alone, RuleState::fail, RuleReason::interval));
    EXPECT_EQ(*alone.place()->p, *alone.place()->p_holm);
    EXPECT_NEAR(*among.place()->p_holm, 10 * *among.place()->p, 1e-12);
    EXPECT_TRUE(is(among, RuleState::undecided, RuleReason::interval));
}

TEST(Baseline, WorstConfigurationDecides) {
    const auto with = [](std::size_t worse) {
        const Factor rates = factor(FactorKind::hyperparameter, "lr", {0.001, 0.1});
        Audit audit = crossed({rates, seeds("all", 8)}, [&](const std::vector<int>& levels, int) {
            const std::size_t n = k_some[static_cast<std::size_t>(levels[1])] + (levels[0] == 1 ? worse : 0);
            return flipping(inputs(0, n), 0.8F + 0.01F * static_cast<float>(levels[1] + 10 * levels[0]));
        });
        audit.labels = true_labels();
        return audit;
    };
    Audit baseline = with(0), candidate = with(6);
    EXPECT_TRUE(is(judged(candidate, "accuracy.baseline", "< 20%", &baseline), RuleState::fail, RuleReason::interval))
        << "15 points in the mean, 30 at lr 0.1";
    GateRule only = rule("accuracy.baseline", "< 20%");
    only.where = {{"hyperparameter.lr", "0.001"}};
    EXPECT_EQ(verdict(candidate, {only}, &baseline).rules[0].state, RuleState::pass);
    baseline.plan.factors[0].levels[1] = 0.2;
    EXPECT_TRUE(
        is(judged(candidate, "accuracy.baseline", "< 20%", &baseline), RuleState::refused, RuleReason::no_pairs))
        << "the baseline knows no lr 0.1";
}

// A seed that collapsed is no equal answer, and no answer that is still to come.
TEST(Baseline, ASeedThatCollapsedIsNotMissing) {
    const Audit baseline = with_errors(k_some);
    Audit candidate = baseline;
    collapse(candidate.runs[3]);
    EXPECT_TRUE(is(judged(candidate, "churn.baseline", "= 0", &baseline), RuleState::fail, RuleReason::no_usable_runs));
    EXPECT_TRUE(
        is(judged(candidate, "churn.baseline", "identical", &baseline), RuleState::fail, RuleReason::no_usable_runs));
    const RuleResult rest = judged(candidate, "R", "< 1.25", &baseline);
    EXPECT_TRUE(is(rest, RuleState::pass, RuleReason::identical))
        << "of the runs that converged; `collapsed` judges it";
    EXPECT_NE(rest.place()->notes.front().find("1 collapsed"), std::string::npos);
}

// Half of the seeds collapse: twice as many are needed as have to converge.
TEST(Baseline, WhatIsNeededCountsSeedsThatCollapse) {
    const Audit baseline = with_errors({1, 2, 3, 1, 2, 3, 1, 2, 1, 2}),
                open = with_errors({1, 6, 3, 1, 5, 3, 1, 2, 1, 2});
    Audit half = open;
    for (const std::size_t run : {5U, 6U, 7U, 8U, 9U}) collapse(half.runs[run]);
    const RuleResult result = judged(half, "accuracy.baseline", "< 5%", &baseline);
    EXPECT_EQ(result.state, RuleState::undecided);
    ASSERT_TRUE(result.needed);
    EXPECT_EQ(result.needed->seeds % 2, 0U);
    EXPECT_GE(result.needed->seeds, 12U) << "six that converge are twelve that are run";
    EXPECT_EQ(result.needed->more_runs, 2 * (result.needed->seeds - 10)) << "on both sides";
}

TEST(Baseline, NoBoundLiesBeyondWhatAFigureCanBe) {
    const RuleResult best = judged(with_errors({0, 0, 0, 1}), "accuracy", ">= 0.5");
    EXPECT_EQ(*best.place()->interval->high, 1.0);
    EXPECT_LT(best.place()->interval->low, 1.0);
    const RuleResult worst = judged(with_errors({20, 20, 20, 19}), "accuracy", ">= 0.5");
    EXPECT_EQ(worst.place()->interval->low, 0.0);
}

}  // namespace
}  // namespace assay::testing
