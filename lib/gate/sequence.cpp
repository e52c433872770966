#include "gate/sequence.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/text.hpp"
#include "gate/sides.hpp"

namespace assay {
namespace {

struct Sequence {
    const GateInput& input;
    SeedGroups seeds;
    std::vector<std::size_t> looks;
    bool every_seed = false;  // the baseline has them all
};

bool baseline_has_every_seed(const GateInput& input) {
    if (!input.baseline) return false;
    std::set<std::string> there;
    for (const PlannedRun& run : input.baseline->plan.runs) there.insert(seed_key(run));
    const auto& runs = input.candidate.plan.runs;
    return std::all_of(runs.begin(), runs.end(), [&](const PlannedRun& run) { return there.contains(seed_key(run)); });
}

// Seeds from the front of which every run has ended, however.
std::size_t seeds_there(const Sequence& s) {
    std::size_t there = s.seeds.count;
    for (std::size_t run = 0; run < s.input.candidate.runs.size(); ++run) {
        if (!s.input.candidate.runs[run].record) there = std::min(there, s.seeds.group[run]);
    }
    return there;
}

// The runs of the first `n` seeds, as if no others had been planned.
GateSide first_seeds(const Sequence& s, std::size_t n) {
    const GateSide& whole = s.input.candidate;
    GateSide side;
    side.plan = whole.plan;
    side.plan.runs.clear();
    side.labels = whole.labels;
    for (std::size_t run = 0; run < whole.runs.size(); ++run) {
        if (s.seeds.group[run] >= n) continue;
        side.plan.runs.push_back(whole.plan.runs[run]);
        side.runs.push_back(whole.runs[run]);
        side.fingerprints.push_back(fingerprint_of(whole, run));
    }
    side.plan.order.resize(side.plan.runs.size());
    std::iota(side.plan.order.begin(), side.plan.order.end(), 0);
    return side;
}

bool is_look(const Sequence& s, std::size_t n) { return std::binary_search(s.looks.begin(), s.looks.end(), n); }

Verdict look_at(const Sequence& s, std::size_t n) {
    GateInput now{s.input.rules, first_seeds(s, n), s.input.baseline, s.input.facts, s.input.inputs};
    now.look = {s.looks.size(), is_look(s, n), s.every_seed};
    return decide(now);
}

// No number of runs changes these.
bool is_structural(RuleReason reason) {
    return reason == RuleReason::no_pairs || reason == RuleReason::no_labels || reason == RuleReason::crossed_seeds ||
           reason == RuleReason::different_inputs;
}

bool decides(const Sequence& s, const RuleResult& result, std::size_t n) {
    if (result.state == RuleState::fail && result.reason == RuleReason::count) return true;
    const bool judged = result.state == RuleState::pass || result.state == RuleState::fail;
    if (is_look(s, n)) return judged || (result.state == RuleState::refused && is_structural(result.reason));
    return judged && s.every_seed && by_e_process(result.rule) && result.reason == RuleReason::interval;
}

bool is_judged(const RuleResult& result) { return result.state != RuleState::reported; }

// Nothing is decided where nothing was asked; and without a baseline yet all runs are wanted, to become one.
bool may_stop(const std::vector<RuleResult>& rules) {
    const auto no_baseline = [](const RuleResult& result) { return result.reason == RuleReason::no_baseline; };
    return std::any_of(rules.begin(), rules.end(), is_judged) && std::none_of(rules.begin(), rules.end(), no_baseline);
}

SequenceFacts facts_of(const Sequence& s, std::size_t seeds, bool decided) {
    SequenceFacts facts{seeds, s.seeds.count, s.looks, decided, 0};
    for (const std::size_t group : s.seeds.group) facts.spared += decided && group >= seeds ? 1U : 0U;
    return facts;
}

// What was decided stands; what was not waits for its next look.
void take_over(const Sequence& s, const std::vector<RuleResult>& settled, std::size_t there, Verdict& verdict) {
    const auto next = std::upper_bound(s.looks.begin(), s.looks.end(), there);
    for (std::size_t i = 0; i < settled.size(); ++i) {
        RuleResult& result = verdict.rules[i];
        if (settled[i].decided_at > 0) {
            result = settled[i];
        } else if (next != s.looks.end() && (result.state == RuleState::pass || result.state == RuleState::fail ||
                                             result.state == RuleState::undecided)) {
            result.state = RuleState::incomplete;
            result.reason = RuleReason::missing_runs;
            result.notes.push_back("not decided with " + plural(there, "seed") + "; the next look is at " +
                                   std::to_string(*next));
            result.help = "go on: the same command runs what is missing";
        }
    }
    verdict.state = state_of(verdict.rules);
}

}  // namespace

std::vector<std::size_t> planned_looks(std::size_t seeds) {
    std::vector<std::size_t> looks;
    for (const std::size_t look : k_gate_looks) {
        if (look < seeds) looks.push_back(look);
    }
    looks.push_back(seeds);
    return looks;
}

Verdict decide_in_sequence(const GateInput& input) {
    Sequence s{input, seed_groups(input.candidate.plan), {}, baseline_has_every_seed(input)};
    s.looks = planned_looks(s.seeds.count);
    const std::size_t there = seeds_there(s);
    std::vector<RuleResult> settled(input.rules.size());
    std::optional<Verdict> last;
    for (std::size_t n = std::min(k_gate_seeds, s.seeds.count); n <= there; ++n) {
        last = look_at(s, n);
        bool all = may_stop(last->rules);
        for (std::size_t i = 0; i < settled.size(); ++i) {
            if (settled[i].decided_at == 0 && decides(s, last->rules[i], n)) {
                settled[i] = last->rules[i];
                settled[i].decided_at = n;
            }
            all = all && (settled[i].decided_at > 0 || !is_judged(last->rules[i]));
        }
        if (!all && n < s.seeds.count) continue;
        take_over(s, settled, n, *last);
        last->sequence = facts_of(s, n, all);
        return *std::move(last);
    }
    GateInput whole = input;
    whole.look = {s.looks.size(), false, s.every_seed};
    Verdict open = decide(whole);
    take_over(s, settled, there, open);
    open.sequence = facts_of(s, there, false);
    return open;
}

std::vector<int> order_by_seed(const Plan& plan) {
    const SeedGroups seeds = seed_groups(plan);
    std::vector<int> order = plan.order;
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return seeds.group[static_cast<std::size_t>(a)] < seeds.group[static_cast<std::size_t>(b)];
    });
    return order;
}

}  // namespace assay
