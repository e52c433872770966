#include "stats/one_run.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "base/random.hpp"

namespace assay {
namespace {

// Squared distances of points on a line.
Symmetric distances(const std::vector<double>& points) {
    Symmetric d2(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) d2.set(i, j, (points[i] - points[j]) * (points[i] - points[j]));
    }
    return d2;
}

std::vector<std::size_t> first(std::size_t n) {
    std::vector<std::size_t> all(n);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
}

// Points 0 1 2 3 and the candidate: the sums of squared distances to all, by hand.
TEST(OneRun, CountsTheOthersThatAreAtLeastAsFarFromAll) {
    const std::pair<double, std::uint64_t> rows[] = {
        {10, 1},   // 10: 100+81+64+49 = 294; the next, 0: 1+4+9+100 = 114
        {1.5, 5},  // in the middle: 5; the others 16.25, 6.25, 6.25, 16.25
        {3, 3},    // 3 again, as far as the other 3 (14); 0: 1+4+9+9 = 23 is farther
    };
    for (const auto& [candidate, count] : rows) {
        const auto p = one_run_test(distances({0, 1, 2, 3, candidate}), first(4), 4);
        ASSERT_TRUE(p.has_value());
        EXPECT_EQ(p->count, count) << candidate;
        EXPECT_EQ(p->total, 5U);
        EXPECT_DOUBLE_EQ(p->value, static_cast<double>(count) / 5);
        EXPECT_DOUBLE_EQ(p->smallest, 0.2);
        EXPECT_TRUE(p->exhaustive);
    }
}

TEST(OneRun, IdenticalRunsAreNeverStrange) { EXPECT_EQ(one_run_test(Symmetric(20), first(19), 19)->value, 1); }

TEST(OneRun, WithoutOthersThereIsNoTest) { EXPECT_EQ(one_run_test(Symmetric(1), {}, 0), std::nullopt); }

// Neither the order of the others, nor runs that are not named, nor the unit of the distances.
TEST(OneRun, DependsOnTheSetAlone) {
    Random random(1, "one_run.set");
    std::vector<double> points;
    for (int i = 0; i < 12; ++i) points.push_back(random.near_normal());
    const Symmetric d2 = distances(points);
    const std::vector<std::size_t> some = {3, 7, 1, 9, 4};
    const auto expected = one_run_test(d2, some, 0);
    const std::vector<std::size_t> turned = {9, 4, 1, 3, 7};
    EXPECT_EQ(one_run_test(d2, turned, 0)->count, expected->count);
    for (double& point : points) point = 1000 * point;
    EXPECT_EQ(one_run_test(distances(points), some, 0)->count, expected->count);
}

TEST(OneRun, NineteenOthersCanReachFivePercent) {
    const std::pair<double, std::size_t> rows[] = {{0.05, 19}, {0.1, 9}, {0.01, 99}, {0.5, 1}, {0.3, 3}};
    for (const auto& [alpha, needed] : rows) {
        EXPECT_EQ(others_needed(alpha), needed) << alpha;
        EXPECT_LE(1.0 / static_cast<double>(needed + 1), alpha * (1 + 1e-12));
    }
}

TEST(OneRunDeathTest, ACandidateAmongTheOthersIsABug) { EXPECT_DEATH(one_run_test(Symmetric(3), first(3), 1), ""); }

}  // namespace
}  // namespace assay
