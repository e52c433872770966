// B5: two groups of runs that vary equally much.
#include "base/text.hpp"
#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/dispersion.hpp"

namespace assay::calibration {
namespace {

Measure bar_of(Structure structure) { return {"", Kind::rate, 0, structure == Structure::heavy ? 0.09 : 0.065}; }

// A test that cannot be made rejects nothing.
double rejected(const Dispersion& dispersion) { return dispersion.evidence && dispersion.evidence->p <= 0.05 ? 1 : 0; }

Cell paired(Structure structure, double retention, std::size_t seeds) {
    Cell cell;
    cell.name =
        structure_name(structure) + ", " + std::to_string(seeds) + " shared seeds, retention " + fixed(retention, 2);
    cell.measures = {bar_of(structure)};
    cell.quick = seeds == 16 && structure == Structure::low;
    cell.prepare = [=]() -> Audit {
        return [=, noise = Noise(structure, k_outputs)](std::uint64_t, Random& random, std::span<double> out) {
            const Points runs = seeded_runs(noise, retention, repeated(seeds, 2), random);
            std::vector<std::size_t> a, b;
            for (std::size_t s = 0; s < seeds; ++s) {
                a.push_back(2 * s);
                b.push_back(2 * s + 1);
            }
            out[0] = rejected(dispersion_paired(output_distances(runs), a, b));
        };
    };
    return cell;
}

Cell unpaired(Structure structure, std::size_t first, std::size_t second) {
    Cell cell;
    cell.name =
        structure_name(structure) + ", " + std::to_string(first) + " + " + std::to_string(second) + " separate runs";
    cell.measures = {bar_of(structure)};
    cell.quick = first == 16 && structure == Structure::low;
    cell.prepare = [=]() -> Audit {
        return [=, noise = Noise(structure, k_outputs)](std::uint64_t, Random& random, std::span<double> out) {
            const Points runs = seeded_runs(noise, 0, repeated(first + second, 1), random);
            std::vector<std::size_t> a, b;
            for (std::size_t r = 0; r < first + second; ++r) (r < first ? a : b).push_back(r);
            out[0] = rejected(dispersion_unpaired(output_distances(runs), a, b));
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> size_of_dispersion_tests() {
    const std::pair<std::size_t, std::size_t> sizes[] = {{4, 4}, {8, 8}, {16, 16}, {20, 5}};
    std::vector<Cell> cells;
    for (const Structure structure : k_structures) {
        for (const std::size_t seeds : {4U, 8U, 16U}) {
            for (const double retention : {0.0, 0.6}) cells.push_back(paired(structure, retention, seeds));
        }
        for (const auto& [first, second] : sizes) cells.push_back(unpaired(structure, first, second));
    }
    return cells;
}

}  // namespace assay::calibration
