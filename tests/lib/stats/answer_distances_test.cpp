#include "stats/answer_distances.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/stats/run_set.hpp"
#include "stats/distance.hpp"

namespace assay {
namespace {

using Values = std::vector<float>;

void expect_agreement(std::span<const float> p, std::span<const float> q, std::size_t classes, double tolerance) {
    const AnswerDistances all = answer_distances(p, q, classes);
    const Distance distance = distance_between(p, q, classes);
    const Divergence divergence = divergence_between(p, q, classes);
    const auto near = [&](double value, double expected) { EXPECT_NEAR(value, expected, tolerance * expected); };
    near(all.hellinger2, distance.hellinger2);
    EXPECT_EQ(all.max_abs_dp, distance.max_abs_dp);
    near(all.divergence.total_variation, divergence.total_variation);
    near(all.divergence.jensen_shannon, divergence.jensen_shannon);
    near(all.divergence.brier, divergence.brier);
}

// Among them pairs that differ by a unit in the last place, where a square of square roots has few digits itself.
TEST(AnswerDistances, OfRealRunsAreThoseOfTheirOwnFunctions) {
    const auto runs = test::golden_runs("g2_hardware_by_seed_probs.csv");
    for (std::size_t a = 0; a < runs.values.size(); ++a) {
        for (std::size_t b = a + 1; b < runs.values.size(); ++b)
            expect_agreement(runs.values[a], runs.values[b], 5, b == a + 8 ? 1e-8 : 1e-13);
    }
}

// Lengths about the vectors and the blocks they are worked on in.
TEST(AnswerDistances, OfAnyLengthLeaveNothingOut) {
    for (const std::size_t inputs : {1U, 7U, 8U, 9U, 170U, 171U, 172U, 341U, 342U, 1000U}) {
        const auto runs = test::made_runs<float>(inputs, 3, {0, 1});
        expect_agreement(runs.values[0], runs.values[1], 3, 1e-12);
    }
}

// From certain to impossible: every decade, zeros and the smallest floats among them.
TEST(AnswerDistances, OfJensenAndShannonAreRightEverywhere) {
    const float values[] = {0, 1e-45F, 1e-30F, 1e-9F, 1e-3F, 0.124F, 0.126F, 0.3F, 0.49F, 0.5F, 0.7F, 0.999F, 1};
    for (const float p : values) {
        for (const float q : values) {
            const Values a = {p}, b = {q};
            const AnswerDistances d = answer_distances(a, b, 1);
            const double expected = divergence_between(a, b, 1).jensen_shannon;
            EXPECT_NEAR(d.divergence.jensen_shannon, expected, 1e-13 * expected) << p << " " << q;
            const double hellinger = distance_between(a, b, 1).hellinger2;  // itself right to 4e-13 near 1
            EXPECT_NEAR(d.hellinger2, hellinger, 1e-12 * hellinger) << p << " " << q;
            EXPECT_EQ(d.hellinger2 == 0, p == q) << p << " " << q;
        }
    }
    // Through the whole of |p - q| / (p + q), also about 1/8, where the series gives way to logarithms.
    for (int i = 0; i <= 2000; ++i) {
        const Values a = {0.5F + static_cast<float>(i) / 4000}, b = {0.5F - static_cast<float>(i) / 4000};
        const double expected = divergence_between(a, b, 1).jensen_shannon;
        EXPECT_NEAR(answer_distances(a, b, 1).divergence.jensen_shannon, expected, 1e-13 * expected) << i;
    }
}

// What is stored of an audit gives the same report on every machine of one architecture.
TEST(AnswerDistances, HaveTheSameBitsWithAndWithoutWiderRegisters) {
    for (const std::size_t inputs : {1U, 9U, 171U, 1000U}) {
        const auto runs = test::made_runs<float>(inputs, 3, {0, 1});
        const AnswerDistances wide = answer_distances(runs.values[0], runs.values[1], 3);
        const AnswerDistances plain = plain_answer_distances(runs.values[0], runs.values[1], 3);
        EXPECT_EQ(wide.hellinger2, plain.hellinger2);
        EXPECT_EQ(wide.max_abs_dp, plain.max_abs_dp);
        EXPECT_EQ(wide.divergence.jensen_shannon, plain.divergence.jensen_shannon);
        EXPECT_EQ(wide.divergence.total_variation, plain.divergence.total_variation);
        EXPECT_EQ(wide.divergence.brier, plain.divergence.brier);
    }
}

TEST(AnswerDistances, OfEqualAnswersAreZeroAndOfSwappedOnesTheSame) {
    const auto runs = test::made_runs<float>(300, 4, {0, 0.5});
    const AnswerDistances none = answer_distances(runs.values[0], runs.values[0], 4);
    EXPECT_EQ(none.hellinger2, 0);
    EXPECT_EQ(none.max_abs_dp, 0);
    EXPECT_EQ(none.divergence.jensen_shannon, 0);
    const AnswerDistances there = answer_distances(runs.values[0], runs.values[1], 4);
    const AnswerDistances back = answer_distances(runs.values[1], runs.values[0], 4);
    EXPECT_EQ(there.hellinger2, back.hellinger2);
    EXPECT_EQ(there.divergence.jensen_shannon, back.divergence.jensen_shannon);
    EXPECT_EQ(there.divergence.brier, back.divergence.brier);
}

}  // namespace
}  // namespace assay
