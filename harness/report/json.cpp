#include "report/json.hpp"

#include "report/evidence_json.hpp"
#include "report/json_parts.hpp"
#include "report/responses_json.hpp"

namespace assay {
namespace {

Json estimate_json(const std::optional<Estimate>& estimate) {
    if (!estimate) return {};
    return Json::Object{{"value", estimate->value},
                        {"interval", optional_interval(estimate->interval)},
                        {"flag", text_or_null(estimate->flag)},
                        {"dominating", dominating_json(estimate->dominating)}};
}

Json cell_json(const EffectCell& cell) {
    return Json::Object{{"pairs", count(cell.pairs)},
                        {"bitwise_equal", count(cell.bitwise_equal)},
                        {"units", count(cell.units)},
                        {"flips", estimate_json(cell.flips)},
                        {"distance", estimate_json(cell.distance)},
                        {"jensen_shannon", estimate_json(cell.jensen_shannon)},
                        {"total_variation", estimate_json(cell.total_variation)},
                        {"brier", estimate_json(cell.brier)},
                        {"max_abs_dp", cell.pairs > 0 ? Json(cell.max_abs_dp) : Json()},
                        {"empty_reason", text_or_null(cell.empty_reason)}};
}

Json row_json(const EffectRow& row) {
    return Json::Object{
        {"factor", row.factor},
        {"kind", kind_name(row.kind)},
        {"where", text_or_null(row.where)},
        {"cells", list(row.cells, cell_json)},
        {"level_pairs", list(row.level_pairs, [](const LevelPair& pair) {
             return Json(Json::Object{{"first", pair.first}, {"second", pair.second}, {"cell", cell_json(pair.cell)}});
         })}};
}

Json slice_json(const SliceEffects& slice) {
    return Json::Object{{"slice", slice.slice},
                        {"value", slice.value},
                        {"inputs", count(slice.inputs)},
                        {"small", slice.small},
                        {"rows", list(slice.rows, row_json)},
                        {"setting_rows", list(slice.setting_rows, row_json)}};
}

Json rate_json(const Rate& rate) {
    return Json::Object{
        {"count", count(rate.count)}, {"of", count(rate.of)}, {"interval", interval_json(rate.interval)}};
}

Json setting_json(const Setting& setting) {
    Json::Object outcomes;
    for (std::size_t o = 0; o < setting.outcomes.size(); ++o) {
        outcomes.emplace(outcome_name(static_cast<Outcome>(o)), count(setting.outcomes[o]));
    }
    return Json::Object{
        {"name", setting.name},
        {"runs", count(setting.runs)},
        {"outcomes", std::move(outcomes)},
        {"collapsed", rate_json(setting.collapsed)},
        {"diverged", rate_json(setting.diverged)},
        {"failed", rate_json(setting.failed)},
        {"accuracy", Json::Object{{"mean", optional_number(setting.accuracy_mean)},
                                  {"min", optional_number(setting.accuracy_min)},
                                  {"max", optional_number(setting.accuracy_max)}}},
        {"replay", Json::Object{{"pairs", count(setting.replays)},
                                {"identical", count(setting.replays_identical)},
                                {"flips", setting.replays > 0 ? Json(setting.replay_flips) : Json()},
                                {"max_abs_dp", setting.replays > 0 ? Json(setting.replay_max_abs_dp) : Json()}}}};
}

Json reloads_json(const std::optional<Reloads>& reloads) {
    if (!reloads) return {};
    const bool any = reloads->differ > 0;
    return Json::Object{{"runs", count(reloads->runs)},
                        {"same", count(reloads->same)},
                        {"differ", count(reloads->differ)},
                        {"failed", count(reloads->failed)},
                        {"labels", any ? count(reloads->labels) : Json()},
                        {"inputs", any ? count(reloads->inputs) : Json()},
                        {"max_abs_dp", any ? Json(reloads->max_abs_dp) : Json()},
                        {"worst", text_or_null(reloads->worst)},
                        {"reason", text_or_null(reloads->reason)}};
}

Json attribution_json(const Attribution& a) {
    return Json::Object{{"inputs", count(a.n_inputs)},
                        {"classes", count(a.n_classes)},
                        {"setting_factors", texts(a.setting_factors)},
                        {"settings", list(a.settings, setting_json)},
                        {"rows", list(a.rows, row_json)},
                        {"setting_rows", list(a.setting_rows, row_json)},
                        {"slices", list(a.slices, slice_json)},
                        {"hardware", list(a.hardware,
                                          [](const HardwareCheck& check) {
                                              return Json(Json::Object{{"factor", check.factor},
                                                                       {"varied", check.varied},
                                                                       {"verified", count(check.verified)},
                                                                       {"of", count(check.of)}});
                                          })},
                        {"evidence", evidence_json(a.evidence)},
                        {"responses", responses_json(a.responses)},
                        {"reloads", reloads_json(a.reloads)},
                        {"findings", list(a.findings, [](const Finding& finding) {
                             return Json(Json::Object{{"code", finding.code}, {"sentence", finding.sentence}});
                         })}};
}

Json run_json_row(const ReportRun& run) {
    return Json::Object{{"run", run.label},
                        {"cell", run.cell},
                        {"outcome", outcome_name(run.outcome)},
                        {"reason", text_or_null(run.reason)},
                        {"accuracy", optional_number(run.accuracy)},
                        {"predictions", text_or_null(run.predictions)},
                        {"weights", text_or_null(run.weights)},
                        {"replay", run.replay}};
}

Json error_json(const ReportError& error) {
    return Json::Object{{"flag", error.flag},       {"code", error.code}, {"factor", error.factor},
                        {"message", error.message}, {"got", error.got},   {"expected", error.expected},
                        {"help", error.help}};
}

Json factor_json_row(const Factor& factor) {
    return Json::Object{{"name", factor.name}, {"kind", kind_name(factor.kind)}, {"levels", factor.levels}};
}

}  // namespace

Json json_report(const Report& report) {
    Json::Object reproduce;  // paths of this machine
    for (const FailedRun& run : report.failed) reproduce.emplace(run.label, text_or_null(run.reproduce));
    Json::Object places;
    for (const auto& [factor, place] : report.context.places) places.emplace(factor, place);
    return Json::Object{{"schema", "assay/report/1"},
                        {"name", report.name},
                        {"audit", report.audit},
                        {"design", report.design},
                        {"root_seed", std::to_string(report.root_seed)},
                        {"factors", list(report.factors, factor_json_row)},
                        {"planned", count(report.planned)},
                        {"stored", count(report.stored)},
                        {"errors", list(report.errors, error_json)},
                        {"lead", texts(report.lead)},
                        {"attribution", attribution_json(report.attribution)},
                        {"runs", list(report.runs, run_json_row)},
                        {"failed", list(report.failed,
                                        [](const FailedRun& run) {
                                            return Json(Json::Object{{"run", run.label},
                                                                     {"cell", run.cell},
                                                                     {"reason", run.reason},
                                                                     {"log_tail", texts(run.log_tail)}});
                                        })},
                        {"trainer", report.trainer},
                        {"pinned", report.pinned},
                        {"versions", report.versions},
                        {"next", texts(report.next)},
                        {"assumptions", texts(report.assumptions)},
                        {"context", Json::Object{{"generated", report.context.generated},
                                                 {"host", report.context.host},
                                                 {"store", report.context.store},
                                                 {"tool", report.context.tool},
                                                 {"places", std::move(places)},
                                                 {"reproduce", std::move(reproduce)},
                                                 {"training_s", report.context.training_s}}}};
}

}  // namespace assay
