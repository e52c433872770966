// assay archive export and import: runs and audits as files that travel.
#include <algorithm>
#include <cctype>
#include <iostream>

#include "archive/transfer.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/archive_actions.hpp"
#include "cli/archive_text.hpp"
#include "cli/archive_weights.hpp"
#include "cli/audit.hpp"
#include "cli/meant.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

// An audit from elsewhere may be called anything; its file stays in this folder.
std::string file_name_of(std::string name) {
    const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
    std::replace_if(
        name.begin(), name.end(), [&](char c) { return !plain(c); }, '_');
    return name.empty() ? "unnamed" : name;
}

struct Export {
    fs::path path;
    std::string run_id, audit_id;  // one of them
    std::size_t runs = 1, missing = 0;
    std::uint64_t bytes = 0;
};

// Through `write`, and counted. Without a file it is still all read and checked.
void send(Export& out, bool dry_run, const std::function<void(const TarWriter::Sink&)>& write) {
    const auto counted = [&](const TarWriter::Sink& sink) {
        write([&](std::string_view piece) {
            out.bytes += piece.size();
            sink(piece);
        });
    };
    if (dry_run) {
        counted([](std::string_view) {});
    } else {
        write_archive_file(out.path, counted);
    }
}

Export export_meant(const Store& store, const Meant& meant, const Options& options) {
    Export out{options.output, meant.run_id, meant.audit_id, 1, 0, 0};
    if (!meant.run_id.empty()) {
        if (out.path.empty()) out.path = meant.run_id.substr(0, 12) + ".run.tar";
        send(out, options.dry_run, [&](const TarWriter::Sink& sink) { export_run(store, meant.run_id, sink); });
        return out;
    }
    const Plan plan = store.get_audit(meant.audit_id);
    const auto [ids, missing] = stored_run_ids(store, plan);
    out.runs = ids.size();
    out.missing = missing;
    if (out.path.empty()) out.path = file_name_of(plan.name) + ".audit.tar";
    send(out, options.dry_run, [&, &ids = ids](const TarWriter::Sink& sink) { export_audit(store, plan, ids, sink); });
    return out;
}

std::string export_text(const Export& out, bool dry_run) {
    std::string text = (dry_run ? "would write " : "wrote ") + out.path.string() + ": " + plural(out.runs, "run");
    if (dry_run) text += ", " + bytes_text(out.bytes);
    if (out.missing > 0)
        text += "; " + std::to_string(out.missing) + " of its plan " + (out.missing == 1 ? "is" : "are") + " missing";
    return text + "\n";
}

Json export_json(const Export& out, bool dry_run) {
    return Json::Object{{"schema", "assay/export/1"},
                        {"path", out.path.string()},
                        {"run", out.run_id},
                        {"audit", out.audit_id},
                        {"runs", std::uint64_t{out.runs}},
                        {"missing", std::uint64_t{out.missing}},
                        {"bytes", std::uint64_t{out.bytes}},
                        {"dry_run", dry_run}};
}

std::string import_text(const std::string& name, const Imported& one, bool dry_run) {
    std::string text =
        name + ": " + plural(one.runs, "run") + ", " + std::to_string(one.fresh) + (dry_run ? " would be new" : " new");
    if (one.signatures > 0) text += ", " + plural(one.signatures, "new signature");
    if (!one.audit_id.empty()) text += "; audit " + one.audit_id.substr(0, 12);
    return text + "\n";
}

Json import_json(const std::string& name, const Imported& one) {
    return Json::Object{{"path", name},
                        {"audit", one.audit_id},
                        {"runs", std::uint64_t{one.runs}},
                        {"fresh", std::uint64_t{one.fresh}},
                        {"signatures", std::uint64_t{one.signatures}}};
}

Imported import_one(const std::string& name, const Options& options) {
    const Window bytes = file_window(name);
    if (options.dry_run) {
        const fs::path path = store_path(options);
        std::optional<Store> store;
        if (fs::exists(path)) store = Store::open(path);
        return look_into_archive(bytes, name, store ? &*store : nullptr);
    }
    Store store = Store::open_or_create(store_path(options));
    return import_archive(bytes, name, store);
}

int export_weights(const Options& options, const Store& store, const Meant& meant) {
    if (meant.run_id.empty())
        throw Error("U0140", Exit::usage, "--safetensors takes the weights of one run, and this is an audit",
                    "assay archive export AUDIT/001 --safetensors FILE");
    const std::string bytes = weights_as_safetensors(store, meant.run_id);
    if (!options.dry_run) write_archive_file(options.safetensors, [&](const TarWriter::Sink& sink) { sink(bytes); });
    const Export out{options.safetensors, meant.run_id, "", 1, 0, bytes.size()};
    if (options.json) std::cout << pretty_json(export_json(out, options.dry_run));
    if (!options.quiet)
        std::cerr << (options.dry_run ? "would write " : "wrote ") << out.path.string() << ": " << bytes_text(out.bytes)
                  << "\n";
    return 0;
}

}  // namespace

int archive_export(const Options& options) {
    const std::string word = action_argument(options, 1, "a run or an audit");
    take_arguments(options, 2);
    const Store store = open_store(options);
    const Meant meant = meant_by(store, word);
    if (!options.safetensors.empty()) return export_weights(options, store, meant);
    const Export out = export_meant(store, meant, options);
    if (options.json) std::cout << pretty_json(export_json(out, options.dry_run));
    if (!options.quiet) std::cerr << export_text(out, options.dry_run);
    return static_cast<int>(out.missing > 0 ? Exit::incomplete : Exit::yes);
}

int archive_import(const Options& options) {
    action_argument(options, 1, "one file or more");
    Json::Array rows;
    for (std::size_t i = 1; i < options.arguments.size(); ++i) {
        const std::string& name = options.arguments[i];
        const Imported one = import_one(name, options);
        rows.push_back(import_json(name, one));
        if (!options.quiet) std::cerr << import_text(name, one, options.dry_run);
    }
    if (options.json)
        std::cout << pretty_json(Json::Object{
            {"schema", "assay/archive-import/1"}, {"dry_run", options.dry_run}, {"files", std::move(rows)}});
    return 0;
}

std::string action_argument(const Options& options, std::size_t index, const char* what) {
    if (index < options.arguments.size()) return options.arguments[index];
    throw Error("U0140", Exit::usage, "assay archive " + options.arguments[0] + " needs " + what,
                "assay archive --help shows examples");
}

void take_arguments(const Options& options, std::size_t most) {
    if (options.arguments.size() <= most) return;
    throw Error("U0105", Exit::usage, "too many arguments: '" + options.arguments[most] + "'",
                "assay archive --help shows examples");
}

}  // namespace assay
