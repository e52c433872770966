// B2: every level with seeds of its own, three runs of each seed: whole seeds change places.
#include "base/check.hpp"
#include "base/text.hpp"
#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/permutation.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_runs_of_a_seed = 3;

Cell null_audit(Structure structure, double retention, std::size_t seeds) {
    Cell cell;
    cell.name = structure_name(structure) + ", " + std::to_string(seeds) + " + " + std::to_string(seeds) +
                " seeds, retention " + fixed(retention, 2);
    cell.measures = {{"", Kind::rate, 0, 0.065}};
    cell.quick = seeds == 5 && structure == Structure::low;
    cell.prepare = [=, name = cell.name]() -> Audit {
        return [=, noise = Noise(structure, k_outputs)](std::uint64_t index, Random& random, std::span<double> out) {
            const std::vector<std::size_t> seed = repeated(2 * seeds, k_runs_of_a_seed);
            const Symmetric d2 = output_distances(seeded_runs(noise, retention, seed, random));
            std::vector<FactorRun> runs;
            for (std::size_t r = 0; r < seed.size(); ++r)
                runs.push_back({r, seed[r] % 2, seed[r], r % k_runs_of_a_seed});
            PermutationOptions options;
            options.seed = index;
            options.stream = name;
            const PermutationTest test = test_factor(d2, runs, options);
            ASSAY_CHECK(test.p && test.nested);
            out[0] = test.p->value <= 0.05 ? 1 : 0;
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> size_with_nested_seeds() {
    std::vector<Cell> cells;
    for (const Structure structure : k_structures) {
        for (const std::size_t seeds : {5U, 8U}) {
            for (const double retention : {0.0, 0.3, 0.6, 0.95})
                cells.push_back(null_audit(structure, retention, seeds));
        }
    }
    return cells;
}

}  // namespace assay::calibration
