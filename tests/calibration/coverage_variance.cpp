// B7: the interval of V, the variance between runs, from repeats of one configuration with a seed each.
#include "calibration/coverage.hpp"
#include "stats/decomposition.hpp"

namespace assay::calibration {
namespace {

Cell variance_cell(Structure structure, std::size_t seeds) {
    Cell cell;
    cell.name = "V, " + structure_name(structure) + ", " + std::to_string(seeds) + " seeds";
    cell.measures = {coverage_bar("", structure, 0.93, 0.979)};
    cell.quick = structure == Structure::low;
    cell.prepare = [=]() -> Audit {
        const double truth = output_truth(structure, 0).variance;
        return [=, noise = Noise(structure, k_outputs)](std::uint64_t, Random& random, std::span<double> out) {
            const std::vector<std::size_t> seed = repeated(seeds, 1);
            const Symmetric d2 = output_distances(seeded_runs(noise, 0, seed, random));
            const PairClasses classes = pair_classes(d2, {1, seed}, std::vector<std::vector<std::size_t>>{seed});
            out[0] = covers(decompose(classes, {1, false, {}}).variance, truth);
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> coverage_of_variance() {
    std::vector<Cell> cells;
    for (const Structure structure : k_structures) {
        for (const std::size_t seeds : {4U, 6U, 8U, 16U}) cells.push_back(variance_cell(structure, seeds));
    }
    return cells;
}

}  // namespace assay::calibration
