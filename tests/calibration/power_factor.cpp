// B13: what the exact test finds. Vectors, whose shift and effective dimension are exact.
#include <cmath>

#include "base/check.hpp"
#include "base/text.hpp"
#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/permutation.hpp"
#include "stats/power.hpp"

namespace assay::calibration {
namespace {

// kappa: squared distance of the two means over the trace variance of a difference between two runs of one seed.
Cell shift_cell(const std::string& name, std::size_t dimensions, double kappa, double retention, std::size_t seeds,
                double floor) {
    Cell cell;
    cell.name = name + ", " + std::to_string(seeds) + " seeds, kappa " + fixed(kappa, 4) + ", formula " +
                fixed(shift_power(kappa, static_cast<double>(dimensions), seeds), 2);
    cell.measures = {{"", Kind::rate, floor, 1}};
    cell.quick = true;
    cell.prepare = [=, stream = cell.name]() -> Audit {
        return
            [=, noise = Noise(Structure::hi, dimensions)](std::uint64_t index, Random& random, std::span<double> out) {
                const std::vector<std::size_t> seed = repeated(seeds, 2);
                Points runs_at = seeded_runs(noise, retention, seed, random);
                const double step = std::sqrt(kappa * 2 * (1 - retention) / static_cast<double>(dimensions));
                std::vector<FactorRun> runs;
                for (std::size_t r = 0; r < seed.size(); ++r) {
                    runs.push_back({r, r % 2, seed[r], 0});
                    for (std::size_t f = 0; f < dimensions && r % 2 == 1; ++f)
                        runs_at[r][f] += f % 2 == 0 ? step : -step;
                }
                PermutationOptions options;
                options.seed = index;
                options.stream = stream;
                const PermutationTest test = test_factor(vector_distances(runs_at), runs, options);
                ASSAY_CHECK(test.p);
                out[0] = test.p->value <= 0.05 ? 1 : 0;
            };
    };
    return cell;
}

}  // namespace

std::vector<Cell> power_of_factor_tests() {
    // The second bar names no size of its shift: it is the one that the formula finds with 97% probability.
    const double diffuse = detectable_shift(200, 16, 0.97).value();
    // Floors of regression: what the formula gives, less 4 points. Real trainings of this size and dimension were found
    // in 33% and 82%; on normal noise in equal directions the formula is the power of the F test, and no test of this
    // statistic finds more.
    return {shift_cell("pool-like, 317 dimensions", 317, 0.0122, 0, 8, 0.25),
            shift_cell("pool-like, 317 dimensions", 317, 0.0122, 0, 16, 0.67),
            shift_cell("diffuse, 200 dimensions, retention 0.60", 200, diffuse, 0.6, 16, 0.95)};
}

}  // namespace assay::calibration
