// B8: the gate's excess distance R. Vectors, where R is exact: R = (V_b + V_c + shift^2) / (2 V_b).
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "base/text.hpp"
#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/excess.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_features = 200;

// How a candidate comes to be so far away: another mean, or a wider spread around the same.
enum class Change { shift, spread };

struct World {
    Structure structure = Structure::hi;
    std::size_t baseline = 8, candidate = 8;
    bool paired = true;
    double retention = 0, truth = 1;
    Change change = Change::shift;
};

std::vector<double> direction_of_shift() {
    Random random(2026, "calibration.shift");
    std::vector<double> direction(k_features);
    double square = 0;
    for (double& x : direction) {
        x = random.near_normal();
        square += x * x;
    }
    for (double& x : direction) x /= std::sqrt(square);
    return direction;
}

Excess simulated(const World& world, const Noise& noise, std::span<const double> direction, Random& random) {
    std::vector<std::size_t> seed(world.baseline + world.candidate);
    std::iota(seed.begin(), seed.end(), std::size_t{0});
    for (std::size_t s = 0; world.paired && s < world.candidate; ++s) seed[world.baseline + s] = s;
    Points runs = seeded_runs(noise, world.retention, seed, random);
    const double variance = mean_square_scale(world.structure);
    const bool shifted = world.change == Change::shift;
    const double length = shifted ? std::sqrt(2 * variance * (world.truth - 1)) : 0;
    const double scale = shifted ? 1 : std::sqrt(2 * world.truth - 1);
    for (std::size_t r = world.baseline; r < runs.size(); ++r) {
        for (std::size_t f = 0; f < k_features; ++f) runs[r][f] = scale * runs[r][f] + length * direction[f];
    }
    std::vector<std::size_t> b(world.baseline), c(world.candidate);
    std::iota(b.begin(), b.end(), std::size_t{0});
    std::iota(c.begin(), c.end(), world.baseline);
    return excess_distance(vector_distances(runs), b, c, world.paired);
}

std::string name_of(const World& world, double margin) {
    std::string name = structure_name(world.structure) + ", ";
    name += world.paired ? plural(world.baseline, "pair")
                         : std::to_string(world.baseline) + " + " + std::to_string(world.candidate) + " runs";
    name += ", margin " + fixed(margin, 2);
    if (world.paired) name += ", retention " + fixed(world.retention, 2);
    if (world.truth == 1) return name + ", nothing changed";
    return name + (world.change == Change::shift ? ", R at the margin by a shift" : ", R at the margin by spread");
}

enum class Asked { false_pass, pass, false_fail };

Cell cell_of(const World& world, double margin, std::vector<Measure> measures, std::vector<Asked> asked) {
    Cell cell;
    cell.name = name_of(world, margin);
    cell.measures = std::move(measures);
    cell.prepare = [=]() -> Audit {
        return [=, noise = Noise(world.structure, k_features), direction = direction_of_shift()](
                   std::uint64_t, Random& random, std::span<double> out) {
            const Excess excess = simulated(world, noise, direction, random);
            ASSAY_CHECK(excess.located);
            const bool pass = upper_bound(*excess.located, 0.95) < margin;
            const bool fail = p_above(*excess.located, margin) <= 0.05;
            for (std::size_t k = 0; k < asked.size(); ++k)
                out[k] = (asked[k] == Asked::false_fail ? fail : pass) ? 1 : 0;
        };
    };
    return cell;
}

void add_at_the_margin(World world, double margin, double most, std::vector<Cell>& cells) {
    world.truth = margin;
    for (const Change change : {Change::shift, Change::spread}) {
        world.change = change;
        cells.push_back(cell_of(world, margin, {{"", Kind::rate, 0, most}}, {Asked::false_pass}));
        cells.back().quick =
            world.structure == Structure::low && world.baseline == 8 && margin == 1.25 && world.retention == 0;
    }
}

void add_unchanged(const World& world, double margin, std::vector<Cell>& cells) {
    const bool heavy = world.structure == Structure::heavy;
    std::vector<Measure> measures = {{"FAIL", Kind::rate, 0, heavy ? 0.04 : margin < 1.2 ? 0.025 : 0.015}};
    std::vector<Asked> asked = {Asked::false_fail};
    if (world.structure == Structure::hi && world.paired && margin == 1.25 && world.baseline <= 8) {
        measures.push_back({"PASS", Kind::rate, world.baseline == 6 ? 0.90 : 0.99, 1});
        asked.push_back(Asked::pass);
    }
    cells.push_back(cell_of(world, margin, measures, asked));
    cells.back().quick = world.structure == Structure::hi && world.baseline == 8 && world.retention == 0;
}

}  // namespace

std::vector<Cell> errors_of_the_gate() {
    std::vector<Cell> cells;
    const std::pair<std::size_t, std::size_t> separate[] = {{5, 3}, {8, 4}, {8, 8}, {16, 8}, {20, 5}};
    for (const Structure structure : k_structures) {
        const bool heavy = structure == Structure::heavy;
        for (const double margin : {1.1, 1.25}) {
            for (const std::size_t seeds : {6U, 8U, 16U}) {
                for (const double retention : {0.0, 0.6}) {
                    const World world{structure, seeds, seeds, true, retention};
                    add_at_the_margin(world, margin, heavy ? 0.10 : 0.068, cells);
                    add_unchanged(world, margin, cells);
                }
            }
            for (const auto& [b, c] : separate) {
                if (c < k_min_excess_seeds) continue;
                const World world{structure, b, c, false, 0};
                add_at_the_margin(world, margin, heavy ? 0.10 : 0.07, cells);
                add_unchanged(world, margin, cells);
            }
        }
    }
    return cells;
}

}  // namespace assay::calibration
