#include "stats/amplification.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/stats/crossed_seeds.hpp"
#include "lib/stats/reference_data.hpp"

namespace assay {
namespace {

using Flags = std::vector<std::string>;
using Verdict = AmplificationVerdict;

// Runs of one setting: each seed on two machines, one point each.
struct Audit {
    std::vector<std::vector<double>> points;
    HardwareRuns labels;
    Symmetric d2, flips;
    std::vector<std::size_t> runs;
};

// values[machine][seed]; runs with equal values have equal bits. Seeds go first: run = machine x seeds + seed.
Audit audit_of(const std::vector<std::vector<std::vector<double>>>& values) {
    Audit audit;
    for (std::size_t h = 0; h < values.size(); ++h) {
        for (std::size_t s = 0; s < values[h].size(); ++s) {
            const auto same = std::find(audit.points.begin(), audit.points.end(), values[h][s]);
            audit.labels.identity.push_back(static_cast<std::size_t>(same - audit.points.begin()));
            audit.points.push_back(values[h][s]);
            audit.labels.seed.push_back(s);
            audit.labels.hardware.push_back(h);
        }
    }
    audit.d2 = squared_distances(audit.points);
    audit.flips = Symmetric(audit.points.size());
    audit.runs.resize(audit.points.size());
    std::iota(audit.runs.begin(), audit.runs.end(), std::size_t{0});
    return audit;
}

// Machine 0 at the given places, machine 1 moved on by `moves`.
Audit moved_audit(const std::vector<double>& places, const std::vector<double>& moves) {
    std::vector<std::vector<std::vector<double>>> values(2);
    for (std::size_t s = 0; s < places.size(); ++s) {
        values[0].push_back({places[s]});
        values[1].push_back({places[s] + moves[s]});
    }
    return audit_of(values);
}

std::optional<Amplification> judge(const Audit& audit, Changed changed = Changed::hardware) {
    return amplification(audit.d2, audit.flips, audit.labels, changed, audit.runs);
}

// Real trainings whose gradients are summed in one chunk or in two: half of the seeds do not notice. Expected values
// from numpy and scipy (fixtures/README.md).
TEST(Amplification, OfRealRunsHasTheKnownValues) {
    const Json expected = reference_json("expected.json").at("g2");
    const Symmetric d2 = reference_matrix("g2_D2.csv");
    Audit audit;
    audit.d2 = d2;
    audit.flips = Symmetric(16);
    for (std::size_t run = 0; run < 16; ++run) {
        audit.labels.seed.push_back(run % 8);
        audit.labels.hardware.push_back(run / 8);
        audit.labels.identity.push_back(run);
        audit.runs.push_back(run);
    }
    const Amplification a = judge(audit).value();
    const auto near = [](double value, const Json& truth, double tolerance = 1e-10) {
        EXPECT_NEAR(value, truth.as_number(), tolerance * std::abs(truth.as_number()));
    };
    near(*a.effect.value, expected.at("T_hw"));
    near(*a.seed_effect.value, expected.at("T_seed"));
    near(*a.ratio.value, expected.at("A").at("est"));
    ASSERT_TRUE(a.ratio.interval && a.ratio.interval->high);
    near(*a.ratio.interval->standard_error, expected.at("A").at("se_log"));
    near(a.ratio.interval->low, expected.at("A").at("lo"), 1e-9);  // scipy's t has 10 digits: 9.3e-10 here
    near(*a.ratio.interval->high, expected.at("A").at("hi"), 1e-9);
    ASSERT_EQ(a.seeds.size(), 8U);
    for (std::size_t s = 0; s < 8; ++s) {
        near(a.seeds[s].effect, expected.at("per_seed_T_hw").as_array()[s]);
        EXPECT_EQ(a.seeds[s].amplified, s == 1 || s == 2 || s == 4 || s == 6);
    }
    double amplified = 0;
    for (const std::size_t s : {1U, 2U, 4U, 6U})
        amplified += expected.at("per_seed_T_hw").as_array()[s].as_number() / 4;
    EXPECT_NEAR(*a.amplified_ratio, amplified / expected.at("T_seed").as_number(), 1e-10);
    EXPECT_EQ(a.amplified, static_cast<std::size_t>(expected.at("n_amplified").as_integer()));
    near(a.amplified_share->low, expected.at("cp_lo"));
    near(a.amplified_share->high, expected.at("cp_hi"));
    EXPECT_EQ(a.pairs, 8U);
    EXPECT_EQ(a.bitwise_equal, 0U);
    EXPECT_EQ(a.verdict, Verdict::sometimes_amplified);
    EXPECT_EQ(a.amplified_bound, std::nullopt);
}

// Another seed differs in every stream, and each stream's seeds are units. Expected values:
// crossed_seeds_reference.py.
Audit crossed_audit() {
    std::vector<std::vector<std::vector<double>>> values(2);
    HardwareRuns labels;
    labels.streams.resize(2);
    for (std::size_t machine = 0; machine < 2; ++machine) {
        for (const auto& [init, shuffle] : crossed_seeds()) {
            values[machine].push_back(crossed_point(machine, init, shuffle));
            labels.streams[0].push_back(init);
            labels.streams[1].push_back(shuffle);
        }
    }
    Audit audit = audit_of(values);
    audit.labels.streams = audit.labels.units = labels.streams;
    return audit;
}

TEST(Amplification, OfCrossedSeedsIsMeasuredByThoseThatShareNothing) {
    const Amplification a = judge(crossed_audit()).value();
    EXPECT_EQ(a.pairs, 18U);
    EXPECT_EQ(a.seeds.size(), 18U) << "a seed is a combination of streams";
    EXPECT_EQ(a.ratio.units, 4U);
    EXPECT_NEAR(*a.effect.value, 3.702798152206985, 1e-12);
    EXPECT_NEAR(*a.seed_effect.value, 2.920861955882199, 1e-12);
    EXPECT_NEAR(*a.ratio.value, 1.2677073439742943, 1e-12);
    ASSERT_TRUE(a.ratio.interval && a.ratio.interval->high);
    EXPECT_NEAR(a.ratio.interval->low, 0.7198973008090623, 1e-11);
    EXPECT_NEAR(*a.ratio.interval->high, 2.232376629500108, 1e-11);
}

TEST(Amplification, OfSeedsThatAllShareAStreamHasNothingToMeasureBy) {
    Audit audit = crossed_audit();
    audit.labels.streams.emplace_back(36, 0);
    const Amplification a = judge(audit).value();
    EXPECT_EQ(a.pairs, 18U);
    EXPECT_EQ(a.seed_effect.value, std::nullopt);
    EXPECT_EQ(a.flags, Flags{"NO_SEED_PAIRS"});
    EXPECT_EQ(a.verdict, Verdict::indeterminate);
}

const std::vector<double> k_places = {1, 5, 3, 8, 2, 6};

TEST(AmplificationVerdict, EqualBitsAreInvariant) {
    const Amplification a = judge(moved_audit(k_places, {0, 0, 0, 0, 0, 0})).value();
    EXPECT_EQ(a.verdict, Verdict::bitwise_invariant);
    EXPECT_EQ(a.bitwise_equal, 6U);
    EXPECT_EQ(a.max_d2, 0);
    EXPECT_EQ(a.ratio.value, 0.0);
    EXPECT_EQ(a.ratio.flags, Flags{"NONE_OBSERVED"});
    EXPECT_NEAR(*a.amplified_bound, 1 - std::pow(0.05, 1.0 / 6), 1e-12);
    EXPECT_EQ(a.nondeterminism_bound, std::nullopt) << "hardware was changed: nothing was repeated";
}

TEST(AmplificationVerdict, RoundingThatStaysRoundingIsNumericalOnly) {
    Audit audit = moved_audit(k_places, {1e-7, 0, 2e-7, -1e-7, 1e-7, 1e-7});
    const Amplification a = judge(audit).value();
    EXPECT_EQ(a.verdict, Verdict::numerical_only);
    EXPECT_EQ(a.bitwise_equal, 1U);
    EXPECT_EQ(a.seeds[1].bitwise_equal, 1U);
    EXPECT_NEAR(a.max_d2, 4e-14, 1e-20);
    EXPECT_EQ(a.amplified, 0U);
    EXPECT_NEAR(*a.amplified_bound, 1 - std::pow(0.05, 1.0 / 6), 1e-12);

    audit.flips.set(2, 8, 1);  // seed 2: a near tie fell to the other side
    const Amplification flipped = judge(audit).value();
    EXPECT_EQ(flipped.verdict, Verdict::indeterminate);
    EXPECT_EQ(flipped.flags, Flags{"LABELS_CHANGED"});
    EXPECT_EQ(flipped.label_changes, 1U);
}

// T_S is 7.8161 here: amplified is a seed that moves by more than sqrt(2e-6 T_S) = 0.003954.
TEST(AmplificationVerdict, SomeSeedsAreSometimes) {
    const Amplification a = judge(moved_audit(k_places, {0, 0.0038, 0.004, 1, 0, 1e-9})).value();
    EXPECT_EQ(a.verdict, Verdict::sometimes_amplified);
    EXPECT_EQ(a.amplified, 2U);
    EXPECT_TRUE(a.seeds[2].amplified && a.seeds[3].amplified);
    EXPECT_NEAR(*a.seed_effect.value, 7.81610869699974, 1e-12);  // statistics.variance of Python, both machines' mean
}

// Rounding, met by none or by some of the seeds: how large the change is elsewhere, these seeds do not know.
TEST(AmplificationInterval, IsGivenForThreeAmplifiedSeedsOrAll) {
    const std::pair<std::vector<double>, bool> rows[] = {
        {{1e-7, 2e-7, 1e-7, -1e-7, 1e-7, 2e-7}, false}, {{1e-7, 2e-7, 1e-7, -1e-7, 1e-7, 1.1}, false},
        {{1e-7, 2e-7, 1e-7, -1e-7, 0.9, 1.1}, false},   {{1e-7, 2e-7, 1e-7, 1.0, 0.9, 1.1}, true},
        {{0.9, 1.0, 1.1, 1.0, 0.9, 1.1}, true},
    };
    for (const auto& [moves, given] : rows) {
        const Amplification a = judge(moved_audit(k_places, moves)).value();
        EXPECT_EQ(a.ratio.interval && a.ratio.interval->high, given) << a.amplified;
        EXPECT_EQ(a.effect.interval && a.effect.interval->high, given) << a.amplified;
        EXPECT_EQ(a.ratio.has("FEW_AMPLIFIED") || a.ratio.has("UNBOUNDED"), !given) << a.amplified;
        EXPECT_TRUE(a.ratio.value.has_value() && a.seed_effect.interval.has_value()) << a.amplified;
    }
    const Amplification two = judge(moved_audit({1, 5}, {0.5, 0.6})).value();
    EXPECT_FALSE(two.ratio.has("FEW_AMPLIFIED")) << "all of two seeds: another flag says why there is no interval";
}

TEST(AmplificationVerdict, EverySeedByLessThanAnotherSeedIsAmplified) {
    const Amplification a = judge(moved_audit(k_places, {0.5, -0.4, 0.5, 0.6, -0.5, 0.4})).value();
    EXPECT_EQ(a.verdict, Verdict::amplified);
    EXPECT_EQ(a.amplified, 6U);
    EXPECT_LT(*a.ratio.interval->high, 0.8);
    EXPECT_EQ(a.amplified_share->high, 1);
}

// Every run is as far from every other, give or take: changing the machine is as good as changing the seed.
TEST(AmplificationVerdict, EverySeedByAsMuchAsAnotherSeedIsSeedEquivalent) {
    std::vector<std::vector<std::vector<double>>> values(2);
    for (std::size_t run = 0; run < 16; ++run) {
        values[run % 2].emplace_back(16, 0.0);
        values[run % 2].back()[run] = 1 + 0.01 * static_cast<double>(run % 5);
    }
    const Amplification a = judge(audit_of(values)).value();
    EXPECT_EQ(a.verdict, Verdict::seed_equivalent);
    EXPECT_GE(a.ratio.interval->low, 0.8);
}

// Without any spread A is what every seed shows, and its interval is a point: the lines are where they are said to be.
TEST(AmplificationVerdict, TheLinesAreOneMillionthAndFourFifths) {
    const std::pair<double, Verdict> rows[] = {{0.99e-6, Verdict::numerical_only},
                                               {1.01e-6, Verdict::amplified},
                                               {0.799, Verdict::amplified},
                                               {0.801, Verdict::seed_equivalent}};
    for (const auto& [ratio, verdict] : rows) {
        Audit audit = moved_audit(k_places, {1, 1, 1, 1, 1, 1});
        for (std::size_t r = 0; r < 12; ++r) {
            for (std::size_t s = 0; s < r; ++s) audit.d2.set(r, s, r == s + 6 ? ratio : 1);
        }
        const Amplification a = judge(audit).value();
        EXPECT_NEAR(*a.ratio.value, ratio, 1e-15);
        EXPECT_EQ(a.verdict, verdict) << ratio;
    }
}

TEST(AmplificationVerdict, AnIntervalAcrossTheLineIsIndeterminate) {
    const Amplification a = judge(audit_of({{{1}, {5}, {3}, {8}, {2}, {6}}, {{2}, {3}, {4}, {5}, {3}, {7}}})).value();
    EXPECT_EQ(a.verdict, Verdict::indeterminate);
    EXPECT_EQ(a.flags, Flags{}) << "the interval of A is the reason";
    EXPECT_LT(a.ratio.interval->low, 0.8);
    EXPECT_GT(*a.ratio.interval->high, 0.8);
}

TEST(AmplificationVerdict, TooFewSeedsAreIndeterminateWhenAllAreAmplified) {
    const Amplification a = judge(moved_audit({1, 5, 3}, {0.5, -0.4, 0.5})).value();
    EXPECT_EQ(a.verdict, Verdict::indeterminate);
    EXPECT_EQ(a.ratio.flags, Flags{"CI_TOO_FEW_UNITS"});
    EXPECT_EQ(judge(moved_audit({1, 5, 3}, {0.5, 0, 0.5}))->verdict, Verdict::sometimes_amplified)
        << "needs no interval";
}

TEST(AmplificationVerdict, WithoutAnotherSeedNothingCanBeCalledAmplified) {
    const Amplification a = judge(moved_audit({1}, {0.5})).value();
    EXPECT_EQ(a.verdict, Verdict::indeterminate);
    EXPECT_EQ(a.flags, Flags{"NO_SEED_PAIRS"});
    EXPECT_FALSE(a.amplified_share);
    EXPECT_FALSE(a.amplified_bound);
    EXPECT_EQ(judge(moved_audit({1}, {0}))->verdict, Verdict::bitwise_invariant) << "bits need no other seed";
}

TEST(AmplificationVerdict, SeedsThatChangeNothingGiveNoMeasure) {
    const Amplification a = judge(moved_audit({1, 1, 1, 1}, {0.5, 0.5, 0.5, 0.5})).value();
    EXPECT_EQ(a.verdict, Verdict::indeterminate);
    EXPECT_EQ(a.flags, Flags{"NO_SEED_VARIATION"});
    EXPECT_EQ(a.ratio.value, std::nullopt);
    EXPECT_EQ(a.amplified, 4U);
}

TEST(AmplificationVerdict, HasTheWordsOfTheReport) {
    const std::pair<Verdict, const char*> rows[] = {
        {Verdict::bitwise_invariant, "BITWISE_INVARIANT"},     {Verdict::numerical_only, "NUMERICAL_ONLY"},
        {Verdict::sometimes_amplified, "SOMETIMES_AMPLIFIED"}, {Verdict::amplified, "AMPLIFIED"},
        {Verdict::seed_equivalent, "SEED_EQUIVALENT"},         {Verdict::indeterminate, "INDETERMINATE"},
    };
    for (const auto& [verdict, word] : rows) {
        EXPECT_EQ(verdict_word(verdict, false), word);
        EXPECT_EQ(verdict_word(verdict, true), word + std::string("+SHIFT"));
    }
}

TEST(Amplification, WithoutAPairToCompareThereIsNone) {
    EXPECT_FALSE(judge(audit_of({{{1}, {5}, {3}}}))) << "one machine";
    EXPECT_FALSE(judge(moved_audit(k_places, {1, 1, 1, 1, 1, 1}), Changed::nothing)) << "no repeat";
    Audit halves = moved_audit(k_places, {1, 1, 1, 1, 1, 1});
    halves.runs = {0, 1, 2, 9, 10, 11};
    EXPECT_FALSE(judge(halves)) << "no seed ran on both machines";
}

TEST(Amplification, CountsOnlySeedsThatRanOnBothMachines) {
    Audit audit = moved_audit(k_places, {0.5, -0.4, 0.5, 0.6, -0.5, 0.4});
    audit.runs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const Amplification a = judge(audit).value();
    EXPECT_EQ(a.seeds.size(), 4U);
    EXPECT_EQ(a.pairs, 4U);
    EXPECT_EQ(a.amplified, 4U);
    EXPECT_NEAR(*a.effect.value, (0.25 + 0.16 + 0.25 + 0.36) / 4 / 2, 1e-14);
    EXPECT_EQ(a.ratio.units, 4U);
}

// Three machines: a seed's own effect is the mean over its three pairs.
TEST(Amplification, OfThreeMachinesIsTheMeanOverTheirPairs) {
    const Amplification a =
        judge(audit_of({{{1}, {5}, {3}, {8}}, {{1}, {5.5}, {3}, {8}}, {{2}, {5}, {3}, {8}}})).value();
    EXPECT_EQ(a.pairs, 12U);
    EXPECT_EQ(a.bitwise_equal, 1U + 1U + 3U + 3U);
    EXPECT_NEAR(a.seeds[0].effect, (0 + 1 + 1) / 3.0 / 2, 1e-15);
    EXPECT_NEAR(a.seeds[1].effect, (0.25 + 0 + 0.25) / 3.0 / 2, 1e-15);
    EXPECT_EQ(a.verdict, Verdict::sometimes_amplified);
}

// Repeats of the same seed on the same machine. What k repeats without a difference say: 0.78, 0.28, 0.10 for 2, 9, 29
// (python3 -c "print([1 - 0.05**(1/k) for k in (2, 9, 29)])").
TEST(Amplification, OfRepeatsBoundsWhatWasNotSeen) {
    const std::pair<std::size_t, double> rows[] = {
        {2, 0.7763932022500211}, {9, 0.2831288355631135}, {29, 0.0981446276772957}};
    for (const auto& [k, bound] : rows) {
        Audit audit = audit_of({std::vector<std::vector<double>>(k + 1, {1.5})});
        audit.labels.seed.assign(k + 1, 0);
        const Amplification a = judge(audit, Changed::nothing).value();
        EXPECT_EQ(a.verdict, Verdict::bitwise_invariant);
        EXPECT_EQ(a.pairs, k * (k + 1) / 2);
        EXPECT_NEAR(a.nondeterminism_bound.value(), bound, 1e-12);
    }
}

TEST(Amplification, OfRepeatsMeasuresThemAgainstSeeds) {
    // Five seeds, two runs each on one machine; the repeat of seed 3 differs.
    Audit audit = audit_of({{{1}, {5}, {3}, {8}, {2}, {1}, {5}, {3}, {8.5}, {2}}});
    for (std::size_t run = 0; run < 10; ++run) audit.labels.seed[run] = run % 5;
    const Amplification a = judge(audit, Changed::nothing).value();
    EXPECT_EQ(a.pairs, 5U);
    EXPECT_EQ(a.bitwise_equal, 4U);
    EXPECT_EQ(a.verdict, Verdict::sometimes_amplified);
    EXPECT_EQ(a.nondeterminism_bound, std::nullopt);
    EXPECT_NEAR(*a.effect.value, 0.25 / 5 / 2, 1e-15);
    EXPECT_EQ(a.ratio.flags, Flags{"UNBOUNDED"});
    EXPECT_EQ(a.ratio.dominating, (UnitLabel{0, 3}));
    EXPECT_FALSE(judge(audit)) << "the machine never changed";
}

}  // namespace
}  // namespace assay
