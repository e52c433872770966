// assay gate: stored runs against the rules of the spec and the accepted baseline. Reads only, trains nothing.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/failed_runs.hpp"
#include "cli/gate_audit.hpp"
#include "cli/gate_outputs.hpp"
#include "cli/gate_sign.hpp"
#include "cli/judge.hpp"
#include "cli/keys.hpp"
#include "cli/render.hpp"
#include "gate/suggest.hpp"
#include "report/make_gate_report.hpp"
#include "schedule/record.hpp"

namespace assay {
namespace {

ReportContext gate_context(const Store& store, const GateAudit& audit) {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    ReportContext context{utc_now(), host.data(), store.path().string(), "assay " ASSAY_VERSION, 0, {}};
    for (const RunData& run : audit.side.runs) context.training_s += run.record ? run.record->wall_s : 0;
    return context;
}

std::string store_option(const Store& store) {
    const std::string path = store.path().string();
    return path == k_default_store ? "" : " --store " + path;
}

std::string suggestions_text(const std::vector<Suggestion>& suggestions, std::size_t seeds, bool of_baseline) {
    std::string text = "With " + plural(seeds, "seed") +
                       ", a candidate in which nothing changed passes these limits with\n80% probability (from " +
                       (of_baseline ? "the baseline's runs" : "these runs: no baseline is here") +
                       "). What you accept is yours to say.\n\ngate:\n";
    for (const Suggestion& one : suggestions) {
        text +=
            one.limit.empty() ? "  # " + one.key + ": " + one.note + "\n" : "  " + one.key + ": " + one.limit + "\n";
    }
    return text;
}

Json suggestions_json(const std::vector<Suggestion>& suggestions, std::size_t seeds, bool of_baseline) {
    Json::Array rows;
    for (const Suggestion& one : suggestions)
        rows.push_back(Json::Object{{"rule", one.key}, {"limit", one.limit}, {"note", one.note}});
    return Json::Object{{"schema", "assay/suggest/1"},
                        {"seeds", std::uint64_t{seeds}},
                        {"of", of_baseline ? "baseline" : "candidate"},
                        {"suggestions", std::move(rows)}};
}

// What would otherwise be ignored is refused; and an -o is of one document, as of the other commands.
Options options_of_suggestions(const Options& options) {
    if (!options.sign.empty() || !options.format.empty())
        throw Error("U0103", Exit::usage, "--suggest judges nothing: there is nothing to sign or to format",
                    "assay gate --suggest, with --json or -o FILE.json");
    Options one = options;
    if (options.outputs.size() > 1)
        throw Error("U0103", Exit::usage,
                    "--suggest writes one file, -o names " + std::to_string(options.outputs.size()), "");
    if (!options.outputs.empty()) one.output = options.outputs[0];
    check_output(one);
    return one;
}

// Limits are policy: these only say what so many seeds can show. Of the baseline's runs; without one of these runs.
int show_suggestions(const Store& store, const GateAudit& audit, const Options& options) {
    const GateBaseline baseline = load_baseline(store, audit, options);
    const bool of_baseline = baseline.side.has_value();
    const std::size_t seeds = seed_groups(audit.side.plan).count;
    const std::vector<Suggestion> suggestions = suggest_margins(of_baseline ? *baseline.side : audit.side, seeds);
    emit(
        options, [&] { return suggestions_text(suggestions, seeds, of_baseline); },
        [&] { return suggestions_json(suggestions, seeds, of_baseline); });
    return 0;
}

// Ids of the stored runs that the verdict is of: where a sequence stopped, not of the seeds after.
std::vector<std::string> judged_run_ids(const Store& store, const Plan& plan, const Verdict& verdict) {
    const bool stopped = verdict.sequence && verdict.sequence->decided;
    const SeedGroups seeds = seed_groups(plan);
    std::set<std::string> requests;
    for (std::size_t run = 0; run < plan.runs.size(); ++run) {
        if (!stopped || seeds.group[run] < verdict.sequence->seeds) requests.insert(request_id(plan.runs[run].request));
    }
    std::vector<std::string> ids;
    for (const auto& [request, run_id] : store.find_run_ids(requests)) ids.push_back(run_id);
    std::sort(ids.begin(), ids.end());
    return ids;
}

}  // namespace

GateReport judge(const Store& store, const GateAudit& audit, const Options& options) {
    return judge(store, audit, load_baseline(store, audit, options), options);
}

GateReport judge(const Store& store, const GateAudit& audit, const GateBaseline& baseline, const Options& options) {
    GateSurroundings around;
    around.name = audit.spec.name;
    around.audit = audit.id;
    around.store_option = store_option(store);
    around.notes = baseline.notes;
    around.changes = baseline.changes;
    around.failed = failed_runs(store, audit.side.plan, audit.stored, options);
    const Verdict verdict = decide_gate(audit, baseline, store, options);
    around.run_ids = judged_run_ids(store, audit.side.plan, verdict);
    if (baseline.accepted) {
        around.baseline = baseline.accepted->audit;
        for (const auto& [number, id] : baseline.accepted->runs) around.baseline_run_ids.push_back(id);
    }
    around.context = gate_context(store, audit);
    return make_gate_report(verdict, std::move(around));
}

int gate_command(const Options& options) {
    const Options suggesting = options.suggest ? options_of_suggestions(options) : options;
    check_gate_outputs(options);
    std::optional<PrivateKey> key;  // before anything is judged
    if (!options.sign.empty()) key = private_key(options.sign);
    const Store store = open_store(options);
    const GateAudit audit = gate_audit(store, options);
    if (options.suggest) return show_suggestions(store, audit, suggesting);
    const GateBaseline baseline = load_baseline(store, audit, options);
    const GateReport report = judge(store, audit, baseline, options);
    Exit exit = worse(write_gate(report, options), static_cast<Exit>(report.exit));
    if (key) {
        const std::string envelope = sign_statement(gate_statement(report, audit, baseline), *key);
        exit = worse(exit, write_signed(envelope, verdict_path(baseline, options), options));
    }
    return static_cast<int>(exit);
}

}  // namespace assay
