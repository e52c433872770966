// Rules about pairs of the candidate's own runs.
#include "lib/gate/gate_builder.hpp"

namespace assay::testing {
namespace {

const Factor k_isa = factor(FactorKind::hardware, "isa", {"avx2", "baseline"});
const Factor k_rates = factor(FactorKind::hyperparameter, "lr", {0.001, 0.1});

// Hardware flips flips[seed] of 20 labels at lr 0.1, and at lr 0.001 changes `quiet`: no bit, or bits alone.
Audit stirred(const std::vector<std::size_t>& flips, bool quiet_bits = false) {
    return crossed({k_isa, k_rates, seeds("all", static_cast<int>(flips.size()))},
                   [&](const std::vector<int>& levels, int) {
                       const auto seed = static_cast<std::size_t>(levels[2]);
                       const float top = 0.8F + 0.01F * static_cast<float>(levels[2]);
                       if (levels[0] == 0) return flipping(inputs(0, seed % 2), top);
                       if (levels[1] == 0) return flipping(inputs(0, seed % 2), quiet_bits ? top + 0.001F : top);
                       std::set<std::size_t> wrong = inputs(5, 5 + flips[seed]);
                       if (seed % 2 == 1) wrong.insert(0);
                       return flipping(wrong, top);
                   });
}

const std::vector<std::size_t> k_flips = {2, 3, 2, 1, 2, 3, 2, 1};

TEST(PairRules, JudgedWithinEachSettingNotAveraged) {
    const RuleResult result = judged(stirred(k_flips), "flips.hardware", "< 6%");
    EXPECT_TRUE(is(result, RuleState::fail, RuleReason::interval)) << "5% over all, 10% at lr 0.1";
    EXPECT_EQ(result.place()->where, "lr 0.1");
    EXPECT_NEAR(*result.place()->measured, 0.1, 1e-12);
    EXPECT_EQ(result.places[0].state, RuleState::pass);
    EXPECT_EQ(result.places[0].reason, RuleReason::identical);
    EXPECT_EQ(result.inputs, (std::vector<std::size_t>{5, 6, 7}));
    EXPECT_EQ(result.inputs_changed, 3U);
    EXPECT_EQ(result.sentence, "10.0% of predicted labels change with hardware at lr 0.1");
    GateRule there = rule("flips.hardware", "< 6%");
    there.where = {{"hyperparameter.lr", "0.001"}};
    EXPECT_EQ(verdict(stirred(k_flips), {there}).rules[0].state, RuleState::pass);
}

TEST(PairRules, SingleEventsBreakARule) {
    EXPECT_TRUE(is(judged(stirred(k_flips), "flips.hardware", "= 0"), RuleState::fail, RuleReason::count));
    EXPECT_TRUE(is(judged(stirred(k_flips), "flips.hardware", "identical"), RuleState::fail, RuleReason::count));
    const Audit none = stirred(std::vector<std::size_t>(8, 0));
    EXPECT_TRUE(is(judged(none, "flips.hardware", "identical"), RuleState::pass, RuleReason::identical));
    EXPECT_TRUE(is(judged(none, "flips.hardware.isa", "< 0.001%"), RuleState::pass, RuleReason::identical));
    EXPECT_TRUE(
        is(judged(stirred({0, 0}), "flips.hardware", "identical"), RuleState::undecided, RuleReason::insufficient));
    const Audit bits = stirred(std::vector<std::size_t>(8, 0), true);
    EXPECT_TRUE(is(judged(bits, "flips.hardware", "identical"), RuleState::fail, RuleReason::count));
    EXPECT_TRUE(is(judged(bits, "flips.hardware", "= 0"), RuleState::pass, RuleReason::count));
    EXPECT_TRUE(is(judged(bits, "maxdiff.hardware", "< 0.01"), RuleState::pass, RuleReason::count));
    EXPECT_TRUE(is(judged(bits, "maxdiff.hardware", "< 0.0005"), RuleState::fail, RuleReason::count));
    EXPECT_NEAR(*judged(bits, "maxdiff.hardware", "report").place()->measured, 0.001, 1e-6);
    Audit lost = none;
    lose(lost.runs[3]);
    EXPECT_TRUE(is(judged(lost, "flips.hardware", "identical"), RuleState::incomplete, RuleReason::missing_runs));
    Audit broken = none;
    collapse(broken.runs[3]);
    EXPECT_TRUE(is(judged(broken, "flips.hardware", "identical"), RuleState::fail, RuleReason::no_usable_runs));
}

// No label in any seed, though bits differ: a seed that was not met may flip as many labels as another seed would.
TEST(PairRules, NoneObservedIsBoundedByTheSeeds) {
    const RuleResult result = judged(stirred(std::vector<std::size_t>(8, 0), true), "flips.hardware", "< 2%");
    EXPECT_TRUE(is(result, RuleState::pass, RuleReason::none_observed));
    EXPECT_NEAR(*result.place()->interval->high, 0.05 * (1 - std::pow(0.05, 1.0 / 8)), 1e-12)
        << "seeds differ in 1 of 20";
    const RuleResult tight = judged(stirred(std::vector<std::size_t>(8, 0), true), "flips.hardware", "< 0.1%");
    EXPECT_TRUE(is(tight, RuleState::undecided, RuleReason::none_observed));
    EXPECT_GT(tight.needed.value().seeds, 100U);
    EXPECT_EQ(tight.needed->more_runs, 4 * (tight.needed->seeds - 8)) << "2 kernels at 2 rates";
}

TEST(PairRules, DistancesAndTheirPercentiles) {
    const Audit audit = stirred(k_flips);
    const RuleResult mean = judged(audit, "distance.hardware", "< 0.9"),
                     p99 = judged(audit, "distance.hardware", "p99 < 0.9");
    EXPECT_TRUE(is(mean, RuleState::pass, RuleReason::interval));
    EXPECT_GT(*p99.place()->measured, 5 * *mean.place()->measured) << "two inputs of 20 carry all of it";
    EXPECT_TRUE(is(judged(audit, "distance.hardware", "max < 0.1"), RuleState::fail, RuleReason::count));
}

TEST(PairRules, OfSeeds) {
    const Audit audit = noisy(8, 100);
    const RuleResult result = judged(audit, "flips.seed", "< 90%");
    EXPECT_TRUE(is(result, RuleState::pass, RuleReason::interval));
    EXPECT_EQ(result.place()->pairs, 28U);
    EXPECT_EQ(result.place()->seeds, 8U);
    EXPECT_TRUE(is(judged(noisy(3, 100), "flips.seed", "< 90%"), RuleState::undecided, RuleReason::insufficient));
}

TEST(PairRules, EvidenceFigures) {
    const Audit audit = crossed({k_isa, seeds("all", 8)}, [](const std::vector<int>& levels, int) {
        return drawn(static_cast<std::uint64_t>(100 * levels[0] + levels[1]));
    });
    const RuleResult as_good_as_a_seed = judged(audit, "A.hardware", "< 0.3");
    EXPECT_TRUE(is(as_good_as_a_seed, RuleState::fail, RuleReason::interval));
    EXPECT_TRUE(is(judged(audit, "A.hardware.isa", "< 5"), RuleState::pass, RuleReason::interval));
    EXPECT_TRUE(is(judged(audit, "share.seed.all", "< 5"), RuleState::refused, RuleReason::no_pairs));
    const Audit same = crossed({k_isa, seeds("all", 8)}, [](const std::vector<int>& levels, int) {
        return drawn(static_cast<std::uint64_t>(levels[1]));
    });
    EXPECT_TRUE(is(judged(same, "A.hardware", "< 0.1"), RuleState::pass, RuleReason::identical));
}

// ---- scores of the candidate alone

TEST(Scores, MeanAndSpread) {
    const Audit audit = with_errors({1, 2, 3, 1, 2, 3, 1, 2});
    EXPECT_TRUE(is(judged(audit, "accuracy", ">= 0.8"), RuleState::pass, RuleReason::interval));
    EXPECT_TRUE(is(judged(audit, "accuracy", ">= 0.97"), RuleState::fail, RuleReason::interval));
    EXPECT_TRUE(is(judged(audit, "accuracy", ">= 0.9"), RuleState::undecided, RuleReason::interval));
    EXPECT_TRUE(is(judged(audit, "nll", "< 1"), RuleState::pass, RuleReason::interval));
    const RuleResult spread = judged(audit, "accuracy.spread", "< 20%");
    EXPECT_TRUE(is(spread, RuleState::pass, RuleReason::interval));
    EXPECT_NEAR(*spread.place()->measured, std::sqrt(0.696428571428571 / 1.0) / 20, 2e-3);
    EXPECT_TRUE(
        is(judged(with_errors({1, 2, 3}), "accuracy", ">= 0.8"), RuleState::undecided, RuleReason::insufficient));
    EXPECT_TRUE(
        is(judged(with_errors({1, 1, 1, 1, 1, 1}), "accuracy", ">= 0.9"), RuleState::pass, RuleReason::interval));
    EXPECT_TRUE(is(judged(with_errors({1, 1, 1, 1, 1, 1}), "accuracy", ">= 0.949"), RuleState::refused,
                   RuleReason::too_coarse));
    EXPECT_TRUE(is(judged(with_errors({2, 2, 2, 2}), "accuracy", ">= 0.949"), RuleState::fail, RuleReason::interval));
}

}  // namespace
}  // namespace assay::testing
