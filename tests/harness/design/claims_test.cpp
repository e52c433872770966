#include "design/claims.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.hpp"
#include "base/text.hpp"
#include "design/design.hpp"
#include "stats/power.hpp"

namespace assay {
namespace {

AuditSpec spec_of(const std::string& rest) { return parse_spec("assay: 1\nname: t\n" + rest, ""); }
Plan plan_of(const std::string& rest) { return make_plan(spec_of(rest), Json::Object{{"kind", "torch"}}); }

// k factors of two levels, so many seeds.
std::string two_levels(int k, int seeds, const std::string& design) {
    const std::vector<std::string> names = {"momentum", "l1", "l2", "lr"};
    const std::string n = std::to_string(seeds);
    std::string text = "factors:\n  seed: {init: " + n + ", shuffle: " + n + "}\n  hyperparameter:\n";
    for (int i = 0; i < k; ++i) text += "    " + names[static_cast<std::size_t>(i)] + ": [0, 0.5]\n";
    return text + "design: " + design + "\n";
}

std::string threads(const std::string& levels, int seeds, const std::string& design) {
    return "factors: {hardware: {threads: " + levels + "}, seed: {all: " + std::to_string(seeds) +
           "}}\ndesign: " + design + "\n";
}

struct Refused {
    std::string code, message, help;
};
std::optional<Refused> refusal(const std::string& rest) {
    try {
        plan_of(rest);
    } catch (const Error& error) {
        EXPECT_EQ(error.exit(), Exit::usage);
        return Refused{error.code(), error.what(), error.help()};
    }
    return std::nullopt;
}

// statistics of exact tests: max(6, ceil(1 + log2(k / 0.05))) seeds for k factors of two levels.
// python3 -c 'import math; print([max(6, math.ceil(1 + math.log2(k / .05))) for k in range(1, 5)])'
TEST(RefuseHopeless, AScreenNeedsEnoughSeedsForHolm) {
    const int needed[] = {6, 7, 7, 8};
    for (int k = 1; k <= 4; ++k) {
        const int enough = needed[k - 1];
        EXPECT_FALSE(refusal(two_levels(k, enough, "screen"))) << k;
        const auto refused = refusal(two_levels(k, enough - 1, "screen"));
        ASSERT_TRUE(refused) << k;
        EXPECT_EQ(refused->code, "S0202");
        EXPECT_NE(refused->message.find("momentum"), std::string::npos) << refused->message;
        EXPECT_NE(refused->help.find(std::to_string(enough) + " seeds"), std::string::npos) << refused->help;
        EXPECT_FALSE(refusal(two_levels(k, enough - 1, "repeat"))) << "other designs only say so";
    }
}

TEST(RefuseHopeless, HardwareTakesSixSeedsWhateverItsLevels) {
    // Three levels reach p = 6^-3 with 4 seeds, but the share of amplified seeds needs more.
    for (const char* levels : {"[1, 2]", "[1, 2, 3]"}) {
        EXPECT_FALSE(refusal(threads(levels, 6, "hardware")));
        const auto refused = refusal(threads(levels, 5, "hardware"));
        ASSERT_TRUE(refused);
        EXPECT_EQ(refused->code, "S0202");
        EXPECT_NE(refused->help.find("6 seeds"), std::string::npos) << refused->help;
    }
    EXPECT_NE(refusal(threads("[1, 2]", 5, "hardware"))->message.find("can never show"), std::string::npos);
    EXPECT_EQ(refusal(threads("[1, 2, 3]", 5, "hardware"))->message.find("can never show"), std::string::npos);
}

TEST(RefuseHopeless, NoAuditOfThisRepositoryIs) {
    std::size_t audits = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(ASSAY_SOURCE_DIR) + "/audits")) {
        if (entry.path().extension() != ".yaml") continue;
        ++audits;
        EXPECT_NO_THROW(make_plan(read_spec(entry.path()), Json::Object{})) << entry.path();
    }
    EXPECT_GE(audits, 17U);
}

TEST(HopelessNote, SaysHowManySeedsWouldDo) {
    struct Row {
        std::string spec;
        const char* expected;  // nullptr: no note
    };
    const Row rows[] = {
        {threads("[1, 2]", 5, "factorial"),
         "5 seeds can never show that threads matters, however large the effect (1 test); 6 is the smallest number "
         "that "
         "can"},
        {threads("[1, 2]", 6, "factorial"), nullptr},
        {threads("[1, 2, 3]", 4, "factorial"), nullptr},
        {threads("[1, 2, 3]", 2, "factorial"), "2 seeds can never show"},
        {two_levels(2, 2, "factorial"), "1 independent group of seeds can never show that momentum or l1 matters"},
        {two_levels(2, 3, "factorial"), "; {blocks: 7} can, and so can streams side by side"},
        {two_levels(2, 4, "repeat"), "4 seeds can never show that momentum or l1"},
        {two_levels(2, 2, "{blocks: 6}"), "6 independent groups"},
        {two_levels(2, 2, "{blocks: 7}"), nullptr},
        {"factors: {hyperparameter: {lr: [0.1, 0.2]}}\n", nullptr},  // another note says that no seed varies
        {"factors: {seed: {init: 2}}\n", nullptr},
    };
    for (const Row& row : rows) {
        const auto note = hopeless_note(plan_of(row.spec));
        EXPECT_EQ(note.has_value(), row.expected != nullptr) << row.spec << note.value_or("");
        if (!note || row.expected == nullptr) continue;
        EXPECT_NE(note->find(row.expected), std::string::npos) << *note;
        const auto notes = plan_notes(plan_of(row.spec));
        EXPECT_EQ(std::count(notes.begin(), notes.end(), *note), 1) << "among the notes of the plan";
    }
}

TEST(ClaimsOf, CountSeedsAndTests) {
    const auto claims = claims_of(plan_of(
        "factors: {hyperparameter: {lr: [0.1, 0.2]}, seed: {init: 2, shuffle: 2}, hardware: {threads: [1, 2, 4]}}\n"
        "design: {blocks: 9}\n"));
    ASSERT_EQ(claims.size(), 2U);
    for (const Claim& claim : claims) {
        EXPECT_EQ(claim.seeds, 9U);
        EXPECT_TRUE(claim.crossed);
        EXPECT_EQ(claim.tests, 2U);
        EXPECT_TRUE(claim.testable);
        EXPECT_FALSE(claim.measured);
    }
    EXPECT_EQ(claims[0].smallest_p, 1.0 / 256);
    EXPECT_EQ(claims[0].needed, 7U);                 // 2^-6 <= 0.025
    EXPECT_EQ(claims[1].smallest_p, 1.0 / 1679616);  // 6^8
    EXPECT_EQ(claims[1].needed, 4U);                 // 6^-3 <= 0.025 < 6^-2
}

// The claim must hold: that shift, no smaller one, is found with 80% power at the level that Holm leaves.
TEST(ClaimsOf, TheDetectableShiftIsFoundInFourAuditsOfFive) {
    const Plan plan = plan_of(two_levels(2, 8, "screen"));
    for (const double nu : {3.0, 100.0, 317.0}) {
        const auto claims = claims_of(plan, {{"hyperparameter.momentum", nu}});
        EXPECT_TRUE(claims[0].measured);
        EXPECT_FALSE(claims[1].measured);
        EXPECT_NEAR(shift_power(claims[0].detectable.value(), nu, 8, 0.025), 0.8, 1e-6);
        EXPECT_NEAR(shift_power(claims[1].detectable.value(), 100, 8, 0.025), 0.8, 1e-6);
    }
    const auto few = claims_of(plan_of(threads("[1, 2, 3]", 4, "factorial")));
    EXPECT_TRUE(few[0].testable);
    EXPECT_FALSE(few[0].detectable) << "the law of two levels says nothing of 4 seeds";
}

// More levels: F with (nu (a-1), nu (a-1)(S-1)) degrees of freedom and noncentrality S kappa nu. kappa for a = 3, nu =
// 30, S = 8 at the level 6/128, which two levels would reach:
// python3 -c 'from scipy import stats, optimize as o; nu, a, S, p = 30, 3, 8, 6/128
// m = nu*(a-1); c = stats.f.isf(p, m, m*(S-1)); print(o.brentq(lambda k: stats.ncf.sf(c, m, m*(S-1), S*k*nu) - .8,
// .001, 5, xtol=1e-12))'
TEST(ClaimsOf, MoreLevelsHaveMoreDegreesOfFreedom) {
    const auto claims = claims_of(plan_of(threads("[1, 2, 4]", 8, "hardware")), {{"hardware.threads", 30.0}});
    EXPECT_NEAR(claims[0].detectable.value(), 0.15057416666612244, 1e-6);
}

TEST(RepeatClaim, BoundsWhatRepeatsDidNotShow) {
    // statistics: 1 - 0.05^(1/k); python3 -c 'print([round(1 - .05**(1/k), 3) for k in (1, 2, 9, 29)])'
    const std::pair<int, double> rows[] = {{1, 0.95}, {2, 0.776}, {9, 0.283}, {29, 0.098}};
    for (const auto& [repeats, bound] : rows) {
        const auto claim =
            repeat_claim(plan_of("factors: {seed: {init: 30}}\nreplays: " + std::to_string(repeats) + "\n"));
        ASSERT_TRUE(claim);
        EXPECT_EQ(claim->repeats, static_cast<std::size_t>(repeats));
        EXPECT_NEAR(claim->bound, bound, 5e-4);
    }
    EXPECT_FALSE(repeat_claim(plan_of("factors: {seed: {init: 4}}\nreplays: 0\n")));
}

TEST(ClaimSentences, SayWhatCanBeShown) {
    const Plan plan = plan_of(two_levels(3, 8, "screen"));
    const auto same = claim_sentences(plan, claims_of(plan));
    ASSERT_EQ(same.size(), 2U);
    EXPECT_EQ(same[0].find("momentum, l1, l2: a systematic change of "), 0U) << same[0];
    EXPECT_NE(same[0].find(" times its variance between seeds (8 seeds, 80% power, 100 dimensions assumed)"),
              std::string::npos)
        << same[0];
    EXPECT_EQ(same[1], "repeats: if 4 replays change nothing, at most 53% of runs do not repeat (95%)");
    const auto one = claim_sentences(plan, claims_of(plan, {{"hyperparameter.l1", 33.4}}));
    ASSERT_EQ(one.size(), 4U);
    EXPECT_EQ(one[1].find("l1: "), 0U);
    EXPECT_NE(one[1].find("33 dimensions measured on stored runs"), std::string::npos) << one[1];
    const Plan crossed = plan_of(threads("[1, 2]", 6, "factorial") + "replays: 0\n");
    EXPECT_EQ(claim_sentences(crossed, claims_of(crossed)).size(), 1U);
    const Plan none = plan_of(threads("[1, 2]", 5, "factorial") + "replays: 0\n");
    EXPECT_TRUE(claim_sentences(none, claims_of(none)).empty()) << "no shift can be shown";
}

}  // namespace
}  // namespace assay
