#include "stats/f2.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "lib/stats/audit_data.hpp"
#include "stats/distance.hpp"
#include "stats/free_permutation.hpp"
#include "stats/multiplicity.hpp"

namespace assay {
namespace {

const PermutationOptions k_options{.seed = 5, .stream = "test.f2"};

using Points = std::vector<std::vector<double>>;

// Welch's statistic by traces, from the vectors: SS_A / sum_i (1 - n_i / N) V_i with centroids and their residuals.
double from_vectors(const Points& points, const std::vector<std::size_t>& group) {
    std::map<std::size_t, std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < points.size(); ++i) members[group[i]].push_back(i);
    const auto all = static_cast<double>(points.size());
    double between = 0, error = 0;
    for (std::size_t k = 0; k < points[0].size(); ++k) {
        double grand = 0;
        for (const auto& point : points) grand += point[k] / all;
        for (const auto& [label, rows] : members) {
            const auto size = static_cast<double>(rows.size());
            double mean = 0, spread = 0;
            for (const std::size_t row : rows) mean += points[row][k] / size;
            for (const std::size_t row : rows) spread += (points[row][k] - mean) * (points[row][k] - mean);
            between += size * (mean - grand) * (mean - grand);
            error += (1 - size / all) * spread / (size - 1);
        }
    }
    return between / error;
}

Points random_points(std::size_t count, const char* stream) {
    Random random(8, stream);
    Points points;
    for (std::size_t i = 0; i < count; ++i) points.push_back(random_point(random, 4));
    return points;
}

std::vector<std::size_t> labels(const std::vector<std::size_t>& sizes) {
    std::vector<std::size_t> group;
    for (std::size_t g = 0; g < sizes.size(); ++g) group.insert(group.end(), sizes[g], 10 - g);
    return group;
}

TEST(F2, CountsWhatTryingEveryGroupingCounts) {
    for (const auto& sizes : std::vector<std::vector<std::size_t>>{{5, 3}, {4, 4}, {3, 2, 2}, {2, 2, 2}, {2, 4, 3}}) {
        std::vector<std::size_t> group = labels(sizes);
        const Points points = random_points(group.size(), "brute");
        const F2Test test = f2_test(squared_distances(points), group, k_options);
        const double observed = from_vectors(points, group);
        EXPECT_NEAR(*test.f, observed, 1e-12 * observed);
        std::sort(group.begin(), group.end());
        double count = 0, total = 0;
        do {  // every labelled grouping once
            total += 1;
            if (from_vectors(points, group) >= observed * (1 - 1e-9)) count += 1;
        } while (std::next_permutation(group.begin(), group.end()));
        ASSERT_TRUE(test.p && test.p->exhaustive);
        EXPECT_DOUBLE_EQ(test.p->value, count / total);
        EXPECT_DOUBLE_EQ(test.p->smallest, smallest_p_groups(sizes));
    }
}

// T_w^2 of Alekseyenko 2016: ||m1 - m2||^2 / (V1 / n1 + V2 / n2), from distances alone.
TEST(F2, OfTwoGroupsIsWelchsTByTraces) {
    const std::vector<std::size_t> group = labels({7, 4});
    const Symmetric d2 = squared_distances(random_points(11, "welch"));
    double within[2] = {0, 0}, across = 0;
    for (std::size_t i = 0; i < 11; ++i) {
        for (std::size_t j = 0; j < i; ++j) (group[i] == group[j] ? within[i >= 7] : across) += d2(i, j);
    }
    const double centres = across / 28 - within[0] / 49 - within[1] / 16;
    const double expected = centres / (within[0] / (7 * 6) / 7 + within[1] / (4 * 3) / 4);
    const F2Test test = f2_test(d2, group, k_options);
    EXPECT_NEAR(*test.f, expected, 1e-12 * expected);
    EXPECT_NEAR(test.variances[0], within[1] / 12, 1e-14) << "by ascending label: the last group's is the lowest";
    EXPECT_NEAR(test.variances[1], within[0] / 42, 1e-14);
    EXPECT_NEAR(test.ss_total, (within[0] + within[1] + across) / 11, 1e-13);
    EXPECT_NEAR(test.ss_groups, test.ss_total - within[0] / 7 - within[1] / 4, 1e-13);
}

// Rows: run, config, seed, example, label, p0 ... p4.
void add_runs(const std::string& file, const std::string& config, std::vector<std::vector<float>>& runs) {
    std::map<std::string, std::vector<float>> by_seed;
    for (const auto& fields : reference_rows(file)) {
        if (fields[1] != config) continue;
        for (std::size_t i = 5; i < fields.size(); ++i)
            by_seed[fields[0]].push_back(static_cast<float>(number_of(fields[i])));
    }
    for (const auto& [run, rows] : by_seed) runs.push_back(rows);
}

// 8 real runs at learning rate 0.10 against 4 at 0.13. Expected values: expected.json, "g1_gate" (numpy, all 495 ways;
// scripts of the golden audits), with distances from the probabilities as the product computes them.
TEST(F2, AgreesWithTheGoldenGate) {
    std::vector<std::vector<float>> runs;
    add_runs("g1_config_by_seed_probs.csv", "lr0.10", runs);
    add_runs("g1_gate_candidate_probs.csv", "lr0.13", runs);
    ASSERT_EQ(runs.size(), 12U);
    const Symmetric golden = reference_matrix("g1_D2.csv");
    Symmetric d2(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            d2.set(i, j, distance_between(runs[i], runs[j], 5).hellinger2);
            if (i >= 8) continue;
            EXPECT_NEAR(d2(i, j), golden(i, j), 1e-12 * golden(i, j)) << "the runs are the golden ones";
        }
    }
    const Json expected = reference_json("expected.json").at("g1_gate");
    const F2Test test = f2_test(d2, labels({8, 4}), k_options);
    const double f2 = expected.at("F2").as_number();
    EXPECT_NEAR(*test.f, f2, 1e-11 * f2);
    EXPECT_EQ(test.p->count, 44U);
    EXPECT_EQ(test.p->total, 495U);
    EXPECT_EQ(test.p->value, expected.at("F2_p").as_number());
}

TEST(F2, HasTheSameBitsForAnyOrderOfUnitsAndAnyThreads) {
    const std::vector<std::size_t> group = labels({12, 9, 4});
    const Points points = random_points(25, "order");
    PermutationOptions options = k_options;
    const F2Test test = f2_test(squared_distances(points), group, options);
    ASSERT_FALSE(test.p->exhaustive);
    Points others;
    std::vector<std::size_t> their_group;
    for (const std::int64_t row : Random(3, "test.order").permutation(25)) {
        others.push_back(points[static_cast<std::size_t>(row)]);
        their_group.push_back(group[static_cast<std::size_t>(row)]);
    }
    for (const std::size_t threads : {1U, 2U, 8U}) {
        options.threads = threads;
        const F2Test other = f2_test(squared_distances(others), their_group, options);
        EXPECT_EQ(other.p->value, test.p->value);
        EXPECT_EQ(other.p->count, test.p->count);
        EXPECT_EQ(other.f, test.f);
        EXPECT_EQ(other.variances, test.variances);
    }
}

// 3 units of 98 along a line, all 152,096 ways, against 9,999 random ones: 4 standard errors.
TEST(F2, EstimatesTheShareOfAllGroupings) {
    Points points;
    for (const auto& point : random_points(98, "line")) points.push_back({point[0]});
    double sum = 0, squares = 0;
    for (const auto& point : points) {
        sum += point[0];
        squares += point[0] * point[0];
    }
    const auto f2 = [&](std::size_t a, std::size_t b, std::size_t c) {
        const double x = points[a][0], y = points[b][0], z = points[c][0], few = x + y + z, many = sum - few;
        const double v_few = (x * x + y * y + z * z - few * few / 3) / 2;
        const double v_many = (squares - (x * x + y * y + z * z) - many * many / 95) / 94;
        return std::pow(few / 3 - many / 95, 2) / (v_few / 3 + v_many / 95);
    };
    double count = 0;
    for (std::size_t a = 0; a < 98; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            for (std::size_t c = 0; c < b; ++c) count += f2(a, b, c) >= f2(95, 96, 97) * (1 - 1e-9) ? 1 : 0;
        }
    }
    const double share = count / 152'096;
    const F2Test test = f2_test(squared_distances(points), labels({95, 3}), k_options);
    ASSERT_TRUE(test.p && !test.p->exhaustive);
    EXPECT_NEAR(*test.f, f2(95, 96, 97), 1e-11 * *test.f);
    EXPECT_NEAR(test.p->value, share, 4 * std::sqrt(share * (1 - share) / 9'999) + 1e-4);
}

TEST(F2, SaysWhyThereIsNoTest) {
    const Symmetric d2 = squared_distances(random_points(5, "few"));
    EXPECT_EQ(f2_test(d2, labels({5}), k_options).untested, "a comparison needs two groups or more");
    const F2Test lone = f2_test(d2, labels({4, 1}), k_options);
    EXPECT_EQ(lone.untested, "a group with one unit has no spread: 2 or more are needed in each");
    EXPECT_FALSE(lone.p || lone.f);
    EXPECT_TRUE(f2_test(d2, labels({3, 2}), k_options).untested.empty());
}

TEST(F2, IsInfiniteWhereOnlyGroupsDifferAndUndefinedWhereNothingDoes) {
    const Points apart = {{0}, {0}, {0}, {1}, {1}}, same(5, {2.0});
    const F2Test infinite = f2_test(squared_distances(apart), labels({3, 2}), k_options);
    EXPECT_TRUE(infinite.f_infinite);
    EXPECT_FALSE(infinite.f);
    EXPECT_EQ(infinite.p->count, 1U);
    EXPECT_EQ(infinite.p->total, 10U);
    const F2Test nothing = f2_test(squared_distances(same), labels({3, 2}), k_options);
    EXPECT_FALSE(nothing.f_infinite || nothing.f);
    EXPECT_EQ(nothing.p->value, 1);
}

TEST(DistinctGroupings, AreMultinomialNumbersOverGroupsOfOneSize) {
    struct Row {
        std::vector<std::size_t> sizes;
        std::uint64_t ways;
    };
    const Row rows[] = {{{8, 4}, 495},   {{4, 4}, 35},      {{2, 2, 2}, 15}, {{2, 3, 2}, 105},
                        {{1, 5, 1}, 21}, {{20, 5}, 53'130}, {{7}, 1},        {{3, 5, 6, 6}, 3'259'095'840}};
    for (const Row& row : rows) EXPECT_EQ(distinct_groupings(row.sizes), row.ways) << row.ways;
    EXPECT_FALSE(distinct_groupings(std::vector<std::size_t>{40, 40}));
}

}  // namespace
}  // namespace assay
