#include "analysis/effect_dimension.hpp"

#include <algorithm>

#include "analysis/evidence.hpp"
#include "analysis/outcome.hpp"
#include "base/error.hpp"
#include "stats/decomposition.hpp"
#include "stats/exchange.hpp"
#include "stats/within_seeds.hpp"

namespace assay {
namespace {

// Inner products of x_ls without the means of seed s and of level l, row s * levels + l.
Symmetric residual_gram(const Symmetric& d2, std::size_t levels) {
    const Symmetric centred = centred_within_seeds(d2, levels);
    const std::size_t seeds = d2.n / levels;
    std::vector<double> of_level(centred.n * levels, 0);  // [row][level]: mean over the seeds of the column
    std::vector<double> of_levels(levels * levels, 0);
    for (std::size_t row = 0; row < centred.n; ++row) {
        for (std::size_t column = 0; column < centred.n; ++column)
            of_level[row * levels + column % levels] += centred(row, column) / static_cast<double>(seeds);
    }
    for (std::size_t row = 0; row < centred.n; ++row) {
        for (std::size_t l = 0; l < levels; ++l)
            of_levels[row % levels * levels + l] += of_level[row * levels + l] / static_cast<double>(seeds);
    }
    Symmetric residual(centred.n);
    for (std::size_t i = 0; i < centred.n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            residual.set(i, j,
                         centred(i, j) - of_level[i * levels + j % levels] - of_level[j * levels + i % levels] +
                             of_levels[i % levels * levels + j % levels]);
        }
    }
    return residual;
}

std::optional<double> dimension_of(const EvidenceInput& in, std::size_t factor) {
    const Exchange exchange = derive_exchange(labelled_runs(in, factor, SeedLabel::group), Effect::main);
    if (!exchange.untested.empty() || exchange.nested || exchange.seeds < k_seeds_for_dimension) return std::nullopt;
    const Symmetric d2 = slab_distances(in.table.d2, exchange.slabs);
    return effective_dimension(residual_gram(d2, exchange.levels), (exchange.levels - 1) * (exchange.seeds - 1));
}

}  // namespace

std::map<std::string, double> effect_dimensions(const Plan& plan, const std::vector<RunData>& runs) {
    std::map<std::string, double> dimensions;
    const std::vector<Outcome> outcomes = with_answers(runs, outcomes_of(runs));
    const auto usable = std::count(outcomes.begin(), outcomes.end(), Outcome::completed);
    if (usable == 0 || usable > static_cast<std::ptrdiff_t>(k_rows_for_dimension)) return dimensions;
    try {
        const RunTable table = run_table(plan, runs, outcomes);
        const DesignLabels design = design_labels(plan);
        const EvidenceInput in{plan, runs, outcomes, table, design};
        for (const Axis& axis : design.fixed_axes) {
            const auto dimension = dimension_of(in, axis.factors[0]);
            if (dimension) dimensions[axis.name] = rounded(*dimension);
        }
    } catch (const Error& error) {
        if (error.code() != "E0103") throw;
    }
    return dimensions;
}

}  // namespace assay
