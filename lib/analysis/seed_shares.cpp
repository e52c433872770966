// Seed streams, one configuration at a time: total effects and first-order shares side by side, never one pie.
#include <algorithm>

#include "analysis/evidence.hpp"
#include "analysis/figures.hpp"
#include "stats/decomposition.hpp"
#include "stats/population.hpp"

namespace assay {
namespace {

RunLevels stream_levels(const EvidenceInput& in) {
    RunLevels levels{in.design.stream.size(), {}};
    for (const std::size_t run : in.table.run_of_row) {
        for (const auto& stream : in.design.stream) levels.values.push_back(stream[run]);
    }
    return levels;
}

// V without each fold of inputs: of the pairs that differ in every stream. A fold may have no inputs.
std::vector<std::optional<double>> variance_without_folds(const EvidenceInput& in, const RunLevels& levels,
                                                          const std::vector<std::size_t>& rows, FactorSet all) {
    std::vector<double> numerators, weights;
    for (std::size_t fold = 0; fold < in.table.fold_d2.size(); ++fold) {
        if (in.table.fold_weight[fold] == 0) continue;
        const PairClasses classes = pair_classes(in.table.fold_d2[fold], levels, {}, rows);
        numerators.push_back(pair_mean(classes, all).value_or(0));
        weights.push_back(in.table.fold_weight[fold]);
    }
    return without_each_fold(numerators, weights);
}

// V with the inputs as a sample, too.
Figure population_figure(const EvidenceInput& in, const RunLevels& levels, const std::vector<std::size_t>& rows,
                         FactorSet all, const JackknifeEstimate& variance, Figure figure) {
    figure.interval.reset();
    const bool sure = variance.interval && variance.interval->standard_error && !in.table.fold_d2.empty();
    if (!sure) return figure;
    const double se = *variance.interval->standard_error;
    const VariancePart seeds{se * se, static_cast<double>(variance.interval->degrees_of_freedom)};
    const auto interval = population_interval(*variance.value, seeds, variance_without_folds(in, levels, rows, all));
    if (interval) figure.interval = Interval{rounded(interval->low), rounded(interval->high)};
    return figure;
}

SeedShares shares_of(const EvidenceInput& in, const RunLevels& levels, const Configuration& configuration,
                     const std::vector<std::vector<std::size_t>>& units) {
    SeedShares out;
    out.where = configuration.where;
    const std::vector<std::size_t> rows = rows_of(in.table, configuration.runs);
    DecompositionSettings settings;
    settings.factors = (FactorSet{1} << levels.n_factors) - 1;
    settings.jackknife.min_units = in.design.units.min_units;
    const Decomposition parts = decompose(pair_classes(in.table.d2, levels, units, rows), settings);
    const auto figure = [&](const JackknifeEstimate& one) {
        return figure_of(one, in.design.units, configuration.runs);
    };
    out.variance = figure(parts.variance);
    out.population = population_figure(in, levels, rows, settings.factors, parts.variance, out.variance);
    out.flags = parts.flags;
    if (levels.n_factors < 2) return out;
    for (std::size_t s = 0; s < levels.n_factors; ++s) {
        const SetEffect& effect = parts.of(FactorSet{1} << s);
        out.streams.push_back({in.design.seed_axes[s].name, figure(effect.total_index), figure(effect.first_order)});
    }
    for (const SetEffect& effect : parts.sets) {
        SeedComponent component{{}, figure(effect.component)};
        for (std::size_t s = 0; s < levels.n_factors; ++s) {
            if ((effect.factors >> s & 1) != 0) component.streams.push_back(in.design.seed_axes[s].name);
        }
        out.components.push_back(std::move(component));
    }
    return out;
}

}  // namespace

std::vector<SeedShares> seed_shares(const EvidenceInput& in) {
    std::vector<SeedShares> out;
    if (in.design.seed_axes.empty()) return out;
    const RunLevels levels = stream_levels(in);
    std::vector<std::vector<std::size_t>> units;
    for (const auto& set : in.design.units.unit_of_run) units.push_back(by_row(in.table, set));
    for (const Configuration& configuration : configurations(in.plan, in.outcomes)) {
        if (configuration.runs.size() > 1) out.push_back(shares_of(in, levels, configuration, units));
    }
    return out;
}

}  // namespace assay
