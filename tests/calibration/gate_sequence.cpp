// B10: the gate that looks after every run. Differences of a number between candidate and baseline, seed by seed, with
// sd 1; the margin in units of it.
#include <cmath>

#include "base/text.hpp"
#include "calibration/cell.hpp"
#include "stats/sequential.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_most = 24;

enum class Law { normal, t5 };

// t with 5 degrees of freedom, scaled to sd 1: a normal number over the root of a mean of 5 squares.
double draw(Law law, Random& random) {
    const double z = random.near_normal();
    if (law == Law::normal) return z;
    double sum = 0;
    for (int i = 0; i < 5; ++i) {
        const double x = random.near_normal();
        sum += x * x;
    }
    return z / std::sqrt(sum / 5) * std::sqrt(3.0 / 5);
}

Cell cell_of(Law law, double margin, double truth, std::vector<Measure> measures) {
    Cell cell;
    cell.name = std::string(law == Law::normal ? "normal" : "t5") + ", margin " + fixed(margin, 1) +
                (truth == 0 ? ", nothing changed" : ", truth at the margin");
    cell.measures = std::move(measures);
    cell.quick = margin == 1;
    cell.prepare = [=]() -> Audit {
        return [=](std::uint64_t, Random& random, std::span<double> out) {
            std::vector<double> differences;
            SequentialResult result;
            while (differences.size() < k_most && result.decision == SequentialDecision::undecided) {
                differences.push_back(truth + draw(law, random));
                result = sequential_t(differences, margin);
            }
            if (truth == 0) {
                out[0] = static_cast<double>(differences.size());
            } else {
                out[0] = result.decision == SequentialDecision::pass ? 1 : 0;
                out[1] = result.decision == SequentialDecision::fail ? 1 : 0;
            }
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> errors_of_the_sequential_gate() {
    std::vector<Cell> cells;
    for (const Law law : {Law::normal, Law::t5}) {
        for (const double margin : {0.75, 1.0, 1.5, 2.0}) {
            cells.push_back(
                cell_of(law, margin, margin, {{"PASS", Kind::rate, 0, 0.05}, {"FAIL", Kind::rate, 0, 0.05}}));
            if (margin == 1 || margin == 1.5)
                cells.push_back(cell_of(law, margin, 0, {{"runs", Kind::number, 0, margin == 1 ? 12 : 7.5}}));
        }
    }
    return cells;
}

}  // namespace assay::calibration
