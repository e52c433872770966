// B7: the interval of A = T_H / T_S, from two hardware levels that share their seeds.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "calibration/coverage.hpp"
#include "stats/amplification.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_hardware = 2, k_features = 200;
constexpr double k_retention = 0.6;

JackknifeEstimate ratio_of(const Symmetric& d2, std::size_t seeds) {
    HardwareRuns labels;
    std::vector<std::size_t> all(seeds * k_hardware);
    std::iota(all.begin(), all.end(), std::size_t{0});
    for (const std::size_t r : all) {
        labels.seed.push_back(r / k_hardware);
        labels.hardware.push_back(r % k_hardware);
        labels.identity.push_back(r);
    }
    const auto found = amplification(d2, Symmetric(all.size()), labels, Changed::hardware, all);
    ASSAY_CHECK(found.has_value());
    return found->ratio;
}

Cell ratio_cell(Structure structure, std::size_t seeds) {
    Cell cell;
    cell.name = "A, " + structure_name(structure) + ", " + std::to_string(seeds) + " seeds";
    cell.measures = {coverage_bar("", structure, 0.93, 0.979)};
    cell.quick = structure == Structure::low && seeds == 8;
    cell.prepare = [=]() -> Audit {
        const OutputTruth truth = output_truth(structure, k_retention);
        return [=, noise = Noise(structure, k_outputs)](std::uint64_t, Random& random, std::span<double> out) {
            const Points runs = seeded_runs(noise, k_retention, repeated(seeds, k_hardware), random);
            out[0] = covers(ratio_of(output_distances(runs), seeds), truth.same_seed / truth.variance);
        };
    };
    return cell;
}

// Some seeds are amplified, the others differ by rounding alone: quantiles of A per seed as in pool M of real
// trainings. Between them lines that are straight, below the amplified part in the logarithm.
struct Quantile {
    double share, value;
};
constexpr Quantile k_rounding_log10[] = {{0.00, -11.6}, {0.05, -11.5}, {0.25, -11.0}, {0.46, -10.0}};
constexpr Quantile k_amplified[] = {{0.46, 1e-5}, {0.50, 4e-4}, {0.75, 0.36}, {0.95, 0.76}, {1.00, 1.00}};

double on_line(std::span<const Quantile> quantiles, double u) {
    std::size_t k = 1;
    while (k + 1 < quantiles.size() && u >= quantiles[k].share) ++k;
    const Quantile &from = quantiles[k - 1], &to = quantiles[k];
    return from.value + (u - from.share) / (to.share - from.share) * (to.value - from.value);
}

double amplification_of_a_seed(double u) {
    return u < k_amplified[0].share ? std::pow(10, on_line(k_rounding_log10, u)) : on_line(k_amplified, u);
}

double mean_amplification() {  // the rounding part adds less than 1e-10
    double mean = 0;
    for (std::size_t k = 1; k < std::size(k_amplified); ++k) {
        mean +=
            (k_amplified[k].share - k_amplified[k - 1].share) * (k_amplified[k].value + k_amplified[k - 1].value) / 2;
    }
    return mean;
}

Cell bimodal_cell(Structure structure, std::size_t seeds) {
    Cell cell;
    cell.name = "A, bimodal, " + structure_name(structure) + ", " + std::to_string(seeds) + " seeds";
    const double bar = structure == Structure::hi ? 0.92 : 0;  // it is for real trainings, whose noise is like hi
    cell.measures = {{"", Kind::rate, bar, 1}, {"no interval", Kind::rate, 0, 1}};
    cell.quick = structure == Structure::hi && seeds == 6;
    cell.prepare = [=]() -> Audit {
        return [=, noise = Noise(structure, k_features)](std::uint64_t, Random& random, std::span<double> out) {
            Points runs(seeds * k_hardware, k_features);
            for (std::size_t s = 0; s < seeds; ++s) {
                const double a = amplification_of_a_seed(random.uniform());
                const std::span<double> first = runs[s * k_hardware];
                noise.add(random, std::sqrt(1 - a), first);
                std::copy(first.begin(), first.end(), runs[s * k_hardware + 1].begin());
                for (std::size_t h = 0; h < k_hardware; ++h) noise.add(random, std::sqrt(a), runs[s * k_hardware + h]);
            }
            const JackknifeEstimate ratio = ratio_of(vector_distances(runs), seeds);
            out[0] = states_nothing_wrong(ratio, mean_amplification());
            out[1] = ratio.interval ? 0 : 1;
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> coverage_of_hardware() {
    std::vector<Cell> cells;
    for (const Structure structure : k_structures) {
        for (const std::size_t seeds : {4U, 6U, 8U, 16U}) cells.push_back(ratio_cell(structure, seeds));
    }
    for (const Structure structure : k_regular) {
        for (const std::size_t seeds : {4U, 6U, 8U, 16U}) cells.push_back(bimodal_cell(structure, seeds));
    }
    return cells;
}

}  // namespace assay::calibration
