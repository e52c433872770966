// Exact tests of the fixed factors, with seeds as units, and the control that nothing passes through the same test.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/evidence.hpp"
#include "analysis/level_shifts.hpp"
#include "base/text.hpp"
#include "stats/exchange.hpp"
#include "stats/multiplicity.hpp"
#include "stats/permutation.hpp"
#include "stats/power.hpp"

namespace assay {
namespace {

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
    out.untested = {test.code, test.untested, {}, {}};
    out.nested = test.nested;
    out.levels = test.levels;
    out.seeds = test.seeds;
    out.seeds_left_out = test.seeds_left_out;
    out.runs = test.runs;
    out.shifts = level_shifts(in, axis.factors[0]);
    if (in.design.groups.count == 1 && in.design.seed_axes.size() > 1) {
        out.untested = {"SEEDS_SHARE_STREAMS",
                        "every seed shares a stream with another one; streams side by side (design hardware or screen) "
                        "or blocks make independent seeds",
                        {},
                        {}};
        return tested;
    }
    if (!test.untested.empty()) return tested;
    const Exchange exchange = derive_exchange(runs, Effect::main);
    if (is_bitwise_invariant(in, exchange)) {
        out.untested = {
            "BITWISE_INVARIANT", "every level gives the same bits for each of " + plural(test.seeds, "seed"), {}, {}};
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

// Why Holm could reject this test at none of its possible results; nothing where it could.
Untested out_of_reach(const Tested& tested, std::size_t family) {
    const FactorTest& test = tested.test;
    const Reach reach = test.nested ? reach_groups(tested.group_sizes, k_alpha, family)
                                    : reach_shared_seeds(test.levels, test.seeds, k_alpha, family);
    if (reach.testable) return {};
    const auto need = static_cast<std::size_t>(reach.need);
    return {"UNTESTABLE",
            "too few seeds to tell a direction from chance; " + std::to_string(need) + " seeds " +
                (test.nested ? "at each level " : "") + "are enough for " + plural(family, "test"),
            need, family};
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
    if (in.family == Family::confirmatory) adjust(tests);
    std::vector<FactorTest> out;
    for (Tested& tested : tests) out.push_back(std::move(tested.test));
    return out;
}

std::optional<SelfAudit> self_audit(const EvidenceInput& in) {
    const std::vector<std::size_t> other = in_group(in, other_labels(in, std::nullopt));
    std::vector<FactorRun> runs;
    SelfAudit out;
    bool differ = false;
    for (const Replay& replay : replays_of(in.plan)) {
        const auto a = in.table.row_of_run[replay.original], b = in.table.row_of_run[replay.replay];
        if (!a || !b) continue;
        ++out.repeats;
        differ |= in.table.identity[*a] != in.table.identity[*b];
        if (in.plan.runs[replay.replay].request.replicate != 1) continue;
        ++out.pairs;
        out.bitwise_equal += in.table.identity[*a] == in.table.identity[*b] ? 1U : 0U;
        runs.push_back({*a, 0, in.design.groups.group[replay.original], other[replay.original]});
        runs.push_back({*b, 1, in.design.groups.group[replay.original], other[replay.original]});
    }
    if (out.repeats > 0 && !differ) out.nondeterminism_bound = rounded(rate_bound_of_none(out.repeats, k_alpha));
    if (out.pairs == 0) return std::nullopt;
    if (out.bitwise_equal == out.pairs) return out;
    const PermutationTest test = test_factor(in.table.d2, runs, options_for(in, "nothing"));
    out.untested = {test.code, test.untested, {}, {}};
    out.seeds = test.seeds;
    if (!test.p) return out;
    out.p = test.p->value;
    out.p_count = test.p->count;
    out.p_total = test.p->total;
    out.exhaustive = test.p->exhaustive;
    out.smallest_p = test.p->smallest;
    return out;
}

}  // namespace assay
