// assay gate: stored runs against the rules of the spec and the accepted baseline. Reads only, trains nothing.
#include <unistd.h>

#include <array>
#include <iostream>

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

// Limits are policy: these only say what so many seeds can show. Of the baseline's runs; without one of these runs.
int show_suggestions(const Store& store, const GateAudit& audit, const Options& options) {
    const GateBaseline baseline = load_baseline(store, audit, options);
    const GateSide& side = baseline.side ? *baseline.side : audit.side;
    const std::size_t seeds = seed_groups(audit.side.plan).count;
    std::string text = "With " + plural(seeds, "seed") +
                       ", a candidate in which nothing changed passes these limits with\n80% probability (from " +
                       (baseline.side ? "the baseline's runs" : "these runs: no baseline is here") +
                       "). What you accept is yours to say.\n\ngate:\n";
    for (const Suggestion& one : suggest_margins(side, seeds)) {
        text +=
            one.limit.empty() ? "  # " + one.key + ": " + one.note + "\n" : "  " + one.key + ": " + one.limit + "\n";
    }
    std::cout << text;
    return 0;
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
    around.run_ids = audit.run_ids;
    if (baseline.accepted) {
        around.baseline = baseline.accepted->audit;
        for (const auto& [number, id] : baseline.accepted->runs) around.baseline_run_ids.push_back(id);
    }
    around.context = gate_context(store, audit);
    return make_gate_report(decide_gate(audit, baseline, store, options), std::move(around));
}

int gate_command(const Options& options) {
    check_gate_outputs(options);
    std::optional<PrivateKey> key;  // before anything is judged
    if (!options.sign.empty()) key = private_key(options.sign);
    const Store store = open_store(options);
    const GateAudit audit = gate_audit(store, options);
    if (options.suggest) return show_suggestions(store, audit, options);
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
