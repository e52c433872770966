// Components from crossings with missing cells, in a model whose truth is exact.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "lib/stats/reference_data.hpp"
#include "stats/decomposition.hpp"

namespace assay {
namespace {

constexpr std::size_t k_seeds = 8, k_machines = 2, k_dims = 20, k_audits = 2000;

std::vector<double> vector_of(Random& random, double variance) {
    std::vector<double> x;
    for (std::size_t d = 0; d < k_dims; ++d)
        x.push_back(std::sqrt(variance / static_cast<double>(k_dims)) * random.near_normal());
    return x;
}

// A run is its seed's vector + its machine's vector + one of its own; their variances (traces) are the components.
Decomposition audit(const std::vector<double>& truth, double missing, std::uint64_t index) {
    Random random(20'244, "missing_cells", index);
    std::vector<std::vector<double>> seeds, machines, points;
    for (std::size_t s = 0; s < k_seeds; ++s) seeds.push_back(vector_of(random, truth[0]));
    for (std::size_t h = 0; h < k_machines; ++h) machines.push_back(vector_of(random, truth[1]));
    RunLevels levels{2, {}};
    std::vector<std::vector<std::size_t>> units(1);
    for (std::size_t s = 0; s < k_seeds; ++s) {
        for (std::size_t h = 0; h < k_machines; ++h) {
            std::vector<double> own = vector_of(random, truth[2]);
            if (random.uniform() < missing) continue;
            for (std::size_t d = 0; d < k_dims; ++d) own[d] += seeds[s][d] + machines[h][d];
            points.push_back(own);
            levels.values.insert(levels.values.end(), {s, h});
            units[0].push_back(s);
        }
    }
    return decompose(pair_classes(squared_distances(points), levels, units), {0b11});
}

struct Mean {
    double sum = 0, squares = 0;
    void add(double x) {
        sum += x;
        squares += x * x;
    }
    double value() const { return sum / k_audits; }
    double error() const { return std::sqrt((squares / k_audits - value() * value()) / k_audits); }
};

// Within 3 Monte-Carlo standard errors of the truth, and within 1% of the variance: 2 shares of the seed, cells
// complete or 15% missing.
TEST(MissingCells, LeaveComponentsUnbiased) {
    std::uint64_t index = 0;
    for (const std::vector<double>& truth : {std::vector{0.6, 0.1, 0.3}, std::vector{0.1, 0.02, 0.88}}) {
        for (const double missing : {0.0, 0.15}) {
            Mean means[3];
            for (std::size_t i = 0; i < k_audits; ++i) {
                const Decomposition d = audit(truth, missing, index++);
                for (const FactorSet u : {1U, 2U, 3U}) means[u - 1].add(d.of(u).component.value.value());
            }
            for (std::size_t k = 0; k < 3; ++k) {
                EXPECT_NEAR(means[k].value(), truth[k], 3 * means[k].error()) << "component " << k + 1;
                EXPECT_NEAR(means[k].value(), truth[k], 0.01) << "of a variance of 1, component " << k + 1;
                EXPECT_LT(means[k].error(), 0.01) << "too few audits to see a bias";
            }
        }
    }
}

}  // namespace
}  // namespace assay
