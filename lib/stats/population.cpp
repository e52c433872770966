#include "stats/population.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

#include "base/check.hpp"

namespace assay {
namespace {

double mean_of(std::span<const double> values) {
    double shift = 0;  // from the first: equal values have exactly their own mean
    for (const double value : values) shift += (value - values.front()) / static_cast<double>(values.size());
    return values.front() + shift;
}

double sum_of_squares(std::span<const double> values) {
    const double mean = mean_of(values);
    double sum = 0;
    for (const double value : values) sum += (value - mean) * (value - mean);
    return sum;
}

double variance_of(std::span<const double> values) {
    return sum_of_squares(values) / static_cast<double>(values.size() - 1);
}

// (MS_residual / (n m)): the part of the mean's variance that the runs part and the inputs part both contain.
double shared_part(const RunInputTable& table) {
    return table.ms_residual / static_cast<double>(table.runs) / static_cast<double>(table.inputs);
}

VariancePart runs_part(const RunInputTable& table) {
    const auto runs = static_cast<double>(table.runs);
    return {table.observed_run_variance() / runs, runs - 1};
}

MeanVariance combine(double mean, std::span<const VariancePart> runs, VariancePart inputs, double shared) {
    MeanVariance result;
    result.mean = mean;
    std::vector<VariancePart> parts(runs.begin(), runs.end());
    for (const VariancePart& part : runs) result.runs_part += part.variance;
    parts.push_back(inputs);
    result.inputs_part = inputs.variance;
    result.shared_part = shared;
    const double total = result.runs_part + result.inputs_part - shared;
    result.variance = std::max({total, result.runs_part, result.inputs_part});
    if (const auto df = satterthwaite_df(parts)) {
        const double sum = result.runs_part + result.inputs_part;
        result.df = *df * (result.variance / sum) * (result.variance / sum);
    }
    return result;
}

}  // namespace

std::vector<std::optional<double>> without_each_fold(std::span<const double> numerators,
                                                     std::span<const double> denominators) {
    ASSAY_CHECK(numerators.size() == denominators.size());
    std::vector<std::optional<double>> without;
    for (std::size_t k = 0; k < numerators.size(); ++k) {
        double above = 0, below = 0;  // summed anew: a fold may carry nearly everything
        for (std::size_t other = 0; other < numerators.size(); ++other) {
            if (other == k) continue;
            above += numerators[other];
            below += denominators[other];
        }
        without.push_back(below == 0 ? std::nullopt : std::optional(above / below));
    }
    return without;
}

std::optional<double> fold_log_variance(std::span<const std::optional<double>> without) {
    if (without.size() < 2) return std::nullopt;
    std::vector<double> logs;
    for (const auto& value : without) {
        if (!value || !(*value > 0)) return std::nullopt;
        logs.push_back(std::log(*value));
    }
    const auto folds = static_cast<double>(logs.size());
    return (folds - 1) / folds * sum_of_squares(logs);
}

std::optional<double> satterthwaite_df(std::span<const VariancePart> parts) {
    double sum = 0, weighted = 0;
    for (const VariancePart& part : parts) {
        ASSAY_CHECK(part.variance >= 0 && (part.variance == 0 || part.df > 0));
        sum += part.variance;
    }
    if (sum == 0) return std::nullopt;
    for (const VariancePart& part : parts) {
        if (part.variance > 0) weighted += (part.variance / sum) * (part.variance / sum) / part.df;
    }
    return 1 / weighted;
}

std::optional<PopulationInterval> population_interval(double theta, VariancePart seeds,
                                                      std::span<const std::optional<double>> without_fold,
                                                      double confidence) {
    ASSAY_CHECK(confidence > 0 && confidence < 1);
    const auto inputs = fold_log_variance(without_fold);
    if (!(theta > 0) || !inputs) return std::nullopt;
    const VariancePart parts[] = {seeds, {*inputs, static_cast<double>(without_fold.size() - 1)}};
    const auto df = satterthwaite_df(parts);
    if (!df) return std::nullopt;
    PopulationInterval interval;
    interval.input_log_variance = *inputs;
    interval.log_variance = seeds.variance + *inputs;
    interval.df = *df;
    const double t = boost::math::quantile(boost::math::students_t(*df), 0.5 + confidence / 2);
    const double reach = t * std::sqrt(interval.log_variance);
    interval.low = theta * std::exp(-reach);
    interval.high = theta * std::exp(reach);
    return interval;
}

std::optional<RunInputTable> run_input_table(std::span<const double> values, std::size_t n_runs) {
    ASSAY_CHECK(n_runs > 0 && values.size() % n_runs == 0);
    const std::size_t inputs = values.size() / n_runs;
    if (n_runs < 2 || inputs < 2) return std::nullopt;
    RunInputTable table;
    table.runs = n_runs;
    table.inputs = inputs;
    table.input_means.assign(inputs, 0.0);
    for (std::size_t r = 0; r < n_runs; ++r) {
        const auto row = values.subspan(r * inputs, inputs);
        table.run_means.push_back(mean_of(row));
        for (std::size_t i = 0; i < inputs; ++i) table.input_means[i] += row[i] - values[i];
    }
    const auto n = static_cast<double>(n_runs), m = static_cast<double>(inputs);
    for (std::size_t i = 0; i < inputs; ++i) table.input_means[i] = values[i] + table.input_means[i] / n;
    table.mean = mean_of(table.run_means);
    table.ms_runs = m * variance_of(table.run_means);
    table.ms_inputs = n * variance_of(table.input_means);
    double sum = 0;
    for (std::size_t r = 0; r < n_runs; ++r) {
        for (std::size_t i = 0; i < inputs; ++i) {
            const double rest = values[r * inputs + i] - table.run_means[r] - (table.input_means[i] - table.mean);
            sum += rest * rest;
        }
    }
    table.ms_residual = sum / ((n - 1) * (m - 1));
    return table;
}

std::optional<MeanInterval> mean_interval(const MeanVariance& of, double confidence) {
    ASSAY_CHECK(confidence > 0 && confidence < 1);
    if (!of.df) return std::nullopt;
    const double t = boost::math::quantile(boost::math::students_t(*of.df), 0.5 + confidence / 2);
    const double reach = t * std::sqrt(of.variance);
    return MeanInterval{of.mean - reach, of.mean + reach};
}

MeanVariance mean_variance(const RunInputTable& table) {
    const auto inputs = static_cast<double>(table.inputs);
    const VariancePart runs[] = {runs_part(table)};
    return combine(table.mean, runs, {variance_of(table.input_means) / inputs, inputs - 1}, shared_part(table));
}

MeanVariance mean_difference_variance(const RunInputTable& candidate, const RunInputTable& baseline) {
    ASSAY_CHECK(candidate.inputs == baseline.inputs);
    const auto inputs = static_cast<double>(candidate.inputs);
    std::vector<double> differences;
    for (std::size_t i = 0; i < candidate.inputs; ++i) {
        differences.push_back(candidate.input_means[i] - baseline.input_means[i]);
    }
    const VariancePart runs[] = {runs_part(candidate), runs_part(baseline)};
    return combine(candidate.mean - baseline.mean, runs, {variance_of(differences) / inputs, inputs - 1},
                   shared_part(candidate) + shared_part(baseline));
}

TestSetLuck test_set_luck(const RunInputTable& correct) {
    TestSetLuck luck;
    double doubt = 0;
    for (const double right : correct.input_means) doubt += right * (1 - right);
    luck.observed_sd = std::sqrt(correct.observed_run_variance());
    const auto runs = static_cast<double>(correct.runs);
    luck.predicted_sd = std::sqrt(std::max(0.0, doubt) * runs / (runs - 1)) / static_cast<double>(correct.inputs);
    if (luck.predicted_sd > 0) luck.ratio = luck.observed_sd / luck.predicted_sd;
    return luck;
}

}  // namespace assay
