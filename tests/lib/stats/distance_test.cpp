#include "stats/distance.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include "base/file.hpp"
#include "base/random.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

using Rows = std::vector<float>;

Rows random_rows(std::size_t inputs, std::size_t classes, Random& random) {
    Rows rows;
    for (std::size_t i = 0; i < inputs; ++i) {
        std::vector<double> weights;
        double sum = 0;
        for (std::size_t c = 0; c < classes; ++c) {
            weights.push_back(std::pow(random.uniform(), 4));  // many small ones, as a softmax has
            sum += weights.back();
        }
        for (const double weight : weights) rows.push_back(static_cast<float>(weight / sum));
    }
    return rows;
}

// "chunks1 0" -> the probabilities of that run, 40 inputs x 5 classes.
std::map<std::string, Rows> real_runs() {
    std::map<std::string, Rows> runs;
    const std::string file = read_file(ASSAY_SOURCE_DIR "/fixtures/reference/statistics/g2_hardware_by_seed_probs.csv");
    for (const std::string& line : split_lines(file)) {
        const std::vector<std::string> fields = split(line, ',');  // run, hardware, seed, example, label, p0 ... p4
        if (fields[0] == "run") continue;
        for (std::size_t i = 5; i < fields.size(); ++i) {
            double value = 0;
            std::from_chars(fields[i].data(), fields[i].data() + fields[i].size(), value);
            runs[fields[1] + " " + fields[2]].push_back(static_cast<float>(value));
        }
    }
    return runs;
}

TEST(Distance, HasTheKnownValues) {
    struct Row {
        Rows a, b;
        double hellinger2, max_abs_dp;
        std::size_t flips;
    };
    const double half = 1 - std::sqrt(0.5);  // of a certain answer and an even one of two classes
    const Row rows[] = {
        {{1, 0}, {1, 0}, 0, 0, 0},
        {{1, 0}, {0, 1}, 1, 1, 1},
        {{0.5F, 0.5F}, {1, 0}, half, 0.5, 0},
        {{0.5F, 0.5F}, {0, 1}, half, 0.5, 1},
        {{1, 0, 0.5F, 0.5F}, {1, 0, 0, 1}, half / 2, 0.5, 1},
        {{0.25F, 0.75F}, {0.75F, 0.25F}, 1 - std::sqrt(0.75), 0.5, 1},
    };
    for (const Row& row : rows) {
        const Distance d = distance_between(row.a, row.b, 2);
        EXPECT_NEAR(d.hellinger2, row.hellinger2, 1e-15);
        EXPECT_EQ(d.max_abs_dp, row.max_abs_dp);
        EXPECT_EQ(d.flips, row.flips);
        EXPECT_EQ(d.inputs, row.a.size() / 2);
        EXPECT_EQ(d.flip_share(), static_cast<double>(row.flips) / static_cast<double>(d.inputs));
    }
}

// The same training, its gradients summed in one chunk or in two. Expected values: distance_reference.py, 50 digits.
TEST(Distance, OfRealRunsAgreesWithFiftyDigits) {
    struct Row {
        int seed;
        double hellinger2, max_abs_dp;
        std::size_t flips;
    };
    const Row rows[] = {
        {0, 2.1907088583189069e-13, 2.4139881134033203e-06, 0}, {1, 0.0049727283632663094, 0.2179413139820099, 4},
        {2, 0.008255023803431525, 0.2660173177719116, 5},       {3, 1.397662571650129e-12, 4.76837158203125e-06, 0},
        {4, 0.06911519381858224, 0.7817257344722748, 11},       {5, 4.971738919096546e-13, 1.430511474609375e-06, 0},
        {6, 2.1404133203193563e-06, 0.0035982728004455566, 0},  {7, 1.1653896240235015e-12, 4.112720489501953e-06, 0},
    };
    const auto runs = real_runs();
    for (const Row& row : rows) {
        const std::string seed = std::to_string(row.seed);
        const Distance d = distance_between(runs.at("chunks1 " + seed), runs.at("chunks2 " + seed), 5);
        EXPECT_NEAR(d.hellinger2, row.hellinger2, 1e-10 * row.hellinger2) << "seed " << seed;
        EXPECT_EQ(d.max_abs_dp, row.max_abs_dp) << "seed " << seed;
        EXPECT_EQ(d.flips, row.flips) << "seed " << seed;
        EXPECT_EQ(d.inputs, 40U);
    }
}

// Expected: (p - q)^2 / (sqrt p + sqrt q)^2, which cancels nothing. A root is rounded by at most 2^-54 and the roots
// differ by at least 2^-26: the square of their difference is good to 2^-26.
TEST(Distance, OfOneUnitInTheLastPlaceIsRightAndNotZero) {
    for (const float p : {0.5F, 0.25F, 0.999F, 0.01F, 1e-6F}) {
        const float q = std::nextafter(p, 1.0F);
        const Rows a = {p, 1 - p}, b = {q, 1 - p};
        const double difference = double{q} - double{p}, roots = std::sqrt(double{q}) + std::sqrt(double{p});
        const double expected = difference * difference / (roots * roots) / 2;
        const Distance d = distance_between(a, b, 2);
        EXPECT_GT(d.hellinger2, 0);
        EXPECT_NEAR(d.hellinger2, expected, std::ldexp(expected, -26)) << p;
        EXPECT_EQ(d.max_abs_dp, difference);
        EXPECT_EQ(d.flips, 0U);
    }
}

TEST(Distance, TheLowestIndexWinsATie) {
    const float third = 1.0F / 3;
    EXPECT_EQ(distance_between(Rows{third, third, third}, Rows{0.5F, 0.5F, 0}, 3).flips, 0U);
    EXPECT_EQ(distance_between(Rows{0.5F, 0.5F, 0}, Rows{0, 0.5F, 0.5F}, 3).flips, 1U);
    EXPECT_EQ(distance_between(Rows{0.5F, 0.5F}, Rows{0.5F, std::nextafter(0.5F, 1.0F)}, 2).flips, 1U);
}

// Stream "distance" of seed 1: 2,000 triples of answers, 2 to 10 classes. H^2 <= TV <= sqrt(2) H holds for each input.
TEST(Distance, CountsFlipsAtAThreshold) {
    const std::vector<float> a = {0.75F, 0.25F, 0.5F, 0.5F}, b = {0.625F, 0.375F, 0.25F, 0.75F};
    EXPECT_EQ(distance_between(a, b, 2).flips, 1U);
    EXPECT_EQ(distance_between(a, b, 2, 0.3).flips, 1U);
    EXPECT_EQ(distance_between(a, b, 2, 0.6).flips, 1U);
    EXPECT_EQ(distance_between(a, b, 2, 0.2).flips, 0U);
    EXPECT_EQ(distance_between(a, b, 2, 0.2).hellinger2, distance_between(a, b, 2).hellinger2);
}

TEST(Distance, KeepsTheLawsOfAMetric) {
    Random random(1, "distance");
    for (int i = 0; i < 2'000; ++i) {
        const std::size_t inputs = random.below(5) + 1, classes = random.below(9) + 2;
        const Rows a = random_rows(inputs, classes, random), b = random_rows(inputs, classes, random),
                   c = random_rows(inputs, classes, random);
        const Distance ab = distance_between(a, b, classes), ba = distance_between(b, a, classes);
        EXPECT_EQ(ab.hellinger2, ba.hellinger2) << "symmetric to the last bit";
        EXPECT_EQ(ab.flips, ba.flips);
        EXPECT_EQ(distance_between(a, a, classes).hellinger2, 0);
        EXPECT_GE(ab.hellinger2, 0);
        EXPECT_LE(ab.hellinger2, 1);
        EXPECT_LE(ab.flips, inputs);
        const double through_c = std::sqrt(distance_between(a, c, classes).hellinger2) +
                                 std::sqrt(distance_between(c, b, classes).hellinger2);
        EXPECT_LE(std::sqrt(ab.hellinger2), through_c + 1e-12);
        double variation = 0, largest = 0;
        for (std::size_t k = 0; k < a.size(); ++k) {
            const double dp = std::abs(double{a[k]} - double{b[k]});
            variation += dp / 2 / static_cast<double>(inputs);
            largest = std::max(largest, dp);
        }
        EXPECT_LE(ab.hellinger2, variation + 1e-6) << "rows sum to 1 within float rounding";
        EXPECT_LE(variation, std::sqrt(2 * ab.hellinger2) + 1e-6);
        EXPECT_EQ(ab.max_abs_dp, largest);
    }
}

TEST(Distance, OfNoInputsIsNothing) {
    const Distance d = distance_between(Rows{}, Rows{}, 3);
    EXPECT_EQ(d.inputs, 0U);
    EXPECT_EQ(d.hellinger2, 0);
    EXPECT_EQ(d.flip_share(), 0);
}

TEST(DistanceDeathTest, OfDifferentShapesIsABug) {
    EXPECT_DEATH(distance_between(Rows{1, 0}, Rows{1, 0, 0}, 2), "distance.cpp");
    EXPECT_DEATH(distance_between(Rows{1, 0, 0}, Rows{1, 0, 0}, 2), "distance.cpp");
    EXPECT_DEATH(distance_between(Rows{1}, Rows{1}, 0), "distance.cpp");
}

}  // namespace
}  // namespace assay
