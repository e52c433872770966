// B9: one more run of the baseline, taken for a candidate.
#include <numeric>

#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/one_run.hpp"

namespace assay::calibration {

std::vector<Cell> size_of_one_run_tests() {
    std::vector<Cell> cells;
    for (const Structure structure : k_structures) {
        for (const std::size_t others : {19U, 39U}) {
            Cell cell;
            cell.name = structure_name(structure) + ", " + std::to_string(others) + " others";
            cell.measures = {{"", Kind::rate, 0, 0.065}};
            cell.quick = structure == Structure::heavy && others == 19;
            cell.prepare = [=]() -> Audit {
                return [=, noise = Noise(structure, k_outputs)](std::uint64_t, Random& random, std::span<double> out) {
                    const Points runs = seeded_runs(noise, 0, repeated(others + 1, 1), random);
                    std::vector<std::size_t> baseline(others);
                    std::iota(baseline.begin(), baseline.end(), std::size_t{0});
                    out[0] = one_run_test(output_distances(runs), baseline, others)->value <= 0.05 ? 1 : 0;
                };
            };
            cells.push_back(std::move(cell));
        }
    }
    return cells;
}

}  // namespace assay::calibration
