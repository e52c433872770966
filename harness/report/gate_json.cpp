// The gate for programs.
#include "report/gate_formats.hpp"
#include "report/json_parts.hpp"

namespace assay {
namespace {

Json place_json(const SpecPlace& place) {
    if (place.file.empty()) return {};
    return Json::Object{{"file", place.file},
                        {"line", place.line > 0 ? Json(place.line) : Json()},
                        {"column", place.column > 0 ? Json(place.column) : Json()}};
}

Json case_json(const GateCase& one) {
    return Json::Object{{"rule", one.rule},
                        {"metric", one.metric},
                        {"state", case_state_name(one.state)},
                        {"reason", text_or_null(one.reason)},
                        {"headline", one.headline},
                        {"measured", text_or_null(one.measured)},
                        {"value", optional_number(one.value)},
                        {"interval", optional_interval(one.interval)},
                        {"limit", text_or_null(one.limit)},
                        {"bound", optional_number(one.bound)},
                        {"more", text_or_null(one.more)},
                        {"detail", texts(one.detail)},
                        {"place", place_json(one.place)}};
}

Json failed_json(const FailedRun& run) {
    return Json::Object{
        {"run", run.label}, {"cell", run.cell}, {"reason", run.reason}, {"log_tail", texts(run.log_tail)}};
}

}  // namespace

Json gate_json(const GateReport& report) {
    return Json::Object{{"schema", "assay/gate/1"},
                        {"name", report.name},
                        {"audit", report.audit},
                        {"baseline", text_or_null(report.baseline)},
                        {"outcome", gate_outcome_name(report.outcome)},
                        {"exit", report.exit},
                        {"verdict", report.verdict},
                        {"notes", texts(report.notes)},
                        {"cases", list(report.cases, case_json)},
                        {"failed", list(report.failed, failed_json)},
                        {"ledger", texts(report.ledger)},
                        {"runs", texts(report.run_ids)},
                        {"baseline_runs", texts(report.baseline_run_ids)},
                        {"context", Json::Object{{"generated", report.context.generated},
                                                 {"host", report.context.host},
                                                 {"store", report.context.store},
                                                 {"tool", report.context.tool},
                                                 {"training_s", report.context.training_s}}}};
}

}  // namespace assay
