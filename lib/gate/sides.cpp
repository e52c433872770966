#include "gate/sides.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/outcome.hpp"
#include "analysis/settings.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

void count(Outcome outcome, std::size_t run, GateConfiguration& configuration) {
    if (outcome == Outcome::skipped) return;
    configuration.planned.push_back(run);
    if (outcome == Outcome::completed) configuration.usable.push_back(run);
    configuration.missing += is_missing(outcome) ? 1U : 0U;
    configuration.collapsed += outcome == Outcome::collapsed ? 1U : 0U;
    configuration.diverged += outcome == Outcome::diverged ? 1U : 0U;
}

std::vector<GateConfiguration> gate_configurations(const Plan& plan, const std::vector<Outcome>& outcomes) {
    std::map<std::vector<int>, GateConfiguration> groups;
    for (std::size_t run = 0; run < plan.runs.size(); ++run) {
        if (plan.runs[run].request.replicate > 0) continue;
        std::vector<int> key;
        std::vector<std::string> names;
        for (std::size_t f = 0; f < plan.factors.size(); ++f) {
            if (plan.factors[f].kind == FactorKind::seed) continue;
            key.push_back(plan.runs[run].levels[f]);
            names.push_back(level_name(plan.factors[f], key.back()));
        }
        GateConfiguration& group = groups[key];
        group.levels = fixed_levels(plan, run);
        group.where = join(names, ", ");
        count(outcomes[run], run, group);
    }
    std::vector<GateConfiguration> out;
    for (auto& [key, group] : groups) {
        if (group.planned.empty()) continue;  // skipped: the trainer says that it makes no sense
        if (groups.size() == 1) group.where.clear();
        out.push_back(std::move(group));
    }
    return out;
}

// Seeds (or blocks) of the plan: of crossed streams the fewest.
std::size_t planned_units(const PreparedSide& side) {
    std::vector<PairValue> runs;
    for (const GateConfiguration& c : side.configurations) {
        for (const std::size_t run : c.planned) runs.push_back({run, run, 0});
    }
    return fewest_units(runs, side.design.units);
}

}  // namespace

bool is_missing(Outcome outcome) {
    return outcome == Outcome::missing || outcome == Outcome::failed || outcome == Outcome::timed_out;
}

PreparedSide prepare_side(const GateSide& side) {
    PreparedSide out;
    out.side = &side;
    out.outcomes = with_answers(side.runs, outcomes_of(side.runs));
    out.design = design_labels(side.plan);
    out.configurations = gate_configurations(side.plan, out.outcomes);
    double runs = 0;
    for (const RunData& run : side.runs) {
        if (!run.record) continue;
        out.mean_wall_s += run.record->wall_s;
        ++runs;
    }
    if (runs > 0) out.mean_wall_s /= runs;
    return out;
}

bool in_scope(const GateRule& rule, const std::map<std::string, std::string>& levels) {
    return std::all_of(rule.where.begin(), rule.where.end(), [&](const auto& wanted) {
        const auto at = levels.find(wanted.first);
        return at != levels.end() && at->second == wanted.second;
    });
}

std::map<std::string, std::string> fixed_levels(const Plan& plan, std::size_t run) {
    std::map<std::string, std::string> levels;
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        if (plan.factors[f].kind == FactorKind::seed) continue;
        const auto level = static_cast<std::size_t>(plan.runs[run].levels[f]);
        levels[full_name(plan.factors[f])] = level_text(plan.factors[f].levels[level]);
    }
    return levels;
}

bool seeds_cross(const PreparedSide& side, const std::vector<std::size_t>& runs) {
    for (const auto& stream : side.design.stream) {
        std::set<std::size_t> seeds;
        for (const std::size_t run : runs) seeds.insert(stream[run]);
        if (seeds.size() != runs.size()) return true;
    }
    return false;
}

std::string seed_key(const PlannedRun& run) {
    std::string key;
    for (const auto& [stream, seed] : run.request.seeds) key += stream + "=" + std::to_string(seed) + " ";
    return key;
}

std::string fingerprint_of(const GateSide& side, std::size_t run) {
    return run < side.fingerprints.size() ? side.fingerprints[run] : std::string();
}

std::size_t runs_beyond(const PreparedSide& side, std::size_t units) {
    std::size_t first_runs = 0;
    for (const GateConfiguration& c : side.configurations) first_runs += c.planned.size();
    const std::size_t now = planned_units(side);
    if (units <= now || now == 0) return 0;
    // Crossed streams: one more seed of each stream meets all seeds of the others.
    const bool crossed = side.plan().design == "factorial" && side.design.seed_axes.size() > 1;
    const double power = crossed ? static_cast<double>(side.design.seed_axes.size()) : 1;
    const double times = std::pow(static_cast<double>(units) / static_cast<double>(now), power);
    return static_cast<std::size_t>(std::ceil((times - 1) * static_cast<double>(first_runs) - 1e-9));
}

Needed needed_for(const PreparedSide& side, std::size_t usable) {
    double kept = 1;
    for (const GateConfiguration& c : side.configurations) {
        const auto ended = static_cast<double>(c.usable.size() + c.collapsed + c.diverged);
        if (!c.usable.empty()) kept = std::min(kept, static_cast<double>(c.usable.size()) / ended);
    }
    return needed_for(side, usable, kept);
}

Needed needed_for(const PreparedSide& side, std::size_t usable, double kept) {
    Needed needed;
    needed.seeds = static_cast<std::size_t>(std::ceil(static_cast<double>(usable) / kept - 1e-9));
    needed.more_runs = runs_beyond(side, needed.seeds);
    if (side.mean_wall_s > 0) needed.cost_s = static_cast<double>(needed.more_runs) * side.mean_wall_s;
    return needed;
}

}  // namespace assay
