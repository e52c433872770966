// The write protocol (archive.md 9.2): file in tmp/, fsync, link, fsync of the folder; objects first, the manifest
// last, then the objects once more. Whoever reads at any moment, or after any crash, sees whole runs only.
#include "archive/packed.hpp"
#include "archive/session.hpp"
#include "archive/store.hpp"
#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace fs = std::filesystem;

// Whether the store has the object, whole. A damaged one goes to trash/, where the true bytes cannot be hidden by it.
bool Store::is_kept(const MemberRef& member) {
    const fs::path path = object_path(member.sha256);
    const std::optional<Window> window = files_->window(path);
    if (!window) return false;
    try {
        check_stored(*window, member, path.string());
        if (!files_->touch(path)) return false;  // young again, for gc
        session_->settle(path.parent_path());
        files_->sync_folder(path.parent_path());  // whoever put it may not have come to that yet
        return true;
    } catch (const Error& error) {
        if (error.code() == "F0001") throw;
        files_->make_folder(path_ / "trash");
        files_->rename(path, path_ / "trash" / (member.sha256 + ".damaged"));
        return false;
    }
}

void Store::link_object(const MemberRef& member, std::string_view packed) {
    const fs::path path = object_path(member.sha256);
    session_->settle(path.parent_path());
    const fs::path written = session_->create(packed);
    files_->link(written, path);  // or somebody else has: the same content
    files_->sync_folder(path.parent_path());
    session_->keep(member.sha256, written);
}

MemberRef Store::put_object(std::string_view bytes) {
    MemberRef member{sha256_hex(bytes), bytes.size()};
    if (!is_kept(member)) link_object(member, pack_object(bytes));
    return member;
}

void Store::put_packed(const MemberRef& member, std::string_view packed) {
    if (!is_kept(member)) link_object(member, packed);
}

// After the commit: gc may have taken the object between its putting and the manifest's.
void Store::keep_again(const MemberRef& member) {
    const fs::path path = object_path(member.sha256);
    if (files_->touch(path)) return;
    const fs::path trashed = path_ / "trash" / (member.sha256 + ".zst");
    const fs::path* const own = session_->kept(member.sha256);
    if (own != nullptr) {
        files_->link(*own, path);
    } else if (files_->info(trashed)) {
        files_->link(trashed, path);
    } else if (!files_->info(path)) {
        throw Error("A0108", Exit::unreadable, path.string() + " vanished while a run was stored that needs it",
                    "run the same command again");
    }
    files_->sync_folder(path.parent_path());
}

void Store::put_manifest(std::string_view text, const Manifest& manifest) {
    for (const ManifestMember& member : manifest.members) {
        if (!has_object(member.content)) {
            throw Error("A0105", Exit::bug,
                        "a run refers to the object of '" + member.name + "', which is not in the store");
        }
    }
    const fs::path path = run_path(manifest.run_id);
    session_->settle(path.parent_path());
    const fs::path written = session_->create(text);
    const bool fresh = files_->link(written, path);
    files_->sync_folder(path.parent_path());
    session_->remove(written);
    try {
        for (const ManifestMember& member : manifest.members) keep_again(member.content);
    } catch (const Error&) {
        if (fresh) files_->remove(path);  // never acknowledged
        throw;
    }
    for (const ManifestMember& member : manifest.members) session_->let_go(member.content.sha256);
}

std::string Store::put_run(const RunRecord& record) {
    const ManifestBytes bytes = write_manifest(record);
    if (bytes.env) put_object(*bytes.env);
    const Manifest manifest = read_manifest(bytes.text, "a manifest of this program");
    put_manifest(bytes.text, manifest);
    return manifest.run_id;
}

std::string Store::put_audit(const Plan& plan) {
    const std::string text = canonical_json(plan_json(plan));
    const std::string id = sha256_hex(text);
    const fs::path path = audit_path(id);
    if (!files_->touch(path)) {  // the newest is `last`
        session_->settle(path.parent_path());
        const fs::path written = session_->create(text);
        files_->link(written, path);
        session_->remove(written);
        files_->sync_folder(path.parent_path());
    }
    if (plan.inputs) {
        keep_again(*plan.inputs);
        session_->let_go(plan.inputs->sha256);
    }
    return id;
}

bool Store::put_named(const fs::path& below, std::string_view bytes) {
    fs::path folder = path_;
    for (const fs::path& part : below.parent_path()) {
        folder /= part;
        session_->settle(folder);
    }
    const fs::path written = session_->create(bytes);
    const bool fresh = files_->link(written, path_ / below);
    session_->remove(written);
    files_->sync_folder(folder);
    return fresh;
}

}  // namespace assay
