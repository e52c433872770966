// B6: variance components of a seeds x hardware crossing, whole and with cells missing at random. Vectors, whose true
// components are exact.
#include <cmath>

#include "base/check.hpp"
#include "base/text.hpp"
#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/decomposition.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_features = 200;
constexpr FactorSet k_seed_bit = 1, k_hardware_bit = 2;

struct Components {
    double seed, hardware, both;  // shares of V
};

Points crossing(const Noise& noise, std::size_t seeds, std::size_t levels, const Components& truth, Random& random) {
    Points of_seed(seeds, k_features), of_hardware(levels, k_features), runs(seeds * levels, k_features);
    for (std::size_t s = 0; s < seeds; ++s) noise.add(random, std::sqrt(truth.seed), of_seed[s]);
    for (std::size_t h = 0; h < levels; ++h) noise.add(random, std::sqrt(truth.hardware), of_hardware[h]);
    for (std::size_t r = 0; r < runs.size(); ++r) {
        noise.add(random, std::sqrt(truth.both), runs[r]);
        for (std::size_t f = 0; f < k_features; ++f) runs[r][f] += of_seed[r / levels][f] + of_hardware[r % levels][f];
    }
    return runs;
}

Cell components(Structure structure, std::size_t seeds, std::size_t levels, const Components& truth, double missing) {
    Cell cell;
    cell.name = structure_name(structure) + ", " + std::to_string(seeds) + " x " + std::to_string(levels) +
                ", shares " + fixed(truth.seed, 2) + " " + fixed(truth.hardware, 2) + " " + fixed(truth.both, 2) +
                ", missing " + percent(missing, 0);
    cell.measures = {{"seed", Kind::bias, 0, 0.01}, {"hardware", Kind::bias, 0, 0.01}, {"both", Kind::bias, 0, 0.01}};
    cell.quick = structure == Structure::hi && levels == 2 && truth.hardware < 0.05;
    cell.prepare = [=]() -> Audit {
        return [=, noise = Noise(structure, k_features)](std::uint64_t, Random& random, std::span<double> out) {
            const Points runs = crossing(noise, seeds, levels, truth, random);
            const auto n_missing = static_cast<std::size_t>(std::lround(missing * static_cast<double>(runs.size())));
            std::vector<std::size_t> rows;
            for (const std::int64_t r : random.permutation(runs.size())) rows.push_back(static_cast<std::size_t>(r));
            rows.resize(rows.size() - n_missing);
            RunLevels labels{2, {}};
            std::vector<std::vector<std::size_t>> units(1);
            for (std::size_t r = 0; r < runs.size(); ++r) {
                labels.values.insert(labels.values.end(), {r / levels, r % levels});
                units[0].push_back(r / levels);
            }
            const Decomposition found = decompose(pair_classes(vector_distances(runs), labels, units, rows),
                                                  {k_seed_bit | k_hardware_bit, false, {}});
            const double truths[] = {truth.seed, truth.hardware, truth.both};
            for (std::size_t k = 0; k < 3; ++k) {
                const auto& estimate = found.of(static_cast<FactorSet>(k + 1)).component;
                ASSAY_CHECK(estimate.value);
                out[k] = *estimate.value - truths[k];
            }
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> bias_of_components() {
    std::vector<Cell> cells;
    for (const Structure structure : k_regular) {
        for (const Components& truth : {Components{0.30, 0.02, 0.68}, Components{0.60, 0.10, 0.30}}) {
            for (const double missing : {0.0, 0.15}) {
                cells.push_back(components(structure, 8, 2, truth, missing));
                cells.push_back(components(structure, 6, 4, truth, missing));
            }
        }
    }
    return cells;
}

}  // namespace assay::calibration
