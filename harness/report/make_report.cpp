#include "report/make_report.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "report/errors.hpp"
#include "report/sentences.hpp"

namespace assay {
namespace {

std::string design_text(const Plan& plan) {
    if (plan.design == "seeds")
        return plural(static_cast<std::size_t>(plan.blocks), "block") + " of 2 seeds a stream, crossed";
    if (plan.design == "repeat") return "seeds side by side";
    if (plan.design == "screen") return "one change at a time from the first levels, the same seeds";
    if (plan.design == "hardware") return "every hardware level, the same seeds";
    return "every combination";
}

ReportRun report_run(const Plan& plan, const std::vector<RunData>& runs, const Attribution& attribution,
                     std::size_t i) {
    ReportRun row;
    row.label = run_label(plan, plan.runs[i].number);
    row.cell = cell_text(plan, plan.runs[i]);
    row.outcome = attribution.outcomes[i];
    row.accuracy = attribution.accuracies[i];
    row.replay = plan.runs[i].request.replicate > 0;
    if (const auto& record = runs[i].record) {
        row.reason = record->reason;
        const auto it = record->members.find("predictions.npy");
        if (it != record->members.end()) row.predictions = it->second.sha256;
        if (!record->weights.empty()) row.weights = tensor_table_root(record->weights);
    }
    return row;
}

Json pinned_hardware(const Plan& plan) {
    Json::Object pinned;
    for (const auto& [name, level] : plan.runs.front().request.hardware.as_object()) {
        const bool varied = std::any_of(plan.factors.begin(), plan.factors.end(), [&, &n = name](const Factor& f) {
            return f.kind == FactorKind::hardware && f.name == n;
        });
        if (!varied) pinned.emplace(name, level);
    }
    return pinned;
}

}  // namespace

Report make_report(const Plan& plan, const std::vector<RunData>& runs, Attribution attribution,
                   std::vector<FailedRun> failed, ReportContext context) {
    Report report;
    report.name = plan.name;
    report.audit = audit_id(plan);
    report.design = design_text(plan);
    report.root_seed = plan.root_seed;
    report.factors = plan.factors;
    report.planned = plan.runs.size();
    report.trainer = plan.runs.front().request.trainer;
    report.pinned = pinned_hardware(plan);
    report.versions = Json::Object{};
    for (std::size_t i = 0; i < runs.size(); ++i) {
        report.runs.push_back(report_run(plan, runs, attribution, i));
        if (!runs[i].record) continue;
        ++report.stored;
        context.training_s += runs[i].record->wall_s;
        const Json& versions = runs[i].record->versions;
        if (report.versions.as_object().empty() && versions.is_object()) report.versions = versions;
    }
    report.attribution = std::move(attribution);
    report.failed = std::move(failed);
    report.context = std::move(context);
    report.errors = report_errors(report);
    report.lead = lead_sentences(report);
    report.next = next_steps(report);
    report.assumptions = assumption_sentences(report);
    return report;
}

}  // namespace assay
