// How often tests of factors reject a true hypothesis: on 500 audits without an effect, exactly as often as the number
// of arrangements allows, within the limits of the binomial law.
#include <gtest/gtest.h>

#include <cmath>

#include "lib/stats/audit_data.hpp"
#include "stats/permutation.hpp"

namespace assay {
namespace {

constexpr int k_audits = 500;

double binomial(int k, int n, double p) {
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) + k * std::log(p) +
                    (n - k) * std::log1p(-p));
}

// Both tails have less than 1 in 10,000.
std::pair<int, int> limits(double p) {
    int low = 0, high = k_audits;
    for (double below = binomial(0, k_audits, p); below < 1e-4; below += binomial(low, k_audits, p)) ++low;
    for (double above = binomial(high, k_audits, p); above < 1e-4; above += binomial(high, k_audits, p)) --high;
    return {low, high};
}

struct Count {
    int rejected = 0;
    double level = 0;  // the largest attainable one, at most 5%
};

template <class Test>
Count count_rejections(const Crossing& crossing, const char* stream, double other_effect, const Test& test) {
    Count count;
    for (std::uint64_t i = 0; i < k_audits; ++i) {
        Audit audit = random_audit(crossing, stream, i);
        for (const FactorRun& run : audit.runs) {  // the other factor acts, and differently in each seed
            if (run.other == 0) continue;
            Random random(i, "other", run.seed);
            for (double& x : audit.points[run.row]) x += other_effect * (1 + random.near_normal());
        }
        const PermutationTest result = test(audit.d2(), audit.runs, PermutationOptions{1, stream, 0.05, 9'999, 1});
        const auto total = static_cast<double>(result.p->total);
        count.level = std::floor(0.05 * total) / total;
        count.rejected += result.p->value <= 0.05 ? 1 : 0;
    }
    return count;
}

TEST(SizeOfFactorTests, IsTheAttainableLevel) {
    struct Row {
        const char* name;
        Crossing crossing;
        double other_effect, level;
    };
    const Row rows[] = {
        {"8 seeds, 2 levels", {2, 8}, 0, 6.0 / 128},
        {"8 seeds that count for much", {2, 8, 1, 1, 5, 5}, 0, 6.0 / 128},
        {"6 seeds, 2 levels", {2, 6}, 0, 1.0 / 32},
        {"4 seeds, 3 levels", {3, 4}, 0, 10.0 / 216},
        {"another factor acts", {2, 7, 2}, 3, 3.0 / 64},
        {"nested seeds with 3 runs each that are nearly the same", {2, 5, 1, 3, 5, 5, true}, 0, 6.0 / 126},
        {"nested seeds at both levels of another factor", {2, 4, 2, 1, 5, 2, true}, 3, 1.0 / 35},
    };
    for (const Row& row : rows) {
        const Count count = count_rejections(row.crossing, row.name, row.other_effect, test_factor);
        const auto [low, high] = limits(row.level);
        EXPECT_DOUBLE_EQ(count.level, row.level) << row.name;
        EXPECT_GE(count.rejected, low) << row.name;
        EXPECT_LE(count.rejected, high) << row.name;
    }
}

TEST(SizeOfInteractionTests, IsTheAttainableLevel) {
    const Count count = count_rejections({2, 7, 2}, "no interaction", 3, test_interaction);
    const auto [low, high] = limits(3.0 / 64);
    EXPECT_GE(count.rejected, low);
    EXPECT_LE(count.rejected, high);
}

}  // namespace
}  // namespace assay
