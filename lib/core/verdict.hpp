// What a release gate asks and what it answers: plain values, parsed and decided by gate, shown by report.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "core/attribution.hpp"
#include "core/evidence.hpp"
#include "core/factor.hpp"

namespace assay {

// identical: equal to the last bit. report: printed, never judged. Else the figure stands to the limit like this.
enum class Relation { less, at_most, equal, at_least, greater, identical, report };

// Which figure of a set of inputs or pairs is held against the limit: their mean; the 99th percentile; the largest.
enum class Summary { mean, p99, max };

// What a rule that cannot be decided yet ends a command with: 3, unless the spec says 1 (fail) or 0 (warn, pass).
enum class UndecidedAs { undecided, fail, warn, pass };

// A rule: METRIC[.KIND[.NAME]]: limit. `metric` is one of gate/rule.hpp's table.
struct GateRule {
    std::string metric;              // "flips", "R", "accuracy"
    std::optional<FactorKind> kind;  // which pairs: "flips.hardware"
    std::string name;                // "isa" of "flips.hardware.isa"; "" all of the kind
    bool baseline = false;           // the candidate less the baseline, larger is worse: "accuracy.baseline"
    bool spread = false;             // the standard deviation between seeds: "accuracy.spread"
    Relation relation = Relation::less;
    std::optional<double> limit;  // as a number: "0.1%" is 0.001. Nothing for identical and report
    Summary summary = Summary::mean;
    std::string limit_text;                         // as written: "< 0.1%"
    std::map<std::string, std::string> where = {};  // factor -> level: only there; empty: everywhere
    double confidence = 0.95;                       // of each one-sided bound
    UndecidedAs undecided = UndecidedAs::undecided;
    std::string file = {};  // where the spec has it; "" when it has no place
    int line = 0, column = 0;
    friend bool operator==(const GateRule&, const GateRule&) = default;
};
// "flips.hardware.isa", as it stands in the spec.
std::string rule_key(const GateRule& rule);

// pass: the whole interval is inside the limit, or nothing differs at all. fail: it is outside, Holm-adjusted over the
// rules of the gate, or one seed is enough to break the rule. undecided: neither, and more runs would decide.
// refused: no number of runs would, the request is wrong (exit 2). incomplete: what it needs is not there (exit 4).
// reported: nothing was asked but to print it.
enum class RuleState { pass, fail, undecided, refused, incomplete, reported };

// Why. Written by name; names are never reused.
enum class RuleReason {
    interval,          // decided, or open, by the interval
    identical,         // equal to the last bit in every seed
    count,             // decided by counting: one that must not be is enough
    none_observed,     // nothing seen; bounded by how many seeds were looked at
    insufficient,      // undecided: fewer seeds than the method needs
    missing_runs,      // incomplete: planned runs are not in the store
    baseline_missing,  // incomplete: the baseline's runs are not in the store
    no_baseline,       // there is no baseline yet
    no_pairs,          // refused: no two runs differ in this alone
    no_labels,         // refused: the true labels were never written
    crossed_seeds,     // refused: seeds are crossed, and the comparison needs independent ones
    no_spread,         // refused: seeds change nothing, so that there is no unit to measure in
    too_coarse,        // refused: the margin is finer than one input, and no seed differs
    no_usable_runs,    // fail: all runs of a configuration collapsed or diverged, nothing is left to measure
    different_inputs,  // refused: baseline and candidate answered other inputs
    across_machines,   // incomplete: a run and its repeat come from machines with different fingerprints
    one_run,           // a single candidate run: an outlier at most, never a pass
};
std::string_view state_name(RuleState state);
std::string_view reason_name(RuleReason reason);

// So many more runs would decide with 80% probability, were the truth what was measured.
struct Needed {
    std::size_t seeds = 0;         // in all, on the candidate's side
    std::size_t more_runs = 0;     // beyond those there are
    std::optional<double> cost_s;  // of training, from the mean of those there are
    friend bool operator==(const Needed&, const Needed&) = default;
};

// One configuration in which a rule was judged: a rule passes where all of them do.
struct RulePlace {
    std::string where;  // "dense, lr 0.1"; "" when there is one only
    RuleState state = RuleState::undecided;
    RuleReason reason = RuleReason::interval;
    std::size_t seeds = 0, runs = 0, pairs = 0;
    std::optional<double> measured;    // in the unit of the limit
    std::optional<Interval> interval;  // two-sided; its ends are the one-sided bounds that decide
    std::optional<double> baseline;    // the same figure of the baseline
    std::optional<double> p, p_holm;   // that the truth is inside the limit; small: it is outside
    std::optional<Needed> needed;
    std::string run;  // one to look at: "013", whose repeat differs or which collapsed; "" where none stands out
    std::vector<std::string> notes;
    friend bool operator==(const RulePlace&, const RulePlace&) = default;
};

struct RuleResult {
    GateRule rule;
    RuleState state = RuleState::undecided;
    RuleReason reason = RuleReason::interval;
    // The place that decides: the worst. Its figures stand for the rule.
    std::size_t worst = 0;
    std::vector<RulePlace> places;
    std::optional<Needed> needed;     // of all places together
    std::vector<std::size_t> inputs;  // which change, the worst first; at most k_listed_inputs
    std::size_t inputs_changed = 0, n_inputs = 0;
    std::string sentence;  // "8.4% of predicted labels change with hardware"
    std::string help;      // what to do, where the rule is refused or incomplete
    std::vector<std::string> notes;
    // Of each bound: the rule's, or more where several looks share its error.
    double confidence = 0.95;
    std::size_t decided_at = 0;  // in a sequence of looks: with so many seeds; 0: not decided, or judged once

    const RulePlace* place() const { return worst < places.size() ? &places[worst] : nullptr; }
    friend bool operator==(const RuleResult&, const RuleResult&) = default;
};
inline constexpr std::size_t k_listed_inputs = 20;

// Wins and losses against the baseline, seed by seed; one configuration. Counts are inputs, summed over the shared
// seeds: of 10,000 requests `flips_per_10000` get another answer.
struct LedgerRow {
    std::string slice, value;  // "" all inputs; "class" "3"; "writer" "w7"
    std::size_t inputs = 0;
    bool small = false;                                  // fewer than k_small_slice inputs
    std::optional<double> fixed, broken, changed_wrong;  // mean inputs a seed; nothing without labels
    std::optional<double> changed;                       // mean inputs a seed whose label changes
    std::optional<Interval> changed_interval;            // 95%, over seeds
    double flips_per_10000 = 0;
    std::optional<Interval> flips_per_10000_interval;
    std::size_t seeds_better = 0, seeds_worse = 0, seeds_even = 0;  // more fixed than broken, and so on
    // Share of the deciding seeds in which the candidate is worse, exact (Clopper and Pearson), and the exact McNemar p
    // over seeds. Nothing where no seed decides.
    std::optional<double> worse_share, p;
    std::optional<Interval> worse_interval;
    // R of these inputs alone, with its one-sided 95% bounds; or why there is none: "12 inputs". Shown, never judged.
    std::optional<double> excess;
    std::optional<Interval> excess_interval;
    std::string no_excess;
    friend bool operator==(const LedgerRow&, const LedgerRow&) = default;
};
struct Ledger {
    std::string where;
    std::size_t seeds = 0;
    std::vector<LedgerRow> rows;  // all inputs first
    friend bool operator==(const Ledger&, const Ledger&) = default;
};

// One candidate run against a stored baseline. An outlier where a rule on R fails by it, or, where none asks, at p <=
// 0.05; a large p never passes anything.
struct OneRunResult {
    std::string where;
    std::size_t baseline_runs = 0, needed = 0;  // `needed`: so many could make an outlier
    std::optional<double> p;                    // nothing: too few
    bool outlier = false;
    friend bool operator==(const OneRunResult&, const OneRunResult&) = default;
};

// Runs of one environment.
struct MachineGroup {
    std::string fingerprint;         // id; "" not recorded
    std::vector<std::string> hosts;  // sorted, each once
    std::size_t runs = 0, baseline_runs = 0;
    friend bool operator==(const MachineGroup&, const MachineGroup&) = default;
};

struct BaselineFacts {
    std::string audit;    // id
    std::string created;  // UTC, ISO 8601
    std::size_t runs = 0, missing = 0;
    bool same_environment = true;
    std::vector<std::string> environment_differences;  // "torch 2.3.1 there, 2.4.0 here"
    friend bool operator==(const BaselineFacts&, const BaselineFacts&) = default;
};

// Seeds were looked at one after another (gate/sequence.hpp).
struct SequenceFacts {
    std::size_t seeds = 0, planned = 0;  // looked at; of the plan
    std::vector<std::size_t> looks;      // planned numbers of seeds, for all but scores against the baseline
    bool decided = false;                // every rule: what comes after `seeds` is not needed
    std::size_t spared = 0;              // planned runs of the seeds that were not looked at
    friend bool operator==(const SequenceFacts&, const SequenceFacts&) = default;
};

struct Verdict {
    // Of the rules together, by the precedence of exit codes; reported: no rule was judged.
    RuleState state = RuleState::reported;
    std::vector<RuleResult> rules;
    std::size_t planned = 0, missing = 0, collapsed_seeds = 0;  // candidate; missing: not there, failed or timed out
    std::optional<BaselineFacts> baseline;
    std::vector<MachineGroup> machines;  // more than one: across machines
    std::vector<Ledger> ledgers;
    std::vector<OneRunResult> one_run;
    std::optional<SequenceFacts> sequence;  // nothing: all runs were judged at once
    std::vector<std::string> notes;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

// 0 pass or reported, 1 fail, 2 refused, 3 undecided, 4 incomplete. An undecided rule counts as its `undecided` says;
// while planned runs are missing it is never a fail, since they may decide it: 4.
Exit exit_of(const RuleResult& result, bool runs_missing);
// The worst of all rules; and 4 instead of 0 or 3 while planned runs are missing.
Exit exit_of(const Verdict& verdict);
// What the rules say together: refused, fail, incomplete, undecided, pass, in this order; reported where none is
// judged. `undecided` stays undecided here, whatever its exit code.
RuleState state_of(const std::vector<RuleResult>& rules);

}  // namespace assay
