// B12: of the inputs on the list of unstable ones, how many do not belong there?
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/flip_risk.hpp"
#include "stats/instability.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_list_inputs = 400;
constexpr double k_margin_sd = 2;  // two retrains then disagree about one input in five
constexpr double k_tau = 0.1, k_level = 0.1;

// Run r says 1 about input i when its margin and the run's noise there are above 0 together.
std::vector<std::int32_t> labels_of_run(const std::vector<double>& margins, const Noise& noise, Random& random) {
    Points drawn(1, k_list_inputs);
    noise.add(random, 1, drawn[0]);
    std::vector<std::int32_t> labels;
    for (std::size_t i = 0; i < k_list_inputs; ++i)
        labels.push_back(margins[i] * std::sqrt(noise.variance(i)) + drawn[0][i] > 0 ? 1 : 0);
    return labels;
}

double false_share(const FlipList& list, const std::vector<double>& margins,
                   const std::vector<std::int32_t>& deployed) {
    std::size_t wrong = 0;
    for (const std::size_t i : list.inputs) {
        const double says_1 = boost::math::cdf(boost::math::normal(), margins[i]);
        if ((deployed[i] == 1 ? 1 - says_1 : says_1) <= k_tau) ++wrong;
    }
    return list.inputs.empty() ? 0 : static_cast<double>(wrong) / static_cast<double>(list.inputs.size());
}

Cell list_cell(Structure structure, std::size_t runs) {
    Cell cell;
    cell.name = structure_name(structure) + ", " + std::to_string(runs) + " runs beside the deployed one";
    cell.measures = {{"false discoveries", Kind::mean, 0, k_level}, {"lists that are empty", Kind::rate, 0, 1}};
    cell.quick = structure == Structure::low && runs == 8;
    cell.prepare = [=]() -> Audit {
        return [=, noise = Noise(structure, k_list_inputs)](std::uint64_t, Random& random, std::span<double> out) {
            std::vector<double> margins;
            for (std::size_t i = 0; i < k_list_inputs; ++i) margins.push_back(k_margin_sd * random.near_normal());
            const std::vector<std::int32_t> deployed = labels_of_run(margins, noise, random);
            std::vector<std::vector<std::int32_t>> labels;
            for (std::size_t r = 0; r < runs; ++r) labels.push_back(labels_of_run(margins, noise, random));
            const std::vector<std::size_t> counts = disagreements_with(labels, deployed);
            const BetaFit fit = fit_beta_binomial(counts, runs);
            const FlipList list = fit.law ? flip_list(*fit.law, counts, runs, k_tau, k_level) : FlipList{};
            out[0] = false_share(list, margins, deployed);
            out[1] = list.inputs.empty() ? 1 : 0;
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> discoveries_of_flip_lists() {
    std::vector<Cell> cells;
    for (const Structure structure : k_regular) {
        for (const std::size_t runs : {5U, 8U, 16U}) cells.push_back(list_cell(structure, runs));
    }
    return cells;
}

}  // namespace assay::calibration
