#include "gate/suggest.hpp"

#include "lib/gate/gate_builder.hpp"

namespace assay::testing {
namespace {

TEST(Suggest, MarginsThatAnUnchangedCandidateWouldMostlyPass) {
    const Audit baseline = with_errors({1, 2, 3, 1, 2, 3, 1, 2});
    const auto all = suggest_margins(side(baseline), 8);
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[1].key, "accuracy.baseline");
    // sd of the errors sqrt(39/56) of 20; t(.95, 7) = 1.894579, t(.80, 7) = 0.896030.
    const double exact = std::sqrt(2 * 39.0 / 56) / 20 * (1.894578605 + 0.896029644) / std::sqrt(8.0);
    EXPECT_GE(all[1].margin, exact - 1e-9);
    EXPECT_LE(all[1].margin, 1.1 * exact);
    for (const Suggestion& suggestion : all) {
        EXPECT_EQ(suggestion.from, 8U);
        EXPECT_TRUE(parse_rule(suggestion.key, suggestion.limit).rule) << suggestion.key << " " << suggestion.limit;
    }
    const auto more = suggest_margins(side(baseline), 32);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_LT(more[i].margin, all[i].margin) << "more seeds decide finer margins";
}

// A limit that is rounded down would fail what it was made for.
TEST(Suggest, TheLimitIsNeverBelowTheMargin) {
    const Audit baseline = noisy(16, 100), coarse = with_errors({1, 2, 3, 1, 2, 3, 1, 2});
    Audit labelled = noisy(16, 100);
    labelled.labels = std::vector<std::int64_t>(labelled.runs[0].predictions->n_inputs, 0);
    for (const Audit& audit : {baseline, coarse, labelled}) {
        for (const std::size_t n : {4U, 8U, 50U, 5'000U, 5'000'000U}) {
            for (const Suggestion& one : suggest_margins(side(audit), n)) {
                if (one.limit.empty()) continue;
                const auto parsed = parse_rule(one.key, one.limit);
                ASSERT_TRUE(parsed.rule) << one.key << " " << one.limit;
                EXPECT_GE(*parsed.rule->limit, one.margin * (1 - 1e-12)) << one.key << " " << one.limit;
                EXPECT_LE(*parsed.rule->limit, one.margin * (1 + 1e-12)) << one.key << " " << one.limit;
            }
        }
    }
}

TEST(Suggest, AnUnchangedCandidatePassesTheMarginForR) {
    const Audit baseline = noisy(16, 100);
    const Suggestion r = suggest_margins(side(baseline), 16).front();
    EXPECT_EQ(r.key, "R");
    EXPECT_GT(r.margin, 1);
    std::size_t passed = 0;
    for (std::uint64_t i = 1; i <= 10; ++i)
        passed += judged(noisy(16, 1000 * i), "R", r.limit, &baseline).state == RuleState::pass ? 1U : 0U;
    EXPECT_GE(passed, 5U) << "8 of 10 are expected; fewer than 5 with a probability of 0.6%";
}

TEST(Suggest, SaysWhatItLacks) {
    for (const Suggestion& suggestion : suggest_margins(side(noisy(3, 100)), 8)) {
        EXPECT_EQ(suggestion.limit, "");
        EXPECT_NE(suggestion.note, "");
    }
    const Audit crossing = crossed({seeds("init", 4), seeds("shuffle", 4)}, [](const std::vector<int>& levels, int) {
        return drawn(static_cast<std::uint64_t>(10 * levels[0] + levels[1]));
    });
    EXPECT_NE(suggest_margins(side(crossing), 8).front().note.find("crossed"), std::string::npos);
}

}  // namespace
}  // namespace assay::testing
