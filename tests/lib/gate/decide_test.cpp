// What the gate must never get wrong: each of these was wrong once.
#include "gate/decide.hpp"

#include "lib/gate/gate_builder.hpp"

namespace assay::testing {
namespace {

const Factor k_rates = factor(FactorKind::hyperparameter, "lr", {0.001, 0.1});
const Factor k_isa = factor(FactorKind::hardware, "isa", {"avx2", "baseline"});

// Two learning rates, n seeds; at the second one `broken` seeds collapse.
Audit two_rates(int n, int broken) {
    Audit audit = crossed({k_rates, seeds("all", n)}, [&](const std::vector<int>& levels, int) {
        if (levels[0] == 1 && levels[1] < broken) return collapsed();
        return flipping({}, 0.8F + 0.01F * static_cast<float>(levels[1]));
    });
    audit.labels = true_labels();
    return audit;
}

TEST(Decide, AConfigurationWithoutUsableRunsIsNeverPassedOver) {
    const Audit all_collapsed = two_rates(8, 8), baseline = two_rates(8, 0);
    for (const char* key : {"accuracy", "accuracy.baseline", "churn.baseline"}) {
        const char* limit = std::string(key) == "accuracy" ? "> 0.5" : "< 50%";
        const RuleResult result = judged(all_collapsed, key, limit, &baseline);
        EXPECT_TRUE(is(result, RuleState::fail, RuleReason::no_usable_runs));
        EXPECT_EQ(result.place()->where, "lr 0.1");
        EXPECT_EQ(result.places.size(), 2U);
        EXPECT_EQ(result.places[0].state, RuleState::pass) << key;
    }
    Audit lost = two_rates(8, 0);
    for (std::size_t i = 8; i < 16; ++i) lose(lost.runs[i]);
    for (const char* key : {"accuracy", "accuracy.baseline"}) {
        const RuleResult result = judged(lost, key, std::string(key) == "accuracy" ? "> 0.5" : "< 50%", &baseline);
        EXPECT_TRUE(is(result, RuleState::incomplete, RuleReason::missing_runs));
    }
    EXPECT_EQ(exit_of(verdict(lost, {rule("accuracy", "> 0.5")})), Exit::incomplete);
}

TEST(Decide, CollapsesAreCountedInEachConfigurationAndBySeed) {
    // 3 of 16 seeds over all, 3 of 8 where it happens.
    const RuleResult result = judged(two_rates(8, 3), "collapsed", "< 70%");
    EXPECT_EQ(result.place()->where, "lr 0.1");
    EXPECT_DOUBLE_EQ(*result.place()->measured, 3.0 / 8);
    EXPECT_TRUE(is(judged(two_rates(8, 8), "collapsed", "< 55%"), RuleState::fail, RuleReason::interval));
    EXPECT_TRUE(is(judged(two_rates(8, 1), "collapsed", "= 0"), RuleState::fail, RuleReason::count));
    EXPECT_TRUE(is(judged(two_rates(8, 0), "collapsed", "= 0"), RuleState::pass, RuleReason::count));
    EXPECT_TRUE(is(judged(two_rates(8, 0), "collapsed", "< 40%"), RuleState::pass, RuleReason::interval));
    const RuleResult open = judged(two_rates(8, 0), "collapsed", "< 10%");
    EXPECT_TRUE(is(open, RuleState::undecided, RuleReason::interval));
    EXPECT_EQ(open.needed.value().seeds, 29U) << "0.95^29: the bound of none of 29 is just below 10%";

    Audit replayed = two_rates(4, 1);
    for (int i = 0; i < 5; ++i) replay(replayed, 4, collapsed());
    const RuleResult one_seed = judged(replayed, "collapsed", "< 90%");
    EXPECT_DOUBLE_EQ(*one_seed.place()->measured, 1.0 / 4) << "six collapsed runs of one seed are one seed";
    EXPECT_EQ(verdict(replayed, {}).collapsed_seeds, 1U);
    EXPECT_TRUE(verdict(replayed, {}).notes.back().starts_with("1 seed collapsed or diverged")) << "never in silence";
}

TEST(Decide, LedgersOfTwoConfigurationsHaveTheirOwnNumbers) {
    Audit baseline = two_rates(6, 0), candidate = baseline;
    for (std::size_t i = 0; i < 6; ++i)
        candidate.runs[i] = completed(candidate.plan.runs[i].request, flipping({0, 1, 2}));
    for (std::size_t i = 6; i < 12; ++i) baseline.runs[i] = completed(baseline.plan.runs[i].request, flipping({4}));
    const Verdict both = verdict(candidate, {}, &baseline);
    ASSERT_EQ(both.ledgers.size(), 2U);
    EXPECT_EQ(both.ledgers[0].where, "lr 0.001");
    EXPECT_EQ(both.ledgers[0].rows[0].broken, 3.0);
    EXPECT_EQ(both.ledgers[0].rows[0].fixed, 0.0);
    EXPECT_EQ(both.ledgers[1].rows[0].broken, 0.0);
    EXPECT_EQ(both.ledgers[1].rows[0].fixed, 1.0);
}

// The same seeds on one machine and on another: what counts is the fingerprint, never the name of the host.
TEST(Decide, ReplaysAreComparedOnOneMachineOnly) {
    Audit audit = with_errors({1, 1, 1, 1});
    replay(audit, 0, flipping({7}));
    GateInput input{{rule("replay", "identical")}, side(audit), std::nullopt, std::nullopt};
    input.candidate.fingerprints.assign(audit.runs.size(), "a");
    EXPECT_TRUE(is(decide(input).rules[0], RuleState::fail, RuleReason::count));
    input.candidate.runs.back().record->host = "elsewhere";
    EXPECT_TRUE(is(decide(input).rules[0], RuleState::fail, RuleReason::count)) << "one fingerprint is one machine";
    EXPECT_EQ(decide(input).machines.size(), 1U);

    input.candidate.fingerprints.back() = "b";
    input.candidate.runs.back().record->host = input.candidate.runs.front().record->host;
    const Verdict across = decide(input);
    EXPECT_TRUE(is(across.rules[0], RuleState::incomplete, RuleReason::across_machines));
    ASSERT_EQ(across.machines.size(), 2U);
    EXPECT_EQ(across.machines[1].fingerprint, "b");
    EXPECT_EQ(across.machines[1].runs, 1U);

    input.candidate.runs.back() =
        completed(input.candidate.plan.runs.back().request, audit.runs[0].predictions.value());
    input.candidate.fingerprints.back() = "a";
    EXPECT_TRUE(is(decide(input).rules[0], RuleState::pass, RuleReason::identical));
    lose(input.candidate.runs.back());
    EXPECT_TRUE(is(decide(input).rules[0], RuleState::incomplete, RuleReason::missing_runs));
    EXPECT_TRUE(is(judged(with_errors({1, 1}), "replay", "identical"), RuleState::refused, RuleReason::no_pairs));
}

TEST(Decide, IdenticalNeedsEverySeedAndEnoughOfThem) {
    const Audit two = with_errors({1, 2}), eight = with_errors({1, 2, 3, 1, 2, 3, 1, 2});
    for (const char* key : {"churn.baseline", "R", "accuracy.baseline"}) {
        const char* limit = std::string(key) == "R" ? "< 1.25" : "< 1";
        EXPECT_TRUE(is(judged(two, key, limit, &two), RuleState::undecided, RuleReason::insufficient)) << key;
        EXPECT_TRUE(is(judged(eight, key, limit, &eight), RuleState::pass, RuleReason::identical)) << key;
        Audit partial = eight;
        for (const std::size_t run : {5U, 6U, 7U}) lose(partial.runs[run]);
        EXPECT_TRUE(is(judged(partial, key, limit, &eight), RuleState::incomplete, RuleReason::missing_runs)) << key;
        EXPECT_TRUE(is(judged(eight, key, limit, &partial), RuleState::incomplete, RuleReason::baseline_missing))
            << key;
    }
    EXPECT_TRUE(is(judged(two, "churn.baseline", "identical", &two), RuleState::undecided, RuleReason::insufficient));
    Audit other = eight;
    other.runs[3] = completed(other.plan.runs[3].request, flipping({0}, 0.83001F));
    EXPECT_TRUE(is(judged(other, "churn.baseline", "identical", &eight), RuleState::fail, RuleReason::count));
    EXPECT_TRUE(is(judged(eight, "R", "< 0.9", &eight), RuleState::fail, RuleReason::identical)) << "R is 1";
    EXPECT_TRUE(is(judged(eight, "accuracy.baseline", "< -1%", &eight), RuleState::fail, RuleReason::identical))
        << "an improvement was asked for";
}

// Where no number of runs would help, the request is wrong (2), and 3 would be a lie.
TEST(Decide, RefusesWhatMoreRunsCannotDecide) {
    const Audit eight = with_errors({1, 2, 3, 1, 2, 3, 1, 2}), worse = with_errors({2, 2, 3, 3, 2, 4, 1, 2});
    Audit unlabelled = worse;
    unlabelled.labels.reset();
    for (const char* key : {"accuracy", "nll.spread", "ece"}) {
        const char* limit = std::string(key) == "accuracy" ? "> 0.1" : "< 0.9";
        EXPECT_TRUE(is(judged(unlabelled, key, limit), RuleState::refused, RuleReason::no_labels)) << key;
    }
    EXPECT_TRUE(is(judged(unlabelled, "nll.baseline", "< 1", &eight), RuleState::refused, RuleReason::no_labels));

    const auto by_both = [](const std::vector<int>& levels, int) {
        return flipping(inputs(0, static_cast<std::size_t>(levels[0] + levels[1])), 0.9F);
    };
    const Audit crossing = crossed({seeds("init", 4), seeds("shuffle", 4)}, by_both);
    Audit other = crossing;
    other.runs[0] = completed(other.plan.runs[0].request, flipping({9}));
    EXPECT_TRUE(is(judged(other, "R", "< 2", &crossing), RuleState::refused, RuleReason::crossed_seeds));

    const Audit still = repeated({seeds("all", 8)}, [](const auto&, int) { return flipping({1}); });
    EXPECT_TRUE(is(judged(eight, "R", "< 2", &still), RuleState::refused, RuleReason::no_spread));
    Audit one_worse = with_errors({1, 1, 1, 1, 1, 1, 1, 1}, 3);
    Audit one_better = with_errors({1, 1, 1, 1, 1, 1, 1, 1}, 5);
    EXPECT_TRUE(
        is(judged(one_worse, "accuracy.baseline", "< 0.1%", &one_better), RuleState::refused, RuleReason::too_coarse))
        << "20 inputs, the same accuracy in every seed: 0.1% is a fiftieth of an input";
    EXPECT_TRUE(is(judged(one_worse, "accuracy.baseline", "< 5%", &one_better), RuleState::pass, RuleReason::interval));

    Audit more_inputs = noisy(8, 100);
    EXPECT_TRUE(is(judged(more_inputs, "R", "< 2", &eight), RuleState::refused, RuleReason::different_inputs));
    EXPECT_TRUE(is(judged(eight, "flips.hardware", "< 1%"), RuleState::refused, RuleReason::no_pairs));
    EXPECT_TRUE(is(judged(eight, "A.hardware", "< 1"), RuleState::refused, RuleReason::no_pairs));
}

TEST(Decide, RulesThatOnlyReportNeverPass) {
    const Audit eight = with_errors({1, 2, 3, 1, 2, 3, 1, 2}), worse = with_errors({9, 9, 9, 9, 9, 9, 9, 8});
    std::vector<GateRule> rules;
    for (const char* key : {"accuracy", "nll", "R", "churn.baseline", "accuracy.baseline", "flips.seed", "collapsed"})
        rules.push_back(rule(key, "report"));
    const Verdict verdict_of_reports = verdict(worse, rules, &eight);
    EXPECT_EQ(verdict_of_reports.state, RuleState::reported);
    EXPECT_EQ(exit_of(verdict_of_reports), Exit::yes);
    for (const RuleResult& result : verdict_of_reports.rules) {
        EXPECT_EQ(result.state, RuleState::reported) << rule_key(result.rule);
        EXPECT_TRUE(result.place()->measured) << rule_key(result.rule);
    }
}

TEST(Decide, WithoutABaseline) {
    const Audit eight = with_errors({1, 2, 3, 1, 2, 3, 1, 2});
    EXPECT_TRUE(is(judged(eight, "R", "< 2"), RuleState::reported, RuleReason::no_baseline)) << "a first run";
    GateInput input{{rule("R", "< 2")}, side(eight), std::nullopt, BaselineFacts{}};
    EXPECT_TRUE(is(decide(input).rules[0], RuleState::incomplete, RuleReason::baseline_missing))
        << "accepted, not here";
    Audit gone = eight;
    for (RunData& run : gone.runs) lose(run);
    EXPECT_TRUE(is(judged(eight, "R", "< 2", &gone), RuleState::incomplete, RuleReason::baseline_missing));
}

TEST(Decide, SameVerdictInAnyOrderOfRuns) {
    const Audit baseline = noisy(8, 100), candidate = noisy(8, 200);
    const std::vector<GateRule> rules = {rule("R", "< 1.25"), rule("churn.baseline", "< 50%"),
                                         rule("flips.seed", "< 50%")};
    Audit turned = candidate;
    std::reverse(turned.plan.runs.begin(), turned.plan.runs.end());
    std::reverse(turned.runs.begin(), turned.runs.end());
    const Verdict a = verdict(candidate, rules, &baseline), b = verdict(turned, rules, &baseline);
    for (std::size_t i = 0; i < rules.size(); ++i) {
        EXPECT_EQ(a.rules[i].state, b.rules[i].state);
        EXPECT_NEAR(*a.rules[i].place()->measured, *b.rules[i].place()->measured, 1e-12);
        EXPECT_NEAR(a.rules[i].place()->interval->low, b.rules[i].place()->interval->low, 1e-9);
    }
}

}  // namespace
}  // namespace assay::testing
