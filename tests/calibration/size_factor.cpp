// B1: the exact test of a factor that does nothing, levels sharing their seeds.
#include "base/check.hpp"
#include "base/text.hpp"
#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/permutation.hpp"

namespace assay::calibration {
namespace {

Cell null_audit(Structure structure, double retention, std::size_t levels, std::size_t seeds) {
    Cell cell;
    cell.name = structure_name(structure) + ", " + std::to_string(levels) + " levels, " + std::to_string(seeds) +
                " seeds, retention " + fixed(retention, 2);
    const bool two = levels == 2;
    cell.measures = {seeds == 6 ? Measure{"", Kind::rate, 0.020, 0.043}
                                : Measure{"", Kind::rate, two ? 0.035 : 0.030, 0.065}};
    cell.quick = seeds <= 8 && retention == 0.6 && (two || seeds == 4) &&
                 (structure == Structure::low || structure == Structure::heavy);
    cell.prepare = [=, name = cell.name]() -> Audit {
        return [=, noise = Noise(structure, k_outputs)](std::uint64_t index, Random& random, std::span<double> out) {
            const std::vector<std::size_t> seed = repeated(seeds, levels);
            const Symmetric d2 = output_distances(seeded_runs(noise, retention, seed, random));
            std::vector<FactorRun> runs;
            for (std::size_t r = 0; r < seed.size(); ++r) runs.push_back({r, r % levels, seed[r], 0});
            PermutationOptions options;
            options.seed = index;
            options.stream = name;
            const PermutationTest test = test_factor(d2, runs, options);
            ASSAY_CHECK(test.p && !test.nested);
            out[0] = test.p->value <= 0.05 ? 1 : 0;
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> size_of_factor_tests() {
    std::vector<Cell> cells;
    for (const Structure structure : k_structures) {
        for (const std::size_t seeds : {6U, 8U, 16U}) {
            for (const double retention : {0.0, 0.6, 0.95}) cells.push_back(null_audit(structure, retention, 2, seeds));
        }
        for (const std::size_t levels : {3U, 4U}) {
            for (const std::size_t seeds : {4U, 8U}) cells.push_back(null_audit(structure, 0.6, levels, seeds));
        }
    }
    return cells;
}

}  // namespace assay::calibration
