// Hardware factors, one configuration of everything else at a time: trigger and magnitude.
#include <algorithm>

#include "analysis/evidence.hpp"
#include "analysis/figures.hpp"
#include "stats/amplification.hpp"

namespace assay {
namespace {

// Without a factor all runs are of one hardware.
HardwareRuns hardware_labels(const EvidenceInput& in, std::optional<std::size_t> factor) {
    HardwareRuns labels;
    for (const std::size_t run : in.table.run_of_row) {
        labels.seed.push_back(in.design.seed[run]);
        labels.hardware.push_back(factor ? static_cast<std::size_t>(in.plan.runs[run].levels[*factor]) : 0);
    }
    labels.identity = in.table.identity;
    for (const auto& stream : in.design.stream) labels.streams.push_back(by_row(in.table, stream));
    for (const auto& units : in.design.units.unit_of_run) labels.units.push_back(by_row(in.table, units));
    return labels;
}

// `runs`: those compared, indices into Plan::runs.
HardwareEffect effect_of(const Amplification& found, const std::string& factor, const std::string& where,
                         const UnitSets& units, const std::vector<std::size_t>& runs) {
    HardwareEffect out;
    out.factor = factor;
    out.where = where;
    out.pairs = found.pairs;
    out.bitwise_equal = found.bitwise_equal;
    out.label_changes = found.label_changes;
    out.seeds = found.seeds.size();
    out.amplified = found.amplified;
    if (found.amplified_share)
        out.amplified_share = Interval{rounded(found.amplified_share->low), rounded(found.amplified_share->high)};
    if (found.amplified_bound) out.amplified_bound = rounded(*found.amplified_bound);
    out.effect = figure_of(found.effect, units, runs);
    out.seed_effect = figure_of(found.seed_effect, units, runs);
    out.ratio = figure_of(found.ratio, units, runs);
    if (found.amplified_ratio) out.amplified_ratio = rounded(*found.amplified_ratio);
    out.max_d2 = rounded(found.max_d2);
    out.verdict = verdict_word(found.verdict, false);
    out.flags = found.flags;
    return out;
}

}  // namespace

std::vector<HardwareEffect> hardware_effects(const EvidenceInput& in) {
    std::vector<HardwareEffect> out;
    JackknifeSettings settings;
    settings.min_units = in.design.units.min_units;
    for (const Axis& axis : in.design.fixed_axes) {
        if (axis.kind != FactorKind::hardware) continue;
        const HardwareRuns labels = hardware_labels(in, axis.factors[0]);
        for (const Configuration& configuration : configurations(in.plan, in.outcomes, axis.factors[0])) {
            const auto found = amplification(in.table.d2, in.table.churn, labels, Changed::hardware,
                                             rows_of(in.table, configuration.runs), settings);
            if (!found) continue;
            out.push_back(effect_of(*found, axis.name, configuration.where, in.design.units, configuration.runs));
        }
    }
    return out;
}

std::vector<RepeatEffect> repeat_effects(const EvidenceInput& in) {
    std::vector<RepeatEffect> out;
    JackknifeSettings settings;
    settings.min_units = in.design.units.min_units;
    const HardwareRuns labels = hardware_labels(in, std::nullopt);
    const std::vector<Replay> replays = replays_of(in.plan);
    for (const Configuration& configuration : configurations(in.plan, in.outcomes)) {
        std::vector<std::size_t> runs = configuration.runs;
        for (const Replay& replay : replays) {
            const bool here = std::binary_search(configuration.runs.begin(), configuration.runs.end(), replay.original);
            if (here && in.table.row_of_run[replay.replay]) runs.push_back(replay.replay);
        }
        RepeatEffect repeat;
        repeat.repeats = runs.size() - configuration.runs.size();
        if (repeat.repeats == 0) continue;
        std::sort(runs.begin(), runs.end());
        const auto found =
            amplification(in.table.d2, in.table.churn, labels, Changed::nothing, rows_of(in.table, runs), settings);
        if (!found) continue;
        if (found->nondeterminism_bound) repeat.nondeterminism_bound = rounded(*found->nondeterminism_bound);
        repeat.effect = effect_of(*found, "nothing", configuration.where, in.design.units, runs);
        out.push_back(std::move(repeat));
    }
    return out;
}

}  // namespace assay
