// B3: groups of independent runs with one mean and different spreads. Vectors, since through a softmax a wider spread
// moves the mean, too.
#include <cmath>

#include "base/check.hpp"
#include "base/text.hpp"
#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/f2.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_features = 200;

Cell null_audit(Structure structure, std::size_t first, std::size_t second, double sd_ratio) {
    Cell cell;
    cell.name = structure_name(structure) + ", " + std::to_string(first) + " + " + std::to_string(second) +
                " runs, sd ratio " + fixed(sd_ratio, 1);
    cell.measures = {{"", Kind::rate, 0.035, 0.075}};
    cell.quick = structure == Structure::low && first == 16;
    cell.prepare = [=, name = cell.name]() -> Audit {
        return [=, noise = Noise(structure, k_features)](std::uint64_t index, Random& random, std::span<double> out) {
            Points points(first + second, k_features);
            std::vector<std::size_t> group;
            for (std::size_t r = 0; r < points.size(); ++r) {
                group.push_back(r < first ? 0 : 1);
                noise.add(random, r < first ? 1 : sd_ratio, points[r]);
            }
            PermutationOptions options;
            options.seed = index;
            options.stream = name;
            const F2Test test = f2_test(vector_distances(points), group, options);
            ASSAY_CHECK(test.p);
            out[0] = test.p->value <= 0.05 ? 1 : 0;
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> size_of_group_tests() {
    const std::pair<std::size_t, std::size_t> sizes[] = {{8, 8}, {20, 5}, {16, 4}, {5, 20}};
    std::vector<Cell> cells;
    for (const Structure structure : k_regular) {
        for (const auto& [first, second] : sizes) {
            for (const double ratio : {0.6, 1.0, 1.6}) cells.push_back(null_audit(structure, first, second, ratio));
        }
    }
    return cells;
}

}  // namespace assay::calibration
