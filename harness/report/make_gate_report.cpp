#include "report/make_gate_report.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "gate/rule.hpp"
#include "report/gate_advice.hpp"

namespace assay {
namespace {

constexpr std::size_t k_columns = 80, k_label = 11, k_other_places = 3;

// Without the unit, for the inside of brackets.
std::string bare_text(const GateRule& rule, double value) {
    std::string text = gate_figure_text(rule, value);
    if (text.ends_with('%')) text.pop_back();
    return text;
}

std::string interval_text(const GateRule& rule, const Interval& interval, const char* between) {
    return bare_text(rule, interval.low) + between + (interval.high ? bare_text(rule, *interval.high) : "no bound");
}

// "  measured   ...", the rest below its own column.
void row(std::vector<std::string>& lines, const std::string& label, const std::string& text) {
    const auto parts = split_lines(wrap(text, k_columns - k_label - 2));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        lines.push_back("  " + pad_right(i == 0 ? label : "", k_label) + parts[i]);
    }
}

std::string place_measured(const GateRule& rule, const RulePlace& place) {
    if (place.reason == RuleReason::identical) return "identical";
    return place.measured ? gate_figure_text(rule, *place.measured) : std::string(reason_name(place.reason));
}

// Two one-sided bounds. A part of the error leaves a half: 97.5.
std::string interval_percent(const RuleResult& result) {
    const double percentage = 100 * (2 * result.confidence - 1);
    return fixed(percentage, std::abs(percentage - std::round(percentage)) < 1e-9 ? 0 : 1);
}

std::string measured_row(const RuleResult& result) {
    const RulePlace* const worst = result.place();
    if (worst == nullptr || (!worst->measured && worst->reason != RuleReason::identical)) return "";
    std::string text = place_measured(result.rule, *worst);
    if (worst->interval) {
        text += ", " + interval_percent(result) + "% interval " + interval_text(result.rule, *worst->interval, " to ");
    }
    if (!worst->where.empty()) text += ", at " + worst->where;
    std::size_t shown = 0;
    for (const RulePlace& place : result.places) {
        if (&place == worst || shown++ == k_other_places) continue;
        if (shown > k_other_places) break;
        text += "; " + place_measured(result.rule, place) + (place.where.empty() ? "" : " at " + place.where);
    }
    if (worst->pairs > 0) return text + " (" + plural(worst->pairs, "pair") + " of runs)";
    return worst->seeds > 0 ? text + " (" + plural(worst->seeds, "seed") + ")" : text;
}

// The place at the right edge, where it fits.
std::string limit_row(const GateRule& rule) {
    const std::string place = place_text({rule.file, rule.line, 0}), limit = rule.limit_text;
    const std::size_t room = k_columns - k_label - 2;
    if (place.empty() || limit.size() + place.size() + 2 > room) return limit + (place.empty() ? "" : "  " + place);
    return limit + std::string(room - display_width(limit) - display_width(place), ' ') + place;
}

std::string baseline_row(const RuleResult& result, const Verdict& verdict) {
    if (!verdict.baseline) return "";
    const BaselineFacts& facts = *verdict.baseline;
    const RulePlace* const place = result.place();
    std::string text;
    if (place != nullptr && place->baseline) text = gate_figure_text(result.rule, *place->baseline) + ", ";
    text += facts.audit.substr(0, 8) + (facts.created.empty() ? "" : ", " + facts.created.substr(0, 10));
    return text + (facts.same_environment ? ", same environment" : ", " + join(facts.environment_differences, "; "));
}

bool about_baseline(const GateRule& rule) { return rule.baseline || rule.metric == "churn"; }

std::string where_row(const RuleResult& result) {
    if (result.inputs_changed == 0) return "";
    std::string text = std::to_string(result.inputs_changed) + " of " + plural(result.n_inputs, "input");
    if (result.inputs.empty()) return text;
    text += "; worst";
    for (std::size_t i = 0; i < std::min<std::size_t>(result.inputs.size(), 5); ++i)
        text += (i == 0 ? " #" : ", #") + std::to_string(result.inputs[i]);
    return text;
}

std::string more_text(const RuleResult& result) {
    if (result.state != RuleState::undecided || !result.needed) return "";
    const Needed& needed = *result.needed;
    if (needed.more_runs == 0) return "";
    return plural(needed.more_runs, "more run") + (needed.more_runs == 1 ? " decides it" : " decide it") +
           (needed.cost_s ? ", about " + duration_text(*needed.cost_s) : "");
}

std::vector<std::string> detail(const RuleResult& result, const Verdict& verdict, const GateSurroundings& around) {
    std::vector<std::string> lines;
    const auto add = [&](const char* label, const std::string& text) {
        if (!text.empty()) row(lines, label, text);
    };
    add("measured", measured_row(result));
    lines.push_back("  " + pad_right("limit", k_label) + limit_row(result.rule));
    add("baseline", baseline_row(result, verdict));
    if (about_baseline(result.rule)) add("changed", join(around.changes, ", "));
    add("where", where_row(result));
    add("more", more_text(result));
    for (const std::string& note : result.notes) add("note", note);
    if (const RulePlace* const place = result.place()) {
        for (const std::string& note : place->notes) add("note", note);
    }
    lines.emplace_back();
    lines.emplace_back("  What to do, cheapest first");
    int number = 0;
    for (const std::string& advice : gate_advice(result, around.changes, around.store_option)) {
        const auto parts = split_lines(wrap(advice, k_columns - 6));
        ++number;
        for (std::size_t i = 0; i < parts.size(); ++i)
            lines.push_back((i == 0 ? "    " + std::to_string(number) + " " : "      ") + parts[i]);
    }
    add("See it", gate_see_it(result, around.audit, around.baseline, around.store_option));
    return lines;
}

CaseState case_state(const RuleResult& result) {
    switch (result.state) {
        case RuleState::pass:
            return CaseState::pass;
        case RuleState::fail:
            return CaseState::fail;
        case RuleState::refused:
            return CaseState::refused;
        case RuleState::incomplete:
            return CaseState::incomplete;
        case RuleState::reported:
            return CaseState::reported;
        case RuleState::undecided:
            break;
    }
    switch (result.rule.undecided) {
        case UndecidedAs::fail:
            return CaseState::fail;
        case UndecidedAs::undecided:
            return CaseState::undecided;
        default:
            return CaseState::warned;
    }
}

std::string headline(const RuleResult& result) {
    const std::string key = rule_key(result.rule);
    const std::string tail = result.sentence.empty() ? "" : ": " + result.sentence;
    switch (result.state) {
        case RuleState::pass:
            return key + " passes" + tail;
        case RuleState::fail:
            return key + " fails" + tail;
        case RuleState::refused:
            return key + " can never be decided" + tail;
        case RuleState::incomplete:
            return key + " lacks what it needs" + tail;
        case RuleState::reported:
            return key + tail;
        default:
            return key +
                   (result.rule.undecided == UndecidedAs::fail ? " fails, cannot tell yet" : ": cannot tell yet") +
                   tail;
    }
}

std::string scope_text(const GateRule& rule) {
    std::string text;
    for (const auto& [factor, level] : rule.where) text += (text.empty() ? "" : ", ") + factor + "=" + level;
    return text;
}

GateCase make_case(const RuleResult& result, const Verdict& verdict, const GateSurroundings& around) {
    GateCase one;
    one.metric = rule_key(result.rule);
    one.scope = scope_text(result.rule);
    one.rule = one.metric + " " + result.rule.limit_text + (one.scope.empty() ? "" : " at " + one.scope);
    one.state = case_state(result);
    const RulePlace* const place = result.place();
    one.reason = result.reason == RuleReason::interval ? "" : std::string(reason_name(result.reason));
    one.headline = headline(result);
    one.measured = gate_measured_text(result);
    one.limit = result.rule.limit_text;
    one.more = more_text(result);
    if (place != nullptr) {
        one.value = place->measured;
        one.interval = place->interval;
    }
    one.bound = result.rule.limit;
    if (one.state != CaseState::pass && one.state != CaseState::reported) one.detail = detail(result, verdict, around);
    one.place = {result.rule.file, result.rule.line, result.rule.column};
    one.decided_at = result.decided_at;
    return one;
}

GateOutcome outcome_of(const Verdict& verdict, Exit exit) {
    if (exit == Exit::usage) return GateOutcome::refused;
    if (exit == Exit::no) return GateOutcome::fail;
    if (exit == Exit::incomplete) return GateOutcome::incomplete;
    if (exit == Exit::undecided) return GateOutcome::undecided;
    if (verdict.state == RuleState::reported) return GateOutcome::reported;
    // That a spec lets through what is undecided makes it no pass; "undecided: pass" says that it is one.
    const bool open = std::any_of(verdict.rules.begin(), verdict.rules.end(), [](const RuleResult& result) {
        return result.state == RuleState::undecided && result.rule.undecided != UndecidedAs::pass;
    });
    return open ? GateOutcome::undecided : GateOutcome::pass;
}

std::string counted(std::size_t count, const char* what) {
    return count == 0 ? "" : std::to_string(count) + " " + what;
}

std::string verdict_sentence(const GateReport& report, const Verdict& verdict) {
    const std::size_t judged = report.cases.size() - cases_in(report, CaseState::reported);
    const std::string of = std::to_string(judged);
    std::vector<std::string> parts;
    for (const auto& [state, what] : {std::pair(CaseState::undecided, "undecided"),
                                      {CaseState::warned, "undecided (warned)"},
                                      {CaseState::incomplete, "without what it needs"},
                                      {CaseState::refused, "that can never be decided"}}) {
        if (const std::string part = counted(cases_in(report, state), what); !part.empty()) parts.push_back(part);
    }
    if (verdict.missing > 0) parts.push_back(plural(verdict.missing, "run") + " failed or missing");
    const std::string tail = parts.empty() ? "" : ", " + join(parts, ", ");
    const std::size_t failing = cases_in(report, CaseState::fail), passing = cases_in(report, CaseState::pass);
    switch (report.outcome) {
        case GateOutcome::pass:
            return "passes: " + std::to_string(passing) + " of " + of + tail;
        case GateOutcome::fail:
            return "fails: " + std::to_string(failing) + " of " + of + tail;
        case GateOutcome::reported:
            return std::any_of(verdict.rules.begin(), verdict.rules.end(),
                               [](const RuleResult& rule) { return rule.rule.limit.has_value(); })
                       ? "nothing was judged: there is no baseline yet"
                       : "nothing was judged: no rule has a limit";
        case GateOutcome::refused:
            return "refused: " +
                   (failing > 0 ? std::to_string(failing) + " of " + of + " fails" + tail : tail.substr(2));
        default:
            return std::string(gate_outcome_name(report.outcome)) +
                   (report.exit == 0 ? ", which the spec lets through: " : ": ") + std::to_string(passing) + " of " +
                   of + " pass" + tail;
    }
}

// Counts of inputs, mean of the seeds; at most 80 columns.
std::string ledger_line(const LedgerRow& row) {
    const std::string name = row.slice.empty() ? "all inputs" : row.slice + " " + row.value;
    std::string text = "  " + pad_right(elide(name, 12), 13);
    if (row.fixed && row.broken && row.changed_wrong) {
        text += "fixed " + fixed(*row.fixed, 1) + ", broken " + fixed(*row.broken, 1) + ", still wrong " +
                fixed(*row.changed_wrong, 1);
    } else if (row.changed) {
        text += "changed " + fixed(*row.changed, 1);
    }
    text += " of " + std::to_string(row.inputs) + "; " + fixed(row.flips_per_10000, 0) + "/10,000";
    return row.excess ? text + ", R " + fixed(*row.excess, 2) : text;
}

// "  seeds        worse in 5, better in 2; worse: 29% to 96% of seeds, p 0.453"
std::string seeds_line(const LedgerRow& row) {
    if (!row.worse_interval || !row.worse_interval->high || !row.p) return "";
    return "  " + pad_right("seeds", 13) + "worse in " + std::to_string(row.seeds_worse) + ", better in " +
           std::to_string(row.seeds_better) + "; worse: " + percent(row.worse_interval->low, 0) + " to " +
           percent(*row.worse_interval->high, 0) + " of seeds, p " + fixed(*row.p, 3);
}

std::vector<std::string> ledger_lines(const Verdict& verdict) {
    constexpr std::size_t k_rows = 12;
    std::vector<std::string> lines;
    for (const Ledger& ledger : verdict.ledgers) {
        const std::string head = "Against the baseline, inputs that changed, mean of " + plural(ledger.seeds, "seed") +
                                 (ledger.where.empty() ? "" : ", at " + ledger.where);
        for (std::string& line : split_lines(wrap(head, k_columns))) lines.push_back(std::move(line));
        for (std::size_t i = 0; i < std::min(ledger.rows.size(), k_rows); ++i) {
            if (i == 0 || ledger.rows[i].flips_per_10000 > 0) lines.push_back(ledger_line(ledger.rows[i]));
            if (i > 0) continue;
            if (const std::string seeds = seeds_line(ledger.rows[0]); !seeds.empty()) lines.push_back(seeds);
        }
        if (ledger.rows.size() > k_rows)
            lines.push_back("  and " + std::to_string(ledger.rows.size() - k_rows) + " more");
    }
    return lines;
}

std::string one_run_note(const OneRunResult& one) {
    const std::string where = one.where.empty() ? "" : " at " + one.where;
    if (!one.p)
        return "one candidate run" + where + ": " + std::to_string(one.baseline_runs) + " baseline runs are too few, " +
               std::to_string(one.needed) + " could show an outlier";
    return "one candidate run" + where + (one.outlier ? ": OUTLIER among " : ": CONSISTENT with the seeds of ") +
           plural(one.baseline_runs, "baseline run") + " (p " + fixed(*one.p, 3) + "); this is never a pass";
}

std::string sequence_note(const SequenceFacts& s) {
    std::vector<std::string> looks;
    for (const std::size_t look : s.looks) looks.push_back(std::to_string(look));
    const std::string how = "; looks at " + join(looks, ", ") + ", each with " +
                            (s.looks.size() > 1 ? "1/" + std::to_string(s.looks.size()) : std::string("all")) +
                            " of the error, and for scores against the baseline after every seed";
    const std::string of = std::to_string(s.seeds) + " of " + plural(s.planned, "planned seed");
    if (!s.decided) return "judged seed by seed: not every rule is decided with " + of + how;
    if (s.spared == 0) return "judged seed by seed: decided with " + of + how;
    return "stopped early: every rule is decided with " + of + ", so " + plural(s.spared, "planned run") +
           (s.spared == 1 ? " is" : " are") + " not judged, and need not be made" + how;
}

std::vector<std::string> all_notes(const Verdict& verdict, const std::vector<std::string>& before) {
    std::vector<std::string> notes = before;
    if (verdict.baseline && !verdict.baseline->same_environment)
        notes.insert(notes.begin(),
                     "baseline made in another environment: " + join(verdict.baseline->environment_differences, "; "));
    if (verdict.sequence) notes.push_back(sequence_note(*verdict.sequence));
    for (const OneRunResult& one : verdict.one_run) notes.push_back(one_run_note(one));
    notes.insert(notes.end(), verdict.notes.begin(), verdict.notes.end());
    return notes;
}

}  // namespace

std::string gate_measured_text(const RuleResult& result) {
    const RulePlace* const place = result.place();
    if (place == nullptr) return "";
    if (place->reason == RuleReason::identical) return "identical";
    if (!place->measured) return "";
    std::string text = gate_figure_text(result.rule, *place->measured);
    if (place->interval) text += " [" + interval_text(result.rule, *place->interval, ", ") + "]";
    return place->where.empty() ? text : text + " at " + place->where;
}

GateReport make_gate_report(const Verdict& verdict, GateSurroundings around) {
    GateReport report;
    report.name = around.name;
    report.audit = around.audit;
    report.baseline = around.baseline;
    const Exit exit = exit_of(verdict);
    report.exit = static_cast<int>(exit);
    report.outcome = outcome_of(verdict, exit);
    for (const RuleResult& result : verdict.rules) report.cases.push_back(make_case(result, verdict, around));
    report.notes = all_notes(verdict, around.notes);
    // A rule must have asked: a run that stands apart is a note where none compares answers.
    const auto one_run = [&](RuleState state) {
        return std::any_of(verdict.rules.begin(), verdict.rules.end(), [&](const RuleResult& result) {
            return result.state == state && result.reason == RuleReason::one_run;
        });
    };
    if (report.outcome == GateOutcome::fail && one_run(RuleState::fail)) {
        report.outcome = GateOutcome::outlier;
    } else if ((report.outcome == GateOutcome::undecided && one_run(RuleState::undecided)) ||
               (report.outcome == GateOutcome::pass && !verdict.one_run.empty())) {
        report.outcome = GateOutcome::consistent;  // one run never passes; what it ends with is the policy's
    }
    report.verdict = verdict_sentence(report, verdict);
    report.failed = std::move(around.failed);
    report.ledger = ledger_lines(verdict);
    report.ledgers = verdict.ledgers;
    report.run_ids = std::move(around.run_ids);
    report.baseline_run_ids = std::move(around.baseline_run_ids);
    report.runs = report.run_ids.size();
    report.sequence = verdict.sequence;
    report.context = std::move(around.context);
    return report;
}

}  // namespace assay
