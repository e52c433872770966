#include "gate/ledger.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "gate/baseline_match.hpp"
#include "gate/ledger_excess.hpp"
#include "gate/run_scores.hpp"
#include "stats/bound.hpp"
#include "stats/mean.hpp"
#include "stats/outcome_tests.hpp"
#include "stats/proportion.hpp"

namespace assay {
namespace {

constexpr double k_least_churn = 0.01;  // below, R of a class compares a handful of labels

struct SeedLabels {
    std::vector<std::int32_t> before, after;
};

struct Scope {
    std::string slice, value;
    std::vector<std::size_t> inputs;
    std::size_t division = 0;  // scopes of one division have no input in common
};

using Truth = std::optional<std::vector<std::int64_t>>;

std::vector<Scope> scopes_of(std::size_t n_inputs, std::size_t n_classes, const Truth& truth,
                             const InputTable* inputs) {
    std::vector<Scope> scopes = {{"", "", {}, 0}};
    for (std::size_t i = 0; i < n_inputs; ++i) scopes.front().inputs.push_back(i);
    for (std::size_t c = 0; truth && c < n_classes; ++c) {
        scopes.push_back({"class", std::to_string(c), {}, 1});
        for (std::size_t i = 0; i < n_inputs; ++i) {
            if (static_cast<std::size_t>((*truth)[i]) == c) scopes.back().inputs.push_back(i);
        }
        if (scopes.back().inputs.empty()) scopes.pop_back();
    }
    if (inputs == nullptr || inputs->ids.size() != n_inputs) return scopes;
    for (std::size_t s = 0; s < inputs->slices.size(); ++s) {
        const Slice& slice = inputs->slices[s];
        for (std::size_t k = 1; k <= slice.values.size(); ++k)
            scopes.push_back({slice.name, slice.values[k - 1], inputs_with(slice, k), s + 2});
    }
    return scopes;
}

struct Counts {
    std::size_t fixed = 0, broken = 0, changed_wrong = 0, changed = 0;
};

Counts count_seed(const SeedLabels& seed, const std::vector<std::size_t>& inputs, const Truth& truth) {
    Counts counts;
    for (const std::size_t i : inputs) {
        if (seed.before[i] == seed.after[i]) continue;
        ++counts.changed;
        if (!truth) continue;
        const bool was = seed.before[i] == (*truth)[i], is = seed.after[i] == (*truth)[i];
        counts.fixed += is ? 1U : 0U;
        counts.broken += was ? 1U : 0U;
        counts.changed_wrong += !was && !is ? 1U : 0U;
    }
    return counts;
}

// Over seeds; never below 0.
std::optional<Interval> interval_of(const std::vector<double>& values) {
    const auto figure = mean_difference(values);
    if (!figure || values.size() < k_gate_seeds) return std::nullopt;
    return Interval{std::max(0.0, lower_bound(*figure, 0.975)), upper_bound(*figure, 0.975)};
}

void add_seeds(const std::vector<Counts>& counts, LedgerRow& row) {
    for (const Counts& seed : counts) {
        row.seeds_better += seed.fixed > seed.broken ? 1U : 0U;
        row.seeds_worse += seed.broken > seed.fixed ? 1U : 0U;
        row.seeds_even += seed.fixed == seed.broken ? 1U : 0U;
    }
    const std::size_t deciding = row.seeds_better + row.seeds_worse;
    if (deciding == 0) return;
    row.worse_share = static_cast<double>(row.seeds_worse) / static_cast<double>(deciding);
    const ProportionInterval interval = clopper_pearson(row.seeds_worse, deciding);
    row.worse_interval = Interval{interval.low, interval.high};
    row.p = mcnemar_exact(row.seeds_better, row.seeds_worse);
}

LedgerRow row_of(const std::vector<SeedLabels>& seeds, const Scope& scope, const Truth& truth) {
    LedgerRow row;
    row.slice = scope.slice;
    row.value = scope.value;
    row.inputs = scope.inputs.size();
    row.small = row.inputs < k_small_slice;
    std::vector<Counts> counts;
    std::vector<double> changed, fixed, broken, changed_wrong, per_10000;
    for (const SeedLabels& seed : seeds) {
        counts.push_back(count_seed(seed, scope.inputs, truth));
        changed.push_back(static_cast<double>(counts.back().changed));
        fixed.push_back(static_cast<double>(counts.back().fixed));
        broken.push_back(static_cast<double>(counts.back().broken));
        changed_wrong.push_back(static_cast<double>(counts.back().changed_wrong));
        per_10000.push_back(row.inputs == 0 ? 0 : 1e4 * changed.back() / static_cast<double>(row.inputs));
    }
    row.changed = mean_of(changed);
    row.changed_interval = interval_of(changed);
    row.flips_per_10000 = mean_of(per_10000);
    row.flips_per_10000_interval = interval_of(per_10000);
    if (!truth) return row;
    row.fixed = mean_of(fixed);
    row.broken = mean_of(broken);
    row.changed_wrong = mean_of(changed_wrong);
    add_seeds(counts, row);
    return row;
}

// Between two seeds of the baseline, over these inputs.
double churn_within(const std::vector<SeedLabels>& seeds, const std::vector<std::size_t>& inputs) {
    std::size_t changed = 0, compared = 0;
    for (std::size_t a = 0; a < seeds.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            for (const std::size_t i : inputs) changed += seeds[a].before[i] != seeds[b].before[i] ? 1U : 0U;
            compared += inputs.size();
        }
    }
    return compared == 0 ? 0 : static_cast<double>(changed) / static_cast<double>(compared);
}

// Why R of these inputs would say nothing; "" where it does.
std::string no_excess(const std::vector<SeedLabels>& seeds, const std::vector<std::size_t>& inputs) {
    if (seeds.size() < k_min_excess_seeds) return plural(seeds.size(), "seed");
    if (inputs.size() < k_small_slice) return plural(inputs.size(), "input");
    if (churn_within(seeds, inputs) < k_least_churn) return "the baseline's seeds change under 1% of its labels";
    return "";
}

// R of every division: one pass over the inputs for all its scopes.
void add_excess(const PreparedSide& candidate, const PreparedSide& baseline, const MatchedSides& matched,
                const std::vector<SeedLabels>& seeds, const std::vector<Scope>& scopes, std::vector<LedgerRow>& rows) {
    for (std::size_t first = 0; first < scopes.size();) {
        std::size_t end = first;
        Scopes division;
        bool any = false;
        for (; end < scopes.size() && scopes[end].division == scopes[first].division; ++end) {
            division.push_back(&scopes[end].inputs);
            rows[end].no_excess = no_excess(seeds, scopes[end].inputs);
            any = any || rows[end].no_excess.empty();
        }
        const std::vector<Excess> found =
            any ? excess_within(candidate, baseline, matched, division) : std::vector<Excess>{};
        for (std::size_t k = 0; k < found.size(); ++k) {
            LedgerRow& row = rows[first + k];
            if (!row.no_excess.empty()) continue;
            row.excess = found[k].ratio;
            if (!row.excess) row.no_excess = "the baseline's seeds change nothing";
            if (found[k].located)
                row.excess_interval =
                    Interval{lower_bound(*found[k].located, 0.95), upper_bound(*found[k].located, 0.95)};
        }
        first = end;
    }
}

}  // namespace

std::vector<Ledger> ledgers_of(const PreparedSide& candidate, const PreparedSide& baseline, const InputTable* inputs) {
    std::vector<Ledger> ledgers;
    for (const GateConfiguration& configuration : candidate.configurations) {
        if (configuration.usable.empty()) continue;
        const MatchedSides matched = match_sides(candidate, baseline, configuration);
        if (matched.problem || !matched.paired()) continue;
        std::vector<SeedLabels> seeds;
        for (const SeedPair& pair : matched.pairs)
            seeds.push_back({predicted_labels(baseline.answers(pair.baseline)),
                             predicted_labels(candidate.answers(pair.candidate))});
        const std::size_t run = matched.candidate.front();
        const Truth truth = has_labels(candidate, run) ? candidate.side->labels : std::nullopt;
        ledgers.push_back({configuration.where, seeds.size(), {}});
        const Predictions& answers = candidate.answers(run);
        const std::vector<Scope> scopes = scopes_of(answers.n_inputs, answers.n_classes, truth, inputs);
        for (const Scope& scope : scopes) ledgers.back().rows.push_back(row_of(seeds, scope, truth));
        add_excess(candidate, baseline, matched, seeds, scopes, ledgers.back().rows);
    }
    return ledgers;
}

}  // namespace assay
