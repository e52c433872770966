// The gate for programs.
#include "base/utf8.hpp"
#include "report/gate_formats.hpp"
#include "report/json_parts.hpp"

namespace assay {
namespace {

// Names, paths and logs come from outside: JSON is UTF-8, whatever they hold.
Json shown(const std::string& text) { return printable_line(text); }
Json shown_or_null(const std::string& text) { return text.empty() ? Json() : shown(text); }
Json shown_lines(const std::vector<std::string>& lines) { return list(lines, shown); }

Json place_json(const SpecPlace& place) {
    if (place.file.empty()) return {};
    return Json::Object{{"file", shown(place.file)},
                        {"line", place.line > 0 ? Json(place.line) : Json()},
                        {"column", place.column > 0 ? Json(place.column) : Json()}};
}

Json case_json(const GateCase& one) {
    return Json::Object{{"rule", shown(one.rule)},
                        {"metric", shown(one.metric)},
                        {"scope", shown_or_null(one.scope)},
                        {"state", case_state_name(one.state)},
                        {"reason", shown_or_null(one.reason)},
                        {"headline", shown(one.headline)},
                        {"measured", shown_or_null(one.measured)},
                        {"value", optional_number(one.value)},
                        {"interval", optional_interval(one.interval)},
                        {"limit", shown_or_null(one.limit)},
                        {"bound", optional_number(one.bound)},
                        {"more", shown_or_null(one.more)},
                        {"detail", shown_lines(one.detail)},
                        {"place", place_json(one.place)},
                        {"decided_at", one.decided_at > 0 ? Json(one.decided_at) : Json()}};
}

Json ledger_row_json(const LedgerRow& row) {
    return Json::Object{{"slice", shown_or_null(row.slice)},
                        {"value", shown_or_null(row.value)},
                        {"inputs", row.inputs},
                        {"small", row.small},
                        {"fixed", optional_number(row.fixed)},
                        {"broken", optional_number(row.broken)},
                        {"changed_wrong", optional_number(row.changed_wrong)},
                        {"changed", optional_number(row.changed)},
                        {"changed_interval", optional_interval(row.changed_interval)},
                        {"flips_per_10000", row.flips_per_10000},
                        {"flips_per_10000_interval", optional_interval(row.flips_per_10000_interval)},
                        {"seeds_better", row.seeds_better},
                        {"seeds_worse", row.seeds_worse},
                        {"seeds_even", row.seeds_even},
                        {"worse_share", optional_number(row.worse_share)},
                        {"worse_interval", optional_interval(row.worse_interval)},
                        {"p", optional_number(row.p)},
                        {"R", optional_number(row.excess)},
                        {"R_interval", optional_interval(row.excess_interval)},
                        {"no_R", shown_or_null(row.no_excess)}};
}

Json ledger_json(const Ledger& ledger) {
    return Json::Object{
        {"where", shown_or_null(ledger.where)}, {"seeds", ledger.seeds}, {"rows", list(ledger.rows, ledger_row_json)}};
}

Json sequence_json(const std::optional<SequenceFacts>& sequence) {
    if (!sequence) return {};
    return Json::Object{{"seeds", sequence->seeds},
                        {"planned", sequence->planned},
                        {"looks", Json::Array(sequence->looks.begin(), sequence->looks.end())},
                        {"decided", sequence->decided},
                        {"spared_runs", sequence->spared}};
}

Json failed_json(const FailedRun& run) {
    return Json::Object{{"run", shown(run.label)},
                        {"cell", shown(run.cell)},
                        {"reason", shown(run.reason)},
                        {"log_tail", shown_lines(run.log_tail)}};
}

}  // namespace

Json gate_json(const GateReport& report) {
    return Json::Object{{"schema", "assay/gate/1"},
                        {"name", shown(report.name)},
                        {"audit", report.audit},
                        {"baseline", text_or_null(report.baseline)},
                        {"outcome", gate_outcome_name(report.outcome)},
                        {"exit", report.exit},
                        {"verdict", shown(report.verdict)},
                        {"notes", shown_lines(report.notes)},
                        {"cases", list(report.cases, case_json)},
                        {"failed", list(report.failed, failed_json)},
                        {"ledger", shown_lines(report.ledger)},
                        {"ledgers", list(report.ledgers, ledger_json)},
                        {"runs", texts(report.run_ids)},
                        {"baseline_runs", texts(report.baseline_run_ids)},
                        {"sequence", sequence_json(report.sequence)},
                        {"context", Json::Object{{"generated", report.context.generated},
                                                 {"host", report.context.host},
                                                 {"store", report.context.store},
                                                 {"tool", report.context.tool},
                                                 {"training_s", report.context.training_s}}}};
}

}  // namespace assay
