// Hardware factors, one configuration of everything else at a time: trigger and magnitude.
#include <algorithm>

#include "analysis/evidence.hpp"
#include "analysis/figures.hpp"
#include "stats/amplification.hpp"

namespace assay {
namespace {

HardwareRuns hardware_labels(const EvidenceInput& in, std::size_t factor) {
    HardwareRuns labels;
    for (const std::size_t run : in.table.run_of_row) {
        labels.seed.push_back(in.design.seed[run]);
        labels.hardware.push_back(static_cast<std::size_t>(in.plan.runs[run].levels[factor]));
    }
    labels.identity = in.table.identity;
    for (const auto& stream : in.design.stream) labels.streams.push_back(by_row(in.table, stream));
    for (const auto& units : in.design.units.unit_of_run) labels.units.push_back(by_row(in.table, units));
    return labels;
}

HardwareEffect effect_of(const Amplification& found, const std::string& factor, const std::string& where) {
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
    out.effect = figure_of(found.effect);
    out.seed_effect = figure_of(found.seed_effect);
    out.ratio = figure_of(found.ratio);
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
            if (found) out.push_back(effect_of(*found, axis.name, configuration.where));
        }
    }
    return out;
}

}  // namespace assay
