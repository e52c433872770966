#include <gtest/gtest.h>

#include "base/random.hpp"
#include "stats/decomposition.hpp"

namespace assay {
namespace {

TEST(EffectiveDimension, CountsDirectionsOfTheirOwnSize) {
    // From many normal runs the estimate is near the truth (tr C)^2 / tr C^2 for C = diag(weights^2).
    Random random(20'243, "effective_dimension");
    const std::vector<std::vector<double>> rows[] = {
        {{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {10}}, {{3, 1, 1}, {121.0 / 83}}, {{1}, {1}}, {{2, 2, 0.1}, {2.0}}};
    for (const auto& row : rows) {
        const std::size_t n = 200;
        std::vector<std::vector<double>> points(n, row[0]);
        std::vector<double> mean(row[0].size());
        for (auto& point : points) {
            for (std::size_t k = 0; k < point.size(); ++k) {
                point[k] *= random.near_normal();
                mean[k] += point[k] / static_cast<double>(n);
            }
        }
        Symmetric gram(n);
        for (std::size_t r = 0; r < n; ++r) {
            for (std::size_t s = 0; s <= r; ++s) {
                double sum = 0;
                for (std::size_t k = 0; k < mean.size(); ++k)
                    sum += (points[r][k] - mean[k]) * (points[s][k] - mean[k]);
                gram.set(r, s, sum);
            }
        }
        EXPECT_NEAR(effective_dimension(gram, n - 1).value(), row[1][0], 0.1 * row[1][0]);
    }
}

TEST(EffectiveDimension, HasTheValueByHandOrNone) {
    // t = 6, q = 14, df = 3: t2 = (14 - 12) / (2 * 5) = 0.2, nu = ((36 - 1.2) / 9) / 0.2 = 19.333...
    Symmetric gram(3);
    for (std::size_t k = 0; k < 3; ++k) gram.set(k, k, static_cast<double>(k + 1));
    EXPECT_NEAR(effective_dimension(gram, 3).value(), 58.0 / 3, 1e-12);
    EXPECT_EQ(effective_dimension(gram, 1), std::nullopt) << "one degree of freedom";
    EXPECT_EQ(effective_dimension(Symmetric(4), 3), std::nullopt) << "no variation";
    Symmetric even(3);
    for (std::size_t k = 0; k < 3; ++k) even.set(k, k, 1);
    EXPECT_EQ(effective_dimension(even, 3), std::nullopt) << "as many directions as one can see";
    Symmetric one(3);
    one.set(0, 0, 1);
    EXPECT_EQ(effective_dimension(one, 3), 1.0);
}

}  // namespace
}  // namespace assay
