#include "analysis/pairing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "analysis/outcome.hpp"
#include "base/random.hpp"
#include "lib/analysis/audit_builder.hpp"

namespace assay {
namespace {

using testing::Audit;

Predictions same(const std::vector<int>&, int) { return testing::flipping({}); }

std::vector<Factor> four_factors() {
    return {testing::factor(FactorKind::hyperparameter, "lr", {0.1, 0.2, 0.3}), testing::seeds("init", 6),
            testing::seeds("shuffle", 6), testing::factor(FactorKind::hardware, "isa", {"a", "b"})};
}

std::vector<Pair> pairs_of(const Audit& audit) {
    return matched_pairs(audit.plan, axes_of(audit.plan), audit.runs, outcomes_of(audit.runs));
}

std::vector<std::size_t> counts(const Audit& audit) {
    std::vector<std::size_t> out(axes_of(audit.plan).size(), 0);
    for (const Pair& pair : pairs_of(audit)) ++out[pair.axis];
    return out;
}

using Counts = std::vector<std::size_t>;

TEST(MatchedPairs, AreAsManyAsTheDesignHolds) {
    // 3 x 6 x 6 x 2 runs: C(3,2) 72 of lr, C(6,2) 36 of each seed, 108 of isa.
    EXPECT_EQ(counts(testing::crossed(four_factors(), same)), (Counts{216, 540, 540, 108}));
    // 3 blocks of 3 x 2 x 2 x 2 runs: in each 3 x 8 of lr, 12 of each other.
    EXPECT_EQ(counts(testing::crossed(four_factors(), same, 3)), (Counts{72, 36, 36, 36}));
    // One stream alone: its two seeds in each of 3 blocks, never a seed of one block with one of another.
    EXPECT_EQ(counts(testing::crossed({testing::seeds("init", 6)}, same, 3)), (Counts{3}));
    // 6 runs side by side: the seeds move together, C(6,2).
    EXPECT_EQ(counts(testing::repeated({testing::seeds("init", 6), testing::seeds("shuffle", 6)}, same)), (Counts{15}));
    EXPECT_EQ(counts(testing::repeated({testing::seeds("all", 4)}, same)), (Counts{6}));
}

TEST(MatchedPairs, FlipsAloneAreThoseThatEverythingHas) {
    const Audit audit = testing::crossed(four_factors(), [](const std::vector<int>& levels, int) {
        return testing::flipping({static_cast<std::size_t>(levels[1]), static_cast<std::size_t>(10 + levels[0])});
    });
    const std::vector<Pair> all = pairs_of(audit);
    const std::vector<Pair> flips =
        matched_pairs(audit.plan, axes_of(audit.plan), audit.runs, outcomes_of(audit.runs), Compared::flips);
    ASSERT_EQ(flips.size(), all.size());
    std::size_t unequal = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(flips[i].distance.flips, all[i].distance.flips);
        EXPECT_EQ(flips[i].distance.inputs, all[i].distance.inputs);
        EXPECT_EQ(flips[i].bitwise_equal, all[i].bitwise_equal);
        EXPECT_EQ(flips[i].distance.hellinger2, 0);
        unequal += all[i].distance.flips > 0 ? 1U : 0U;
    }
    EXPECT_GT(unequal, 0U);
}

TEST(AxesOf, SeedsThatMoveTogetherAreOne) {
    const auto names = [](const Audit& audit) {
        std::vector<std::string> out;
        for (const Axis& axis : axes_of(audit.plan)) out.push_back(axis.name);
        return out;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(names(testing::crossed(four_factors(), same)),
              (Names{"hyperparameter.lr", "seed.init", "seed.shuffle", "hardware.isa"}));
    EXPECT_EQ(names(testing::repeated({testing::seeds("init", 2), testing::seeds("shuffle", 2)}, same)),
              (Names{"seed"}));
    EXPECT_EQ(names(testing::repeated({testing::seeds("init", 2)}, same)), (Names{"seed.init"}));
}

// Against the definition itself, all runs with all: stream "pairs" of seed 1 loses runs and adds replays.
TEST(MatchedPairs, AreExactlyTheUsableRunsThatDifferInOneAxis) {
    Random random(1, "pairs");
    for (int trial = 0; trial < 20; ++trial) {
        Audit audit = testing::crossed(four_factors(), same, trial % 2 == 0 ? 3 : 0);
        for (RunData& run : audit.runs) {
            if (random.below(4) == 0) run = {};
            if (random.below(10) == 0) run = testing::completed({}, testing::collapsed());
        }
        testing::replay(audit, 0, testing::flipping({}));
        const auto outcomes = outcomes_of(audit.runs);
        using Entry = std::tuple<std::size_t, std::size_t, std::size_t>;
        std::set<Entry> expected, found;
        for (std::size_t a = 0; a < audit.runs.size(); ++a) {
            for (std::size_t b = 0; b < audit.runs.size(); ++b) {
                const PlannedRun &p = audit.plan.runs[a], &q = audit.plan.runs[b];
                if (outcomes[a] != Outcome::completed || outcomes[b] != Outcome::completed || p.block != q.block ||
                    p.request.replicate + q.request.replicate > 0)
                    continue;
                std::vector<std::size_t> differ;
                for (std::size_t f = 0; f < p.levels.size(); ++f) {
                    if (p.levels[f] != q.levels[f]) differ.push_back(f);
                }
                if (differ.size() == 1 && p.levels[differ[0]] < q.levels[differ[0]]) expected.insert({differ[0], a, b});
            }
        }
        const auto pairs = pairs_of(audit);
        for (const Pair& pair : pairs) found.insert({pair.axis, pair.a, pair.b});
        EXPECT_EQ(found, expected);
        EXPECT_EQ(pairs.size(), expected.size()) << "each of them once";
    }
}

TEST(MatchedPairs, CarryDistanceAndBits) {
    const Audit audit = testing::crossed({testing::factor(FactorKind::hardware, "isa", {"a", "b", "c"})},
                                         [](const std::vector<int>& levels, int) {
                                             return levels[0] == 2 ? testing::flipping({1, 2}) : testing::flipping({});
                                         });
    const auto pairs = pairs_of(audit);
    ASSERT_EQ(pairs.size(), 3U);
    for (const Pair& pair : pairs) {
        EXPECT_EQ(pair.bitwise_equal, pair.b != 2);
        EXPECT_EQ(pair.distance.flips, pair.b == 2 ? 2U : 0U);
        EXPECT_EQ(pair.distance.inputs, testing::k_inputs);
    }
}

TEST(ReplaysOf, PairEachReplayWithItsOriginal) {
    Audit audit = testing::crossed(four_factors(), same, 3);
    testing::replay(audit, 5, testing::flipping({}));
    testing::replay(audit, 40, testing::flipping({}));
    testing::replay(audit, 5, testing::flipping({}));
    const auto replays = replays_of(audit.plan);
    const std::size_t first = audit.plan.runs.size() - 3;
    ASSERT_EQ(replays.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(replays[i].original, i == 1 ? 40U : 5U);
        EXPECT_EQ(replays[i].replay, first + i);
    }
}

}  // namespace
}  // namespace assay
