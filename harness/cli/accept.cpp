// assay accept: these stored runs are the yardstick from now on. Shows what changes before it writes.
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/gate_audit.hpp"
#include "cli/judge.hpp"
#include "cli/render.hpp"
#include "schedule/record.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

bool under_ci() {
    const char* const ci = std::getenv("CI");
    return ci != nullptr && *ci != '\0' && std::string_view(ci) != "false" && std::string_view(ci) != "0";
}

// A baseline with holes would judge every later candidate by what is left of it.
void check_complete(const GateAudit& audit) {
    const std::size_t planned = audit.side.plan.runs.size();
    if (audit.stored.stored == planned && audit.stored.failed == 0) return;
    throw Error("G0104", Exit::incomplete,
                plural(audit.stored.failed, "run") + " of " + audit.spec.name + " failed, " +
                    std::to_string(planned - audit.stored.stored) + " are missing: no baseline is made of a part",
                "finish it: assay run " + audit.spec.path.string() + " --failed");
}

Baseline make_baseline(const Store& store, const GateAudit& audit, const GateReport& report) {
    Baseline b;
    const Plan& plan = audit.side.plan;
    b.name = audit.spec.name;
    b.audit = audit.id;
    b.spec = spec_digest(plan);
    b.accepted = utc_now();
    b.tool = "assay " ASSAY_VERSION;
    std::set<std::string> requests;
    for (const PlannedRun& run : plan.runs) requests.insert(request_id(run.request));
    const std::map<std::string, std::string> ids = store.find_run_ids(requests);
    for (std::size_t i = 0; i < plan.runs.size(); ++i) {
        const std::string label = run_label(plan, plan.runs[i].number);
        b.runs.emplace(label, ids.at(request_id(plan.runs[i].request)));
        const std::string& environment = audit.side.fingerprints[i];
        b.environments[environment.empty() ? std::string(k_unknown_environment) : environment].push_back(label);
    }
    b.environment = identity_fields(store, *audit.side.runs.front().record);
    for (const GateCase& one : report.cases) {
        if (!one.measured.empty()) b.figures[one.rule] = {one.measured, one.value, one.interval};
    }
    return b;
}

std::string changes(const std::optional<Baseline>& before, const Baseline& after) {
    std::string text = after.name + ": baseline " + (before ? before->audit.substr(0, 8) : "none") + " -> " +
                       after.audit.substr(0, 8) + ", " + plural(after.runs.size(), "run") + "\n";
    for (const auto& [rule, figure] : after.figures) {
        std::string was = "none";
        if (before && before->figures.contains(rule)) was = before->figures.at(rule).text;
        text += "  " + pad_right(rule, 30) + "  " + (was == figure.text ? "stays " + was : was + " -> " + figure.text) +
                "\n";
    }
    if (before) {
        for (const auto& [rule, figure] : before->figures) {
            if (!after.figures.contains(rule)) text += "  " + pad_right(rule, 30) + "  " + figure.text + " -> none\n";
        }
        if (before->environment != after.environment) text += "  the environment is another\n";
    }
    return text;
}

std::optional<Baseline> baseline_before(const fs::path& path, const Options& options) {
    if (!fs::exists(path)) return std::nullopt;
    try {
        return parse_baseline(read_file(path, k_baseline_bytes), path.string());
    } catch (const Error& error) {
        // It is replaced as a whole; that it could not be read is still said.
        if (!options.quiet) std::cerr << "what is replaced is no readable baseline: " << error.what() << "\n";
        return std::nullopt;
    }
}

std::string last_sentence(const std::string& outcome, const fs::path& path) {
    if (outcome == "unchanged") return "Nothing changes: these runs are the baseline already.\n";
    if (outcome == "declined") return "Nothing was written.\n";
    return "Wrote " + path.string() + ": commit it beside the spec.\n";
}

Json accept_json(const std::optional<Baseline>& before, const Baseline& after, const std::vector<std::string>& notes,
                 const std::string& outcome, const fs::path& path) {
    const auto text_in = [](const std::map<std::string, BaselineFigure>& figures, const std::string& rule) {
        const auto found = figures.find(rule);
        return found == figures.end() ? Json() : Json(found->second.text);
    };
    std::map<std::string, BaselineFigure> old;
    if (before) old = before->figures;
    std::set<std::string> rules;
    for (const auto* const side : {&std::as_const(old), &after.figures}) {
        for (const auto& [rule, figure] : *side) rules.insert(rule);
    }
    Json::Object figures;
    for (const std::string& rule : rules)
        figures.emplace(rule, Json::Object{{"before", text_in(old, rule)}, {"after", text_in(after.figures, rule)}});
    return Json::Object{{"schema", "assay/accept/1"},
                        {"outcome", outcome},
                        {"path", path.string()},
                        {"name", after.name},
                        {"before", before ? Json(before->audit) : Json()},
                        {"after", after.audit},
                        {"runs", std::uint64_t{after.runs.size()}},
                        {"environment_changed", before && before->environment != after.environment},
                        {"figures", std::move(figures)},
                        {"notes", Json::Array(notes.begin(), notes.end())}};
}

bool agreed(const fs::path& path, const Options& options) {
    if (options.yes) return true;
    if (::isatty(STDIN_FILENO) == 0) {
        throw Error("G0103", Exit::usage, "nobody is there to ask whether " + path.string() + " may be written",
                    "assay accept --yes");
    }
    std::cerr << "Write " << path.string() << "? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace

int accept_command(const Options& options) {
    if (under_ci()) {
        throw Error("G0103", Exit::usage,
                    "a baseline is accepted by a person, never by a CI job (the variable CI is set)",
                    "run assay accept on your machine and commit " + std::string(k_baseline_file));
    }
    check_output(options);
    const Store store = open_store(options);
    const GateAudit audit = gate_audit(store, options);
    check_complete(audit);
    const fs::path path = baseline_path(audit.spec, options);
    const std::optional<Baseline> before = baseline_before(path, options);
    const GateBaseline none;  // what cannot be read judges nothing
    const GateReport report = before ? judge(store, audit, options) : judge(store, audit, none, options);
    const Baseline after = make_baseline(store, audit, report);
    std::string shown = changes(before, after);
    for (const std::string& note : report.notes) shown += wrap("note: " + note, 80) + "\n";
    // Before the question; with --json or -o the document follows it, and has the same.
    const bool plain = !options.json && options.output.empty();
    if (plain) std::cout << shown << std::flush;
    if (!plain && !options.yes) std::cerr << shown;
    std::string outcome = "written";
    if (before && before->runs == after.runs) {
        outcome = "unchanged";
    } else if (!agreed(path, options)) {
        outcome = "declined";
    } else {
        write_file_atomic(path, baseline_text(after));
    }
    const std::string last = last_sentence(outcome, path);
    if (plain) {
        std::cout << last;
    } else {
        emit(
            options, [&] { return shown + last; },
            [&] { return accept_json(before, after, report.notes, outcome, path); });
    }
    return static_cast<int>(outcome == "declined" ? Exit::no : Exit::yes);
}

}  // namespace assay
