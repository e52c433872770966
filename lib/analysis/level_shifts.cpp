#include "analysis/level_shifts.hpp"

#include <algorithm>
#include <set>
#include <span>

#include "stats/dispersion.hpp"
#include "stats/shift.hpp"

namespace assay {
namespace {

// What the seeds of an exchange share: seeds are slabs of runs, and every run knows its streams and units.
SeedUnits seed_units(const EvidenceInput& in, const Exchange& exchange) {
    SeedUnits seeds;
    std::vector<std::size_t> runs;
    for (std::size_t s = 0; s < exchange.seeds; ++s)
        runs.push_back(in.table.run_of_row[exchange.slabs[s * exchange.levels].front()]);
    const auto pick = [&](const std::vector<std::size_t>& of_run) {
        std::vector<std::size_t> out;
        for (const std::size_t run : runs) out.push_back(of_run[run]);
        return out;
    };
    for (const auto& stream : in.design.stream) seeds.streams.push_back(pick(stream));
    for (const auto& units : in.design.units.unit_of_run) seeds.units.push_back(pick(units));
    return seeds;
}

bool all_independent(const SeedUnits& seeds) {
    return std::all_of(seeds.streams.begin(), seeds.streams.end(), [](std::vector<std::size_t> stream) {
        std::sort(stream.begin(), stream.end());
        return std::adjacent_find(stream.begin(), stream.end()) == stream.end();
    });
}

Figure shift_figure(const Shift& shift, std::size_t units) {
    Figure figure;
    if (!shift.value) {
        figure.flags.emplace_back("NO_PAIRS");
        return figure;
    }
    figure.value = rounded(*shift.value);
    figure.units = units;
    if (!shift.interval) {  // too few, or without one of them no two are independent
        figure.flags.emplace_back("CI_TOO_FEW_UNITS");
        return figure;
    }
    figure.interval = Interval{rounded(shift.interval->low), rounded(*shift.interval->high)};
    if (shift.interval->one_unit_dominates) figure.flags.emplace_back("ONE_RUN_DOMINATES");
    return figure;
}

void add_kappa(const Shift& shift, LevelShift& out) {
    if (shift.kappa) out.kappa = rounded(*shift.kappa);
    if (const auto& interval = shift.kappa_interval)
        out.kappa_interval = Interval{rounded(interval->low), rounded(*interval->high)};
}

// The units of a set among the seeds, ascending: what the jackknife of a shift leaves out, one by one.
std::vector<std::size_t> distinct(std::vector<std::size_t> units) {
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
    return units;
}

std::size_t fewest_units(const SeedUnits& seeds) {
    std::size_t fewest = 0;
    for (const auto& units : seeds.units)
        fewest = fewest == 0 ? distinct(units).size() : std::min(fewest, distinct(units).size());
    return fewest;
}

std::vector<std::size_t> runs_of(const EvidenceInput& in, std::span<const std::vector<std::size_t>> slabs) {
    std::vector<std::size_t> runs;
    for (const auto& slab : slabs) {
        for (const std::size_t row : slab) runs.push_back(in.table.run_of_row[row]);
    }
    std::sort(runs.begin(), runs.end());
    return runs;
}

void add_spread(const Dispersion& spread, LevelShift& out) {
    if (spread.ratio) out.spread_ratio = rounded(*spread.ratio);
    if (!spread.evidence) return;
    out.spread_interval = Interval{rounded(spread.evidence->low), rounded(spread.evidence->high)};
    out.spread_p = rounded(spread.evidence->p);
}

// The same seeds at both levels.
void compare_shared(const EvidenceInput& in, const Exchange& exchange, LevelShift& out) {
    const Symmetric d2 = slab_distances(in.table.d2, exchange.slabs);
    const SeedUnits seeds = seed_units(in, exchange);
    const Shift shift = shift_between(d2, 2, 0, 1, seeds, in.design.units.min_units);
    out.shift2 = shift_figure(shift, fewest_units(seeds));
    add_kappa(shift, out);
    if (shift.interval && shift.interval->one_unit_dominates) {
        const std::size_t set = shift.interval->dominating_set;
        const std::size_t unit = distinct(seeds.units[set])[shift.interval->dominating_unit];
        out.shift2.dominating = dominating_unit(in.design.units, set, unit, runs_of(in, exchange.slabs));
    }
    if (is_bitwise_invariant(in, exchange)) {  // 0 in every seed, which is no proof that it is 0
        out.shift2.interval.reset();
        out.shift2.dominating.reset();
        out.shift2.flags = {"NONE_OBSERVED"};
        out.kappa_interval.reset();
    }
    if (!all_independent(seeds)) return;
    std::vector<std::size_t> first, second;
    for (std::size_t s = 0; s < exchange.seeds; ++s) {
        first.push_back(2 * s);
        second.push_back(2 * s + 1);
    }
    add_spread(dispersion_paired(d2, second, first), out);
}

// Each level has seeds of its own: two groups of whole seeds.
void compare_nested(const EvidenceInput& in, const Exchange& exchange, LevelShift& out) {
    const Symmetric d2 = slab_distances(in.table.d2, exchange.slabs);
    std::vector<std::size_t> groups[2];
    for (std::size_t slab = 0; slab < exchange.slabs.size(); ++slab) groups[exchange.slab_level[slab]].push_back(slab);
    const Shift shift = shift_between_groups(d2, groups[0], groups[1], in.design.units.min_units);
    out.shift2 = shift_figure(shift, std::min(groups[0].size(), groups[1].size()));
    add_kappa(shift, out);
    if (shift.interval && shift.interval->one_unit_dominates) {
        const std::size_t slab = groups[shift.interval->dominating_set][shift.interval->dominating_unit];
        const std::vector<std::size_t> runs = runs_of(in, std::span(&exchange.slabs[slab], 1));
        out.shift2.dominating = dominating_unit(in.design.units, 0, in.design.units.unit_of_run[0][runs.front()], runs);
    }
    add_spread(dispersion_unpaired(d2, groups[1], groups[0]), out);
}

std::vector<FactorRun> at_levels(std::vector<FactorRun> runs, std::size_t first, std::size_t second) {
    std::erase_if(runs, [&](const FactorRun& run) { return run.level != first && run.level != second; });
    return runs;
}

// Two levels need the seeds that are complete in these two only. Crossed streams: every combination of seeds, and the
// pairs of them that share nothing. Seeds of their own: groups that share nothing.
std::optional<LevelShift> level_shift(const EvidenceInput& in, std::size_t factor, std::size_t first,
                                      std::size_t second) {
    const std::vector<Json>& levels = in.plan.factors[factor].levels;
    LevelShift row;
    row.first = level_text(levels[first]);
    row.second = level_text(levels[second]);
    const Exchange exchange =
        derive_exchange(at_levels(labelled_runs(in, factor, SeedLabel::combination), first, second), Effect::main);
    if (!exchange.nested) {
        if (!exchange.untested.empty()) return std::nullopt;
        compare_shared(in, exchange, row);
        return row;
    }
    const Exchange groups =
        derive_exchange(at_levels(labelled_runs(in, factor, SeedLabel::group), first, second), Effect::main);
    if (!groups.untested.empty() || !groups.nested) return std::nullopt;
    compare_nested(in, groups, row);
    return row;
}

}  // namespace

bool is_bitwise_invariant(const EvidenceInput& in, const Exchange& exchange) {
    if (exchange.nested) return false;
    for (std::size_t slab = 0; slab < exchange.slabs.size(); ++slab) {
        const auto& rows = exchange.slabs[slab];
        const auto& first = exchange.slabs[slab - slab % exchange.levels];
        const bool same = std::equal(rows.begin(), rows.end(), first.begin(), [&](std::size_t r, std::size_t s) {
            return in.table.identity[r] == in.table.identity[s];
        });
        if (!same) return false;
    }
    return true;
}

std::vector<LevelShift> level_shifts(const EvidenceInput& in, std::size_t factor) {
    std::set<std::size_t> present;
    for (const FactorRun& run : labelled_runs(in, factor, SeedLabel::combination)) present.insert(run.level);
    std::vector<LevelShift> out;
    for (auto a = present.begin(); a != present.end(); ++a) {
        for (auto b = std::next(a); b != present.end(); ++b) {
            auto row = level_shift(in, factor, *a, *b);
            if (row) out.push_back(std::move(*row));
        }
    }
    return out;
}

}  // namespace assay
