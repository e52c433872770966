// assay archive: what the store holds, in and out of it, and what it no longer needs.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "archive/repack.hpp"
#include "archive/store_check.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/archive_actions.hpp"
#include "cli/archive_text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/meant.hpp"
#include "cli/render.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

// Where programs of a person keep what they can make again (XDG base directories); empty where there is no such place.
fs::path cache_folder() {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && fs::path(cache).is_absolute()) return fs::path(cache) / "assay";
    const char* const home = std::getenv("HOME");
    return home != nullptr && fs::path(home).is_absolute() ? fs::path(home) / ".cache" / "assay" : fs::path();
}

int list(const Options& options) {
    take_arguments(options, 1);
    check_output(options);
    const Store store = open_store(options);
    const std::vector<RunRow> all = run_rows(store, cache_folder());
    std::vector<const RunRow*> rows;
    rows.reserve(all.size());
    for (const RunRow& row : all) rows.push_back(&row);
    std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->started < b->started; });
    emit_texts(
        options, [&] { return run_rows_text(rows); }, [&] { return run_rows_json(store, rows); });
    return static_cast<int>(rows.empty() ? Exit::nothing : Exit::yes);
}

int show(const Options& options) {
    const std::string word = action_argument(options, 1, "a run or an audit");
    take_arguments(options, 2);
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
            options, [&] { return manifest_text(store, store.get_manifest(meant.run_id)); },
            [&] { return parse_json(text, meant.run_id); });
    }
    return 0;
}

int collect(const Options& options) {
    take_arguments(options, 1);
    check_output(options);
    Store store = open_store(options);
    const GcReport report = collect_garbage(store, {.grace_s = options.grace_s, .dry_run = options.dry_run});
    emit(
        options, [&] { return gc_text(report, options.dry_run); }, [&] { return gc_json(report, options.dry_run); });
    return 0;
}

int repack_store(const Options& options) {
    take_arguments(options, 1);
    check_output(options);
    Store store = open_store(options);
    const RepackReport report = repack(store, {.delta = options.delta, .dry_run = options.dry_run});
    emit(
        options, [&] { return repack_text(report, options.dry_run); },
        [&] { return repack_json(report, options.dry_run); });
    return 0;
}

int check(const Options& options) {
    take_arguments(options, 1);
    Options verify = options;
    verify.arguments = {store_path(options).string()};
    return verify_command(verify);
}

// What an action takes besides --store and the like; anything else would be ignored, and is refused.
struct Action {
    const char* name;
    int (*main)(const Options&);
    bool output = true, dry_run = false, grace = false, verify = false, key = false, retire = false, weights = false,
         delta = false;
};
constexpr std::array<Action, 8> k_actions = {
    {{"ls", list},
     {"show", show},
     {"export", archive_export, true, true, false, false, false, false, true},
     {"import", archive_import, false, true},
     {"check", check, true, false, false, true, true},
     {"checkpoint", archive_checkpoint, true, false, false, false, true, true},
     {"gc", collect, true, true, true},
     {"repack", repack_store, true, true, false, false, false, false, false, true}}};

void check_options(const Action& action, const Options& options) {
    const std::pair<bool, const char*> rows[] = {
        {!action.output && !options.output.empty(), "-o"},
        {!action.dry_run && options.dry_run, "--dry-run"},
        {!action.grace && options.grace_s != Options{}.grace_s, "--grace"},
        {!action.verify && options.deep, "--deep"},
        {!action.verify && options.sample > 0, "--sample"},
        {!action.verify && options.sig, "--sig"},
        {!action.key && !options.keys.empty(), "--key"},
        {!action.retire && !options.retired.empty(), "--retire"},
        {!action.weights && !options.safetensors.empty(), "--safetensors"},
        {!action.delta && options.delta, "--delta"},
    };
    for (const auto& [refused, name] : rows) {
        if (refused)
            throw Error("U0103", Exit::usage, "assay archive " + std::string(action.name) + " takes no " + name,
                        "assay archive --help shows examples");
    }
}

}  // namespace

int archive_command(const Options& options) {
    const std::string wanted = options.arguments.empty() ? "ls" : options.arguments[0];
    std::vector<std::string> names;
    for (const Action& action : k_actions) {
        if (wanted == action.name) {
            check_options(action, options);
            return action.main(options);
        }
        names.emplace_back(action.name);
    }
    const auto near = nearest_name(wanted, names);
    throw Error("U0140", Exit::usage, "assay archive knows no '" + wanted + "'",
                near ? "did you mean 'assay archive " + *near + "'?" : "there is: " + join(names, ", "));
}

}  // namespace assay
