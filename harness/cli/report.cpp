// assay report: what is stored of an audit. Reads only; also the last step of run and demo.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iostream>

#include "analysis/evidence.hpp"
#include "analysis/responses.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/failed_runs.hpp"
#include "cli/inputs.hpp"
#include "cli/places.hpp"
#include "cli/render.hpp"
#include "report/json.hpp"
#include "report/make_report.hpp"
#include "report/terminal.hpp"
#include "schedule/record.hpp"

namespace assay {
namespace {

ReportContext context_of(const Store& store) {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    return {utc_now(), host.data(), store.path().string(), "assay " ASSAY_VERSION, 0};
}

// Where the report goes into a file or a program, a person still sees why the exit code is 2.
void say_errors(const Report& report) {
    for (const ReportError& error : report.errors) {
        const auto place = report.context.places.find(error.factor);
        std::cerr << format_error(Error(
            error.code, Exit::usage,
            (place == report.context.places.end() ? "" : place->second + ": ") + error.flag + ": " + error.message,
            error.help));
    }
}

// A report without a single answer is no yes, though nothing failed.
bool all_skipped(const std::vector<RunData>& runs) {
    return std::all_of(runs.begin(), runs.end(),
                       [](const RunData& run) { return run.record && run.record->state == RunState::skipped; });
}

}  // namespace

Exit show_report(const Store& store, const Plan& plan, const Options& options, bool enough) {
    const StoredRuns stored = load_runs(store, plan);
    const auto table = stored_inputs(store, plan);
    if (table) check_input_count(table->ids.size(), stored.runs);
    const InputTable* const inputs = table ? &*table : nullptr;
    Attribution attribution = attribute(plan, stored.runs, stored.labels, inputs);
    attribution.evidence = evidence_of(plan, stored.runs, attribution.outcomes, stored.labels, inputs);
    attribution.responses = responses_of(plan, stored.runs, attribution, stored.labels);
    ReportContext context = context_of(store);
    context.enough = enough;
    if (!attribution.unwired.empty()) context.places = factor_places(plan, options);
    const Report report = make_report(plan, stored.runs, std::move(attribution),
                                      failed_runs(store, plan, stored, options), std::move(context));
    const Terminal terminal = terminal_of(STDOUT_FILENO, options);
    const bool to_file = !options.output.empty();
    const TerminalStyle style{to_file ? 80 : terminal.width, terminal.color && !to_file, terminal.unicode,
                              options.brief};
    emit(
        options, [&] { return terminal_report(report, style); }, [&] { return json_report(report); });
    const bool on_screen = !options.json && options.output.empty();
    if (!on_screen) say_errors(report);
    if (all_skipped(stored.runs)) return Exit::nothing;
    const Exit errors = report.errors.empty() ? Exit::yes : Exit::usage;
    return worse(errors,
                 stored.failed > 0 || (stored.stored < plan.runs.size() && !enough) ? Exit::incomplete : Exit::yes);
}

int report_command(const Options& options) {
    check_output(options);
    const Store store = open_store(options);
    const std::string id = resolve_audit(store, options.arguments.empty() ? "last" : options.arguments[0]);
    return static_cast<int>(show_report(store, store.get_audit(id), options));
}

}  // namespace assay
