// Exact tests of the fixed factors, with seeds as units, and the control that nothing passes through the same test.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/evidence.hpp"
#include "base/text.hpp"
#include "stats/dispersion.hpp"
#include "stats/exchange.hpp"
#include "stats/multiplicity.hpp"
#include "stats/permutation.hpp"
#include "stats/shift.hpp"

namespace assay {
namespace {

constexpr double k_alpha = 0.05;

// The levels of every fixed factor but one, as one number.
std::vector<std::size_t> other_labels(const EvidenceInput& in, std::optional<std::size_t> tested) {
    std::vector<std::vector<int>> rows(in.plan.runs.size());
    for (const Axis& axis : in.design.fixed_axes) {
        if (tested == axis.factors[0]) continue;
        for (std::size_t run = 0; run < rows.size(); ++run)
            rows[run].push_back(in.plan.runs[run].levels[axis.factors[0]]);
    }
    return numbered(rows);
}

// The other factors' levels and the combination of seeds within its group, as one number.
std::vector<std::size_t> in_group(const EvidenceInput& in, const std::vector<std::size_t>& other) {
    std::vector<std::vector<int>> rows;
    for (std::size_t run = 0; run < other.size(); ++run)
        rows.push_back({static_cast<int>(other[run]), static_cast<int>(in.design.groups.place[run])});
    return numbered(rows);
}

// The other factors' levels that the plan has at every level of the factor (or at the most of them, where none has
// all). A factorial has all of them; a screen moves this factor at the base configuration only, and the other factors'
// changes say nothing about it.
std::vector<bool> compares_levels(const EvidenceInput& in, std::size_t factor, const std::vector<std::size_t>& other) {
    std::map<std::size_t, std::set<int>> levels;
    for (std::size_t run = 0; run < other.size(); ++run) levels[other[run]].insert(in.plan.runs[run].levels[factor]);
    std::size_t most = 2;
    for (const auto& [label, of_label] : levels) most = std::max(most, of_label.size());
    std::vector<bool> compares;
    for (std::size_t label = 0; label < levels.size(); ++label) compares.push_back(levels[label].size() == most);
    return compares;
}

PermutationOptions options_for(const EvidenceInput& in, const std::string& name) {
    PermutationOptions options;
    options.seed = in.plan.root_seed;
    options.stream = "test." + name;
    return options;
}

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

Figure shift_figure(const Shift& shift, const SeedUnits& seeds) {
    Figure figure;
    if (!shift.value) {
        figure.flags.emplace_back("NO_PAIRS");
        return figure;
    }
    figure.value = rounded(*shift.value);
    for (const auto& units : seeds.units) {
        std::vector<std::size_t> distinct = units;
        std::sort(distinct.begin(), distinct.end());
        distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
        figure.units = figure.units == 0 ? distinct.size() : std::min(figure.units, distinct.size());
    }
    if (!shift.interval) {  // too few, or without one of them no two are independent
        figure.flags.emplace_back("CI_TOO_FEW_UNITS");
        return figure;
    }
    figure.interval = Interval{rounded(shift.interval->low), rounded(*shift.interval->high)};
    if (shift.interval->one_unit_dominates) figure.flags.emplace_back("ONE_RUN_DOMINATES");
    return figure;
}

void add_spread(const Symmetric& d2, const Exchange& exchange, LevelShift& out) {
    std::vector<std::size_t> first, second;
    for (std::size_t s = 0; s < exchange.seeds; ++s) {
        first.push_back(2 * s);
        second.push_back(2 * s + 1);
    }
    const Dispersion spread = dispersion_paired(d2, second, first);
    if (spread.ratio) out.spread_ratio = rounded(*spread.ratio);
    if (!spread.evidence) return;
    out.spread_interval = Interval{rounded(spread.evidence->low), rounded(spread.evidence->high)};
    out.spread_p = rounded(spread.evidence->p);
}

// Every seed in use gave the same bits at every level: nothing to test, and nothing that others have to pay for.
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

// Two levels need the seeds that are complete in these two only.
std::optional<LevelShift> level_shift(const EvidenceInput& in, const std::vector<FactorRun>& runs, const Factor& factor,
                                      std::size_t first, std::size_t second) {
    std::vector<FactorRun> both;
    std::copy_if(runs.begin(), runs.end(), std::back_inserter(both),
                 [&](const FactorRun& run) { return run.level == first || run.level == second; });
    const Exchange exchange = derive_exchange(both, Effect::main);
    if (!exchange.untested.empty() || exchange.nested) return std::nullopt;
    const Symmetric d2 = slab_distances(in.table.d2, exchange.slabs);
    const SeedUnits seeds = seed_units(in, exchange);
    const Shift shift = shift_between(d2, 2, 0, 1, seeds, in.design.units.min_units);
    LevelShift row{level_text(factor.levels[first]), level_text(factor.levels[second]), {}, {}, {}, {}, {}};
    row.shift2 = shift_figure(shift, seeds);
    if (is_bitwise_invariant(in, exchange)) {  // 0 in every seed, which is no proof that it is 0
        row.shift2.interval.reset();
        row.shift2.flags = {"NONE_OBSERVED"};
    }
    if (shift.kappa) row.kappa = rounded(*shift.kappa);
    if (all_independent(seeds)) add_spread(d2, exchange, row);
    return row;
}

std::vector<LevelShift> level_shifts(const EvidenceInput& in, const std::vector<FactorRun>& runs,
                                     const Factor& factor) {
    std::set<std::size_t> present;
    for (const FactorRun& run : runs) present.insert(run.level);
    std::vector<LevelShift> out;
    for (auto a = present.begin(); a != present.end(); ++a) {
        for (auto b = std::next(a); b != present.end(); ++b) {
            auto row = level_shift(in, runs, factor, *a, *b);
            if (row) out.push_back(std::move(*row));
        }
    }
    return out;
}

struct Tested {
    FactorTest test;
    std::vector<std::size_t> group_sizes;  // seeds at each level, where each level has seeds of its own
};

Tested one_test(const EvidenceInput& in, const Axis& axis) {
    const std::vector<FactorRun> runs = labelled_runs(in, axis.factors[0], SeedLabel::group);
    const PermutationTest test = test_factor(in.table.d2, runs, options_for(in, axis.name));
    Tested tested;
    FactorTest& out = tested.test;
    out.factor = axis.name;
    out.kind = axis.kind;
    out.untested = test.untested;
    out.nested = test.nested;
    out.levels = test.levels;
    out.seeds = test.seeds;
    out.seeds_left_out = test.seeds_left_out;
    out.runs = test.runs;
    out.shifts =
        level_shifts(in, labelled_runs(in, axis.factors[0], SeedLabel::combination), in.plan.factors[axis.factors[0]]);
    if (in.design.groups.count == 1 && in.design.seed_axes.size() > 1) {
        out.untested =
            "UNTESTABLE: every seed shares a stream with another one; streams side by side (design hardware "
            "or screen) or blocks make independent seeds";
        return tested;
    }
    if (!test.untested.empty()) return tested;
    const Exchange exchange = derive_exchange(runs, Effect::main);
    if (is_bitwise_invariant(in, exchange)) {
        out.untested = "BITWISE_INVARIANT: every level gives the same bits for each of " + plural(test.seeds, "seed");
        out.shifts.clear();
        return tested;
    }
    if (test.f) out.f = rounded(*test.f);
    out.f_infinite = test.f_infinite;
    out.df_effect = test.df_effect;
    out.df_error = test.df_error;
    out.r2 = rounded(test.r2());
    if (test.p) {
        out.p = test.p->value;
        out.p_count = test.p->count;
        out.p_total = test.p->total;
        out.exhaustive = test.p->exhaustive;
        out.smallest_p = test.p->smallest;
    }
    tested.group_sizes.resize(test.nested ? test.levels : 0);
    for (std::size_t slab = 0; test.nested && slab < exchange.slabs.size(); ++slab)
        ++tested.group_sizes[exchange.slab_level[slab]];
    return tested;
}

// Why Holm could reject this test at none of its possible results; "" where it could.
std::string out_of_reach(const Tested& tested, std::size_t family) {
    const FactorTest& test = tested.test;
    const Reach reach = test.nested ? reach_groups(tested.group_sizes, k_alpha, family)
                                    : reach_shared_seeds(test.levels, test.seeds, k_alpha, family);
    if (reach.testable) return "";
    return "UNTESTABLE: " + plural(test.seeds, "seed") + " can give p = " + number_text(rounded(reach.smallest_p)) +
           " at best; " + std::to_string(reach.need) + " seeds " + (test.nested ? "at each level " : "") +
           "are enough for " + plural(family, "test");
}

// Holm over the tests that were made; a test that could never reach its threshold says so.
void adjust(std::vector<Tested>& tests) {
    std::vector<double> p;
    for (const auto& [test, sizes] : tests) {
        if (test.p) p.push_back(*test.p);
    }
    const std::vector<double> adjusted = holm(p);
    std::size_t next = 0;
    for (Tested& tested : tests) {
        if (!tested.test.p) continue;
        tested.test.p_holm = adjusted[next++];
        tested.test.untested = out_of_reach(tested, p.size());
    }
}

}  // namespace

std::vector<FactorRun> labelled_runs(const EvidenceInput& in, std::size_t factor, SeedLabel label) {
    const std::vector<std::size_t> other = other_labels(in, factor);
    const std::vector<std::size_t> slots = label == SeedLabel::group ? in_group(in, other) : other;
    const std::vector<bool> compares = compares_levels(in, factor, other);
    std::vector<FactorRun> out;
    for (const std::size_t run : in.table.run_of_row) {
        if (in.plan.runs[run].request.replicate > 0 || !compares[other[run]]) continue;
        const std::size_t seed = label == SeedLabel::group ? in.design.groups.group[run] : in.design.seed[run];
        out.push_back(
            {*in.table.row_of_run[run], static_cast<std::size_t>(in.plan.runs[run].levels[factor]), seed, slots[run]});
    }
    return out;
}

std::vector<FactorTest> factor_tests(const EvidenceInput& in) {
    std::vector<Tested> tests;
    for (const Axis& axis : in.design.fixed_axes) tests.push_back(one_test(in, axis));
    adjust(tests);
    std::vector<FactorTest> out;
    for (Tested& tested : tests) out.push_back(std::move(tested.test));
    return out;
}

std::optional<SelfAudit> self_audit(const EvidenceInput& in) {
    const std::vector<std::size_t> other = in_group(in, other_labels(in, std::nullopt));
    std::vector<FactorRun> runs;
    SelfAudit out;
    for (const Replay& replay : replays_of(in.plan)) {
        if (in.plan.runs[replay.replay].request.replicate != 1) continue;
        const auto a = in.table.row_of_run[replay.original], b = in.table.row_of_run[replay.replay];
        if (!a || !b) continue;
        ++out.pairs;
        out.bitwise_equal += in.table.identity[*a] == in.table.identity[*b] ? 1U : 0U;
        runs.push_back({*a, 0, in.design.groups.group[replay.original], other[replay.original]});
        runs.push_back({*b, 1, in.design.groups.group[replay.original], other[replay.original]});
    }
    if (out.pairs == 0) return std::nullopt;
    if (out.bitwise_equal == out.pairs) return out;
    const PermutationTest test = test_factor(in.table.d2, runs, options_for(in, "nothing"));
    out.untested = test.untested;
    out.seeds = test.seeds;
    if (test.p) out.p = test.p->value;
    return out;
}

}  // namespace assay
