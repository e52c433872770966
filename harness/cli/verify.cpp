// assay verify: is a store, a run archive or an audit archive whole? Reads only.
#include <ctime>

#include "archive/store_check.hpp"
#include "archive/transfer.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/archive_text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/render.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

struct Verified {
    std::string what;  // "a store", "a run", "an audit"
    StoreCheck check;
    std::size_t signatures = 0;
};

void add_run(const RunArchive& run, const std::string& name, bool deep, Verified& out) {
    if (deep) check_objects(run, name);
    ++out.check.runs;
    out.check.objects += run.objects.size();
    out.check.checked += run.objects.size();
    out.signatures += run.signatures.size();
    for (const ArchivedObject& object : run.objects) out.check.stored_bytes += object.stored.size_bytes;
}

Verified verify_archive(const std::string& name, bool deep) {
    const Window bytes = file_window(name);
    Verified out;
    if (archive_kind(bytes, name) == ArchiveKind::run) {
        out.what = "run";
        try {
            add_run(read_run_archive(bytes, name), name, deep, out);
        } catch (const Error& error) {
            out.check.problems.emplace_back(error.what());
        }
        return out;
    }
    out.what = "audit";
    try {
        // The runs first: they say which of their members it is.
        const AuditArchive audit = read_audit_archive(bytes, name, Sums::later);
        ++out.check.audits;
        for (std::size_t i = 0; i < audit.runs.size(); ++i) {
            try {
                add_run(read_run_of(audit, i, name), name + ", " + audit.runs[i].first.substr(0, 12) + ".run.tar", deep,
                        out);
            } catch (const Error& error) {
                out.check.problems.emplace_back(error.what());
            }
        }
        if (out.check.problems.empty()) read_audit_archive(bytes, name);
    } catch (const Error& error) {
        out.check.problems.emplace_back(error.what());
    }
    return out;
}

Verified verify_store(const fs::path& path, const Options& options) {
    constexpr std::int64_t k_day_s = 24 * 3600;
    const double share = options.sample > 0 ? options.sample / 100 : 1;
    return {"store", check_store(Store::open(path), {options.deep, share, std::time(nullptr) / k_day_s}), 0};
}

std::string text_of(const std::string& name, const Verified& verified, bool deep) {
    const StoreCheck& check = verified.check;
    const std::string counts =
        plural(check.runs, "run") + (check.audits > 0 ? ", " + plural(check.audits, "audit") : "");
    std::string text = name + " is ";
    if (check.problems.empty()) {
        text += "sound: " + counts + ", " + std::to_string(check.checked) + " of " + plural(check.objects, "object") +
                " read, " + bytes_text(check.stored_bytes) + ", " + (deep ? "content and all" : "as stored") + "\n";
        if (verified.signatures > 0) text += plural(verified.signatures, "signature") + " not verified\n";
    } else {
        text += "damaged: " + plural(check.problems.size(), "problem") + " among " + counts + ", " +
                plural(check.objects, "object") + "\n";
        for (const std::string& problem : check.problems) text += "  " + problem + "\n";
    }
    if (check.unreferenced > 0) text += plural(check.unreferenced, "object") + " that no run needs: assay archive gc\n";
    return text;
}

Json json_of(const std::string& name, const Verified& verified, bool deep) {
    const StoreCheck& check = verified.check;
    Json::Array problems;
    for (const std::string& problem : check.problems) problems.emplace_back(problem);
    return Json::Object{{"schema", "assay/verify/1"},
                        {"path", name},
                        {"kind", verified.what},
                        {"sound", check.problems.empty()},
                        {"deep", deep},
                        {"runs", std::uint64_t{check.runs}},
                        {"audits", std::uint64_t{check.audits}},
                        {"objects", std::uint64_t{check.objects}},
                        {"checked", std::uint64_t{check.checked}},
                        {"unreferenced", std::uint64_t{check.unreferenced}},
                        {"signatures", std::uint64_t{verified.signatures}},
                        {"stored_bytes", check.stored_bytes},
                        {"problems", std::move(problems)}};
}

}  // namespace

int verify_command(const Options& options) {
    check_output(options);
    const std::string name = options.arguments.empty() ? store_path(options).string() : options.arguments[0];
    std::error_code error;
    const bool is_store = fs::is_directory(name, error) || options.arguments.empty();
    if (!is_store && options.sample > 0)
        throw Error("U0141", Exit::usage, "--sample is for a store; " + name + " is read whole", "");
    if (options.arguments.empty() && !fs::exists(name)) open_store(options);  // says that there is nothing yet
    const Verified verified = is_store ? verify_store(name, options) : verify_archive(name, options.deep);
    emit(
        options, [&] { return text_of(name, verified, options.deep); },
        [&] { return json_of(name, verified, options.deep); });
    return static_cast<int>(verified.check.problems.empty() ? Exit::yes : Exit::unreadable);
}

}  // namespace assay
