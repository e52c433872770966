#include "archive/transfer.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "archive/packed.hpp"
#include "archive/signature_files.hpp"
#include "base/check.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

struct Parts {
    std::string text;
    std::vector<ArchivedObject> objects;
    std::map<std::string, std::string> signatures;
};

Parts parts_of(const Store& store, std::string_view run_id) {
    Parts parts;
    parts.text = store.get_manifest_text(run_id);
    for (const ManifestMember& member : store.get_manifest(run_id).members)
        parts.objects.push_back({member.name, member.content, store.plain_object(member.content)});
    parts.signatures = run_signatures(store, run_id);
    return parts;
}

void keep_run(const RunArchive& run, Store& store) {
    for (const ArchivedObject& object : run.objects) {
        if (object.stored.size_bytes > k_object_bytes)
            throw Error("A0112", Exit::unreadable, "member " + object.member + " has more than 4 GiB");
        store.put_plain(object.content, read_all(object.stored));
    }
    store.put_manifest(run.manifest_text, run.manifest);
    for (const auto& [name, bytes] : run.signatures)
        put_run_signature(store, run.manifest.run_id, name, read_all(bytes));
}

void look_into_run(const RunArchive& run, const std::string& name, const Store* store, Imported& out) {
    check_objects(run, name);
    const std::string& id = run.manifest.run_id;
    ++out.runs;
    if (store == nullptr || !store->files().info(store->run_path(id))) ++out.fresh;
    const Signatures there = store == nullptr ? Signatures() : run_signatures(*store, id);
    for (const auto& [file, stored] : run.signatures) {
        const std::string bytes = read_all(stored);
        if (!there.contains(signature_name(file, bytes, there))) ++out.signatures;
    }
}

}  // namespace

void export_run(const Store& store, std::string_view run_id, const TarWriter::Sink& sink) {
    const Parts parts = parts_of(store, run_id);
    write_run_archive(parts.text, parts.objects, parts.signatures, sink);
}

void export_audit(const Store& store, const Plan& plan, std::vector<std::string> run_ids, const TarWriter::Sink& sink) {
    std::sort(run_ids.begin(), run_ids.end());
    const std::string plan_text = canonical_json(plan_json(plan));
    std::optional<Window> inputs;
    if (plan.inputs) inputs = store.plain_object(*plan.inputs);
    AuditWriter writer(plan_text, inputs, sink);
    for (const std::string& id : run_ids) {
        const Parts parts = parts_of(store, id);
        writer.add(
            id, run_archive_bytes(parts.text, parts.objects, parts.signatures),
            [&](const TarWriter::Sink& into) { write_run_archive(parts.text, parts.objects, parts.signatures, into); });
    }
    writer.finish();
}

Imported look_into_archive(const Window& bytes, std::string_view archive_name, const Store* store) {
    Imported out;
    if (archive_kind(bytes, archive_name) == ArchiveKind::run) {
        look_into_run(read_run_archive(bytes, archive_name), std::string(archive_name), store, out);
        return out;
    }
    const AuditArchive audit = read_audit_archive(bytes, archive_name);
    out.audit_id = audit.audit_id;
    for (std::size_t i = 0; i < audit.runs.size(); ++i)
        look_into_run(read_run_of(audit, i, archive_name),
                      std::string(archive_name) + ", " + audit.runs[i].first.substr(0, 12) + ".run.tar", store, out);
    return out;
}

Imported import_archive(const Window& bytes, std::string_view archive_name, Store& store) {
    const Imported out = look_into_archive(bytes, archive_name, &store);
    if (out.audit_id.empty()) {
        keep_run(read_run_archive(bytes, archive_name), store);
        return out;
    }
    const AuditArchive audit = read_audit_archive(bytes, archive_name);
    if (audit.inputs) store.put_plain(*audit.plan.inputs, read_all(*audit.inputs));
    for (std::size_t i = 0; i < audit.runs.size(); ++i) keep_run(read_run_of(audit, i, archive_name), store);
    store.put_audit(audit.plan);
    return out;
}

void write_archive_file(const fs::path& path, const std::function<void(const TarWriter::Sink&)>& write) {
    const fs::path temporary = path.parent_path() / ("." + path.filename().string() + "." + std::to_string(::getpid()));
    const auto fail = [&](const char* what) {
        const int error = errno;
        ::unlink(temporary.c_str());
        throw Error("F0001", Exit::unreadable,
                    std::string("cannot ") + what + " " + path.string() + ": " +
                        std::error_code(error, std::generic_category()).message());
    };
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(temporary.c_str(), "wbe"), &std::fclose);
    if (!file) fail("create");
    try {
        write([&](std::string_view piece) {
            if (std::fwrite(piece.data(), 1, piece.size(), file.get()) != piece.size()) fail("write");
        });
    } catch (const Error&) {
        ::unlink(temporary.c_str());
        throw;
    }
    if (std::fflush(file.get()) != 0 || ::fsync(::fileno(file.get())) != 0) fail("write to disk");
    if (std::rename(temporary.c_str(), path.c_str()) != 0) fail("replace");
    sync_directory(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

}  // namespace assay
