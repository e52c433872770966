// assay run: what is missing, then the report. The same command continues after any interruption.
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <memory>
#include <optional>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/execute_audit.hpp"
#include "cli/gate_outputs.hpp"
#include "cli/inputs.hpp"
#include "cli/judge.hpp"
#include "cli/render.hpp"
#include "gate/sequence.hpp"
#include "schedule/progress.hpp"

namespace assay {
namespace {

// What only this machine knows of an audit: where its training command lies. `assay replay` reads it.
void note_origin(const Options& options, const Plan& plan, const SpecSource& source) {
    const auto folder = work_path(options, plan);
    make_directories(folder);
    write_file_atomic(folder / "spec.yaml", source.text);
    write_file_atomic(folder / "path", std::filesystem::absolute(source.path).string());
}

// The largest effect so far, in one line: the share of labels for each factor, over all settings.
std::string so_far(const Store& store, const Plan& plan) {
    const StoredRuns stored = load_runs(store, plan);
    const Attribution a = attribute(plan, stored.runs, stored.labels);
    std::vector<std::string> parts;
    for (const EffectRow& row : a.rows) {
        std::string best;
        double value = -1;
        for (std::size_t s = 0; s < row.cells.size(); ++s) {
            if (!row.cells[s].flips || row.cells[s].flips->value <= value) continue;
            value = row.cells[s].flips->value;
            best = row.factor + " " + percent(value) + (row.cells.size() > 1 ? " (" + a.settings[s].name + ")" : "");
        }
        if (!best.empty()) parts.push_back(best);
    }
    return parts.empty() ? "no pair of runs yet" : join(parts, " · ");
}

ProgressStyle progress_style(const Terminal& terminal, const Options& options) {
    return {terminal.is_tty && !options.no_progress, terminal.color, terminal.unicode, terminal.width};
}

ExecuteSummary execute_with_progress(const Audit& audit, Store& store, const Options& options, std::size_t done) {
    bool counted = !audit.inputs;
    const auto count_inputs = [&](const RunEvent& event) {
        if (counted || event.kind != RunEvent::Kind::finished) return;
        counted = check_input_count(audit.inputs->ids.size(), store, *event.record);
    };
    if (options.quiet || options.no_progress)
        return execute(audit.plan, audit.spec, store, audit.execution, count_inputs);
    const Terminal terminal = terminal_of(STDERR_FILENO, options);
    const auto write = [&](const std::string& text) { std::cerr << shown_text(text, terminal) << std::flush; };
    const ProgressStyle style = progress_style(terminal, options);
    Progress progress(audit.plan, done, style, write, [&] { return so_far(store, audit.plan); });
    const ExecuteSummary summary = execute(audit.plan, audit.spec, store, audit.execution, [&](const RunEvent& event) {
        progress.on_event(event);
        count_inputs(event);
    });
    progress.finish();
    return summary;
}

void say_done(const StoredRuns& before, const Plan& plan, const Options& options) {
    if (options.quiet || before.stored == 0) return;
    const std::size_t left = plan.runs.size() - before.stored;
    std::cerr << before.stored << " of " << plural(plan.runs.size(), "run")
              << " are stored (same trainer, parameters, seeds, hardware); " << left << " to go.\n";
    if (before.failed > 0 && !options.retry_failed) {
        std::cerr << before.failed << " of them failed; --failed runs them again.\n";
    }
}

// One seed after another; after each the gate is asked whether it has seen enough. Asked before the first run, too: a
// baseline that cannot be read ends the command then.
void run_seed_by_seed(const Store& store, const Options& options, Audit& audit) {
    check_sequence(audit.plan);
    audit.execution.order = order_by_seed(audit.plan);
    const auto baseline = std::make_shared<std::optional<GateBaseline>>();
    audit.execution.enough = [&store, &options, baseline, spec = audit.spec, plan = audit.plan] {
        const GateAudit now = gate_audit_of(store, spec, plan);
        if (!*baseline) *baseline = load_baseline(store, now, options);
        return decide_gate(now, **baseline, store, options).sequence->decided;
    };
}

void say_enough(const Store& store, const Audit& audit, const Options& options) {
    const std::size_t there = load_runs(store, audit.plan).stored, planned = audit.plan.runs.size();
    if (options.quiet || there == planned) return;
    std::cerr << "Every rule is decided: " << planned - there << " of " << plural(planned, "run")
              << " were not made. Without --stop-when-decided they are.\n";
}

// What assay gate would say now. The report went where the options say; this is said on standard output.
Exit gate_after_run(const Store& store, const Audit& audit, const Options& options) {
    const GateReport report = judge(store, gate_audit_of(store, audit.spec, audit.plan), options);
    return worse(write_gate(report, options), static_cast<Exit>(report.exit));
}

}  // namespace

int execute_audit(const SpecSource& source, const Options& options) {
    check_output(options);
    Audit audit = prepare_audit(source, options);
    if (options.gate) check_rules(audit.spec);
    Store store = Store::open_or_create(store_path(options));
    if (audit.inputs) store.put_object(input_table_bytes(*audit.inputs));  // before the audit that refers to it
    store.put_audit(audit.plan);
    note_origin(options, audit.plan, source);
    const StoredRuns before = load_runs(store, audit.plan);
    if (audit.inputs) check_input_count(audit.inputs->ids.size(), before.runs);
    say_done(before, audit.plan, options);
    if (options.stop_when_decided) run_seed_by_seed(store, options, audit);
    const ExecuteSummary summary = execute_with_progress(audit, store, options, before.stored);
    if (!options.quiet && summary.executed > 0) {
        std::cerr << plural(summary.executed, "run") << " in " << duration_text(summary.wall_s) << " ("
                  << duration_text(summary.training_s) << " of training)\n";
    }
    if (summary.signal != 0) {
        std::cerr << "stopped; what has finished is stored. The same command continues;\n"
                     "assay report shows what there is.\n";
        return static_cast<int>(summary.signal == SIGTERM ? Exit::terminated : Exit::interrupted);
    }
    const Exit shown = show_report(store, audit.plan, options, summary.enough);
    if (summary.enough) say_enough(store, audit, options);
    if (summary.stopped_early) return static_cast<int>(Exit::again);
    return static_cast<int>(options.gate ? worse(shown, gate_after_run(store, audit, options)) : shown);
}

int run_command(const Options& options) { return execute_audit(requested_spec(options), options); }

}  // namespace assay
