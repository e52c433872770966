// B7: the intervals of total indices, from blocks of 2 x 2 x 2 crossed seeds. Vectors, whose true indices are exact:
// the components are about those of real trainings, nearly all of it an interaction of all three seeds.
#include <cmath>

#include "calibration/coverage.hpp"
#include "stats/decomposition.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_features = 200, k_factors = 3, k_block = 8;
constexpr FactorSet k_all = 7;
// By set of factors: initial weights 1, shuffling 2, dropout 4.
constexpr double k_components[] = {0, 0.081, 0.003, 0.0185, 0.0005, 0.0005, 0, 0.8965};

// The total index of one factor when each run's noise is scaled by c: 1 - (E c)^2 / E c^2 (1 - ST).
double total_index(Structure structure, FactorSet factor) {
    double total = 0;
    for (FactorSet set = 1; set <= k_all; ++set) total += set & factor ? k_components[set] : 0;
    return 1 - mean_scale(structure) * mean_scale(structure) / mean_square_scale(structure) * (1 - total);
}

// Run r of a block has seed (r >> k) & 1 of factor k. What the set u contributes depends on the bits of r in u alone.
void add_block(const Noise& noise, std::size_t block, Random& random, Points& runs) {
    Points parts(k_block, k_features);
    for (FactorSet set = 1; set <= k_all; ++set) {
        if (k_components[set] == 0) continue;
        for (std::size_t bits = 0; bits < k_block; ++bits) {
            if ((bits & set) != bits) continue;
            Points part(1, k_features);
            noise.add(random, std::sqrt(k_components[set]), part[0]);
            for (std::size_t r = 0; r < k_block; ++r) {
                if ((r & set) != bits) continue;
                for (std::size_t f = 0; f < k_features; ++f) parts[r][f] += part[0][f];
            }
        }
    }
    for (std::size_t r = 0; r < k_block; ++r) {
        const double scale = noise.run_scale(random);
        for (std::size_t f = 0; f < k_features; ++f) runs[block * k_block + r][f] = scale * parts[r][f];
    }
}

Cell shares_cell(Structure structure, std::size_t blocks) {
    Cell cell;
    cell.name = "ST, " + structure_name(structure) + ", " + std::to_string(blocks) + " blocks";
    for (const char* factor : {"init", "shuffle", "dropout"})
        cell.measures.push_back(coverage_bar(factor, structure, 0.925, 0.97));
    cell.quick = structure == Structure::low && blocks == 4;
    cell.prepare = [=]() -> Audit {
        RunLevels levels{k_factors, {}};
        std::vector<std::vector<std::size_t>> units(1);
        for (std::size_t r = 0; r < blocks * k_block; ++r) {
            const std::size_t block = r / k_block;
            for (std::size_t k = 0; k < k_factors; ++k) levels.values.push_back(2 * block + (r >> k & 1));
            units[0].push_back(block);
        }
        return [=, noise = Noise(structure, k_features)](std::uint64_t, Random& random, std::span<double> out) {
            Points runs(blocks * k_block, k_features);
            for (std::size_t b = 0; b < blocks; ++b) add_block(noise, b, random, runs);
            const PairClasses classes = pair_classes(vector_distances(runs), levels, units);
            const Decomposition found = decompose(classes, {k_all, false, {3, 0.95}});
            for (std::size_t k = 0; k < k_factors; ++k) {
                const FactorSet factor = FactorSet{1} << k;
                out[k] = covers(found.of(factor).total_index, total_index(structure, factor));
            }
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> coverage_of_seed_shares() {
    std::vector<Cell> cells;
    for (const Structure structure : k_structures) {
        for (const std::size_t blocks : {3U, 4U, 8U}) cells.push_back(shares_cell(structure, blocks));
    }
    return cells;
}

}  // namespace assay::calibration
