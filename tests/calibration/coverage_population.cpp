// B11: intervals that hold for new inputs, too: of an accuracy difference over runs and inputs, and of V with folds.
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "base/check.hpp"
#include "base/text.hpp"
#include "calibration/coverage.hpp"
#include "stats/decomposition.hpp"
#include "stats/gram.hpp"
#include "stats/population.hpp"

namespace assay::calibration {
namespace {

const Measure k_bar{"", Kind::rate, 0.925, 0.99};
constexpr std::size_t k_folds = 20;

// ---- Accuracy of two configurations that are equally good on the population of inputs, runs and inputs being random.

// How likely a run is right about each input: common to both, and a part of each configuration's own.
std::vector<double> hit_rates(const std::vector<double>& common, Random& random) {
    std::vector<double> rates;
    for (const double rate : common) rates.push_back(rate + 0.2 * (random.uniform() - 0.5));
    return rates;
}

std::vector<double> hits(const std::vector<double>& rates, std::size_t runs, double run_sd, Random& random) {
    std::vector<double> table;
    for (std::size_t r = 0; r < runs; ++r) {
        const double luck = run_sd * random.near_normal();
        for (const double rate : rates) table.push_back(random.uniform() < rate + luck ? 1 : 0);
    }
    return table;
}

Cell accuracy_cell(std::size_t runs, std::size_t inputs, double run_sd) {
    Cell cell;
    cell.name = "accuracy, " + std::to_string(runs) + " + " + std::to_string(runs) + " runs, " +
                std::to_string(inputs) + " inputs, run sd " + fixed(run_sd, 3);
    cell.measures = {k_bar};
    cell.quick = inputs == 1000 && runs == 4;
    cell.prepare = [=]() -> Audit {
        return [=](std::uint64_t, Random& random, std::span<double> out) {
            std::vector<double> common;
            for (std::size_t i = 0; i < inputs; ++i) common.push_back(0.3 + 0.5 * random.uniform());
            const auto a = run_input_table(hits(hit_rates(common, random), runs, run_sd, random), runs);
            const auto b = run_input_table(hits(hit_rates(common, random), runs, run_sd, random), runs);
            const MeanVariance found = mean_difference_variance(*a, *b);
            ASSAY_CHECK(found.df);
            const double t = boost::math::quantile(boost::math::students_t(*found.df), 0.975);
            out[0] = std::abs(found.mean) <= t * std::sqrt(found.variance) ? 1 : 0;
        };
    };
    return cell;
}

// ---- V over inputs that differ in their logits and in how much training moves them.

constexpr double k_logit_sd = 1.5, k_move = 0.5, k_log_move_sd = 0.5;

struct InputLaw {
    double move;
    double base[k_classes], loading[3][k_classes];
};

InputLaw new_input(Structure structure, Random& random) {
    InputLaw law{};
    law.move = k_move * std::exp(k_log_move_sd * random.near_normal());
    for (double& logit : law.base) logit = k_logit_sd * random.near_normal();
    if (structure == Structure::low) {
        for (auto& row : law.loading) {
            for (double& loading : row) loading = random.near_normal() / std::sqrt(3.0);
        }
    }
    return law;
}

// What one run says about one input; `directions` are the run's.
void answer(Structure structure, const InputLaw& law, const double* directions, Random& random, double* p) {
    double sum = 0;
    for (std::size_t c = 0; c < k_classes; ++c) {
        double noise = 0;
        if (structure == Structure::low) {
            for (std::size_t k = 0; k < 3; ++k) noise += law.loading[k][c] * directions[k];
        } else {
            noise = random.near_normal();
        }
        p[c] = std::exp(law.base[c] + law.move * noise);
        sum += p[c];
    }
    for (std::size_t c = 0; c < k_classes; ++c) p[c] /= sum;
}

// Half the expected squared distance of two runs at one input: 400,000 inputs, two runs each.
double population_variance(Structure structure) {
    constexpr std::size_t k_truth_inputs = 400'000;
    double sum = 0;
    for (std::size_t i = 0; i < k_truth_inputs; ++i) {
        Random random(20'260, "calibration.population_truth", i);
        const InputLaw law = new_input(structure, random);
        double p[2][k_classes];
        for (auto& of_run : p) {
            const double directions[3] = {random.near_normal(), random.near_normal(), random.near_normal()};
            answer(structure, law, directions, random, of_run);
        }
        for (std::size_t c = 0; c < k_classes; ++c) {
            const double difference = std::sqrt(p[0][c]) - std::sqrt(p[1][c]);
            sum += difference * difference / 4;
        }
    }
    return sum / k_truth_inputs;
}

RunDistances folded_distances(Structure structure, std::size_t seeds, std::size_t inputs, Random& random) {
    std::vector<InputLaw> laws;
    std::vector<std::size_t> folds;
    for (std::size_t i = 0; i < inputs; ++i) {
        laws.push_back(new_input(structure, random));
        folds.push_back(random.below(k_folds));
    }
    std::vector<std::vector<double>> values(seeds, std::vector<double>(inputs * k_classes));
    std::vector<std::string> names;
    for (std::size_t s = 0; s < seeds; ++s) {
        const double directions[3] = {random.near_normal(), random.near_normal(), random.near_normal()};
        for (std::size_t i = 0; i < inputs; ++i)
            answer(structure, laws[i], directions, random, values[s].data() + i * k_classes);
        names.push_back(std::to_string(s));
    }
    std::vector<RunProbabilities<double>> runs;
    for (std::size_t s = 0; s < seeds; ++s) runs.push_back({values[s], names[s]});
    return hellinger_distances(runs, k_classes, {{}, folds, k_folds, 1});
}

double half_mean_distance(const Symmetric& d2) {
    double sum = 0;
    for (const double value : d2.values) sum += value / 2;
    return sum / static_cast<double>(d2.n * (d2.n - 1));
}

Cell variance_cell(Structure structure, std::size_t seeds, std::size_t inputs) {
    Cell cell;
    cell.name = "V, " + structure_name(structure) + ", " + std::to_string(seeds) + " seeds, " + std::to_string(inputs) +
                " inputs";
    cell.measures = {k_bar};
    cell.quick = structure == Structure::low && inputs == 100 && seeds == 8;
    cell.prepare = [=]() -> Audit {
        const double truth = population_variance(structure);
        return [=](std::uint64_t, Random& random, std::span<double> out) {
            const RunDistances found = folded_distances(structure, seeds, inputs, random);
            const std::vector<std::size_t> seed = repeated(seeds, 1);
            const JackknifeEstimate v =
                decompose(pair_classes(found.d2, {1, seed}, std::vector<std::vector<std::size_t>>{seed}),
                          {1, false, {}})
                    .variance;
            std::vector<double> numerators, denominators;
            for (std::size_t k = 0; k < k_folds; ++k) {
                if (found.fold_weight[k] == 0) continue;
                numerators.push_back(half_mean_distance(found.fold_d2[k]));
                denominators.push_back(found.fold_weight[k]);
            }
            const double se = v.interval->standard_error.value();
            const auto interval =
                population_interval(*v.value, {se * se, static_cast<double>(v.interval->degrees_of_freedom)},
                                    without_each_fold(numerators, denominators));
            out[0] = interval && interval->low <= truth && truth <= interval->high ? 1 : 0;
        };
    };
    return cell;
}

}  // namespace

std::vector<Cell> coverage_of_population() {
    std::vector<Cell> cells;
    for (const std::size_t inputs : {200U, 1000U, 5000U}) {
        for (const double run_sd : {0.0, 0.013, 0.037}) cells.push_back(accuracy_cell(4, inputs, run_sd));
    }
    for (const double run_sd : {0.0, 0.013, 0.037}) cells.push_back(accuracy_cell(8, 1000, run_sd));
    for (const Structure structure : {Structure::hi, Structure::low}) {
        for (const std::size_t seeds : {4U, 8U, 16U}) {
            for (const std::size_t inputs : {100U, 400U}) cells.push_back(variance_cell(structure, seeds, inputs));
        }
    }
    return cells;
}

}  // namespace assay::calibration
