// B4: five factors that do nothing, each tested against one shared base, and Holm over the five.
#include <algorithm>

#include "base/check.hpp"
#include "base/text.hpp"
#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/multiplicity.hpp"
#include "stats/permutation.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_factors = 5, k_seeds = 8;

Cell null_screen(Structure structure, double retention) {
    Cell cell;
    cell.name = structure_name(structure) + ", retention " + fixed(retention, 2);
    cell.measures = {{"", Kind::rate, 0, 0.065}};
    cell.quick = structure == Structure::low && retention == 0.6;
    cell.prepare = [=, name = cell.name]() -> Audit {
        return [=, noise = Noise(structure, k_outputs)](std::uint64_t index, Random& random, std::span<double> out) {
            const std::vector<std::size_t> seed = repeated(k_seeds, k_factors + 1);
            const Symmetric d2 = output_distances(seeded_runs(noise, retention, seed, random));
            std::vector<double> p;
            for (std::size_t factor = 1; factor <= k_factors; ++factor) {
                std::vector<FactorRun> runs;
                for (std::size_t r = 0; r < seed.size(); ++r) {
                    const std::size_t changed = r % (k_factors + 1);  // 0: the base
                    if (changed == 0 || changed == factor) runs.push_back({r, changed == 0 ? 0U : 1U, seed[r], 0});
                }
                PermutationOptions options;
                options.seed = index;
                options.stream = name + std::to_string(factor);
                const PermutationTest test = test_factor(d2, runs, options);
                ASSAY_CHECK(test.p);
                p.push_back(test.p->value);
            }
            const std::vector<double> adjusted = holm(p);
            out[0] = *std::min_element(adjusted.begin(), adjusted.end()) <= 0.05 ? 1 : 0;
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> errors_of_a_screen() {
    std::vector<Cell> cells;
    for (const Structure structure : k_structures) {
        for (const double retention : {0.0, 0.6, 0.95}) cells.push_back(null_screen(structure, retention));
    }
    return cells;
}

}  // namespace assay::calibration
