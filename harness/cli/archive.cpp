// assay archive: what the store holds, in and out of it, and what it no longer needs.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <iterator>

#include "archive/repack.hpp"
#include "archive/store_check.hpp"
#include "archive/transfer.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/archive_text.hpp"
#include "cli/archive_weights.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/meant.hpp"
#include "cli/render.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

std::string argument(const Options& options, std::size_t index, const char* what) {
    if (index < options.arguments.size()) return options.arguments[index];
    throw Error("U0140", Exit::usage, "assay archive " + options.arguments[0] + " needs " + what,
                "assay archive --help shows examples");
}

void take_at_most(const Options& options, std::size_t most) {
    if (options.arguments.size() <= most) return;
    throw Error("U0105", Exit::usage, "too many arguments: '" + options.arguments[most] + "'",
                "assay archive --help shows examples");
}

// Where programs of a person keep what they can make again (XDG base directories); empty where there is no such place.
fs::path cache_folder() {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && fs::path(cache).is_absolute()) return fs::path(cache) / "assay";
    const char* const home = std::getenv("HOME");
    return home != nullptr && fs::path(home).is_absolute() ? fs::path(home) / ".cache" / "assay" : fs::path();
}

int list(const Options& options) {
    take_at_most(options, 1);
    check_output(options);
    const Store store = open_store(options);
    std::vector<RunRow> rows = run_rows(store, cache_folder());
    std::stable_sort(rows.begin(), rows.end(), [](const RunRow& a, const RunRow& b) { return a.started < b.started; });
    emit(
        options, [&] { return run_rows_text(rows); }, [&] { return run_rows_json(store, rows); });
    return static_cast<int>(rows.empty() ? Exit::nothing : Exit::yes);
}

int show(const Options& options) {
    const std::string word = argument(options, 1, "a run or an audit");
    take_at_most(options, 2);
    check_output(options);
    const Store store = open_store(options);
    const Meant meant = meant_by(store, word);
    if (meant.run_id.empty()) {
        const Plan plan = store.get_audit(meant.audit_id);
        emit(
            options, [&] { return audit_text(store, plan); }, [&] { return plan_json(plan); });
    } else {
        const std::string text = store.get_manifest_text(meant.run_id);
        emit(
            options, [&] { return manifest_text(store.get_manifest(meant.run_id)); },
            [&] { return parse_json(text, meant.run_id); });
    }
    return 0;
}

// An audit from elsewhere may be called anything; its file stays in this folder.
std::string file_name_of(std::string name) {
    const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
    std::replace_if(
        name.begin(), name.end(), [&](char c) { return !plain(c); }, '_');
    return name.empty() ? "unnamed" : name;
}

int export_weights(const Options& options, const Store& store, const Meant& meant) {
    if (meant.run_id.empty())
        throw Error("U0140", Exit::usage, "--safetensors takes the weights of one run, and this is an audit",
                    "assay archive export AUDIT/001 --safetensors FILE");
    const std::string bytes = weights_as_safetensors(store, meant.run_id);
    write_archive_file(options.safetensors, [&](const TarWriter::Sink& sink) { sink(bytes); });
    if (!options.quiet)
        std::cerr << "wrote " << options.safetensors.string() << ": " << bytes_text(bytes.size()) << "\n";
    return 0;
}

int export_one(const Options& options) {
    const std::string word = argument(options, 1, "a run or an audit");
    take_at_most(options, 2);
    const Store store = open_store(options);
    const Meant meant = meant_by(store, word);
    if (!options.safetensors.empty()) return export_weights(options, store, meant);
    std::size_t missing = 0, runs = 1;
    fs::path path = options.output;
    const auto say = [&] {
        if (options.quiet) return;
        std::cerr << "wrote " << path.string() << ": " << plural(runs, "run");
        if (missing > 0) std::cerr << "; " << missing << " of its plan " << (missing == 1 ? "is" : "are") << " missing";
        std::cerr << "\n";
    };
    if (!meant.run_id.empty()) {
        if (path.empty()) path = meant.run_id.substr(0, 12) + ".run.tar";
        write_archive_file(path, [&](const TarWriter::Sink& sink) { export_run(store, meant.run_id, sink); });
    } else {
        const Plan plan = store.get_audit(meant.audit_id);
        const auto [ids, absent] = stored_run_ids(store, plan);
        runs = ids.size();
        missing = absent;
        if (path.empty()) path = file_name_of(plan.name) + ".audit.tar";
        write_archive_file(path,
                           [&, &ids = ids](const TarWriter::Sink& sink) { export_audit(store, plan, ids, sink); });
    }
    say();
    return static_cast<int>(missing > 0 ? Exit::incomplete : Exit::yes);
}

int import_all(const Options& options) {
    argument(options, 1, "one file or more");
    Store store = Store::open_or_create(store_path(options));
    for (std::size_t i = 1; i < options.arguments.size(); ++i) {
        const std::string& name = options.arguments[i];
        const Imported imported = import_archive(file_window(name), name, store);
        if (options.quiet) continue;
        std::cerr << name << ": " << plural(imported.runs, "run") << ", " << imported.fresh << " new";
        if (!imported.audit_id.empty()) std::cerr << "; audit " << imported.audit_id.substr(0, 12);
        std::cerr << "\n";
    }
    return 0;
}

int collect(const Options& options) {
    take_at_most(options, 1);
    check_output(options);
    Store store = open_store(options);
    const GcReport report = collect_garbage(store, {.grace_s = options.grace_s, .dry_run = options.dry_run});
    emit(
        options, [&] { return gc_text(report, options.dry_run); }, [&] { return gc_json(report, options.dry_run); });
    return 0;
}

int repack_store(const Options& options) {
    take_at_most(options, 1);
    check_output(options);
    Store store = open_store(options);
    const RepackReport report = repack(store, {.delta = options.delta, .dry_run = options.dry_run});
    emit(
        options, [&] { return repack_text(report, options.dry_run); },
        [&] { return repack_json(report, options.dry_run); });
    return 0;
}

int check(const Options& options) {
    take_at_most(options, 1);
    Options verify = options;
    verify.arguments = {store_path(options).string()};
    return verify_command(verify);
}

struct Action {
    const char* name;
    int (*main)(const Options&);
};
constexpr std::array<Action, 7> k_actions = {{{"ls", list},
                                              {"show", show},
                                              {"export", export_one},
                                              {"import", import_all},
                                              {"check", check},
                                              {"gc", collect},
                                              {"repack", repack_store}}};

}  // namespace

int archive_command(const Options& options) {
    const std::string wanted = options.arguments.empty() ? "ls" : options.arguments[0];
    std::vector<std::string> names;
    for (const Action& action : k_actions) {
        if (wanted == action.name) return action.main(options);
        names.emplace_back(action.name);
    }
    const auto near = nearest_name(wanted, names);
    throw Error("U0140", Exit::usage, "assay archive knows no '" + wanted + "'",
                near ? "did you mean 'assay archive " + *near + "'?" : "there is: " + join(names, ", "));
}

}  // namespace assay
