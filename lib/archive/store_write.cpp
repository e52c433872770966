// The write protocol (archive.md 9.2): file in tmp/, fsync, link, fsync of the folder; objects first, the manifest
// last, then the objects once more. Whoever reads at any moment, or after any crash, sees whole runs only.
#include <algorithm>

#include "archive/session.hpp"
#include "archive/store.hpp"
#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace fs = std::filesystem;

// Whether the store has the object, whole. A damaged one goes to trash/, where the true bytes cannot be hidden by it.
bool Store::is_kept(const std::string& sha256) {
    return std::any_of(k_forms.begin(), k_forms.end(), [&](Form form) { return is_kept_as(sha256, form); });
}

bool Store::is_kept_as(const std::string& sha256, Form form) {
    const fs::path path = object_path(sha256, form);
    const std::optional<Window> window = files_->window(path);
    if (!window) return false;
    const StoredObject stored{form, path.string(), *window};
    std::string base;
    try {
        check_stored(stored, {});
        if (form == Form::delta) base = base_of(stored);
    } catch (const Error& error) {
        if (error.code() == "F0001") throw;
        files_->make_folder(path_ / "trash");
        files_->rename(path, path_ / "trash" / (sha256 + ".damaged"));
        return false;
    }
    if (!base.empty() && !is_kept_as(base, Form::planes) && !is_kept_as(base, Form::plain)) return false;
    if (!files_->touch(path)) return false;  // young again, for gc
    if (session_->synced_before(path)) return true;
    session_->settle(path.parent_path());
    files_->sync_folder(path.parent_path());  // whoever put it may not have come to that yet
    session_->synced(path);
    return true;
}

void Store::link_object(const std::string& sha256, Form form, const GiveBytes& packed) {
    const fs::path path = object_path(sha256, form);
    session_->settle(path.parent_path());
    const fs::path written = session_->create(packed);
    files_->link(written, path);  // or somebody else has: the same content
    files_->sync_folder(path.parent_path());
    session_->keep(sha256, {written, path});
}

MemberRef Store::put_object(std::string_view bytes) {
    MemberRef member{sha256_hex(bytes), bytes.size()};
    if (is_kept(member.sha256)) return member;
    const Packing packing = packing_of(bytes);
    link_object(member.sha256, packing.form, packing.write);
    return member;
}

void Store::put_plain(const MemberRef& member, std::string_view packed) {
    if (is_kept(member.sha256)) return;
    const auto planes = pack_planes(unpack_plain(memory_window(packed), member, "a member of an archive"));
    link_object(member.sha256, planes ? Form::planes : Form::plain,
                [&](const TakeBytes& take) { take(planes ? std::string_view(*planes) : packed); });
}

void Store::put_as(const MemberRef& member, Form form, std::string_view packed) {
    const fs::path path = object_path(member.sha256, form);
    session_->settle(path.parent_path());
    const fs::path written = session_->create(packed);
    files_->link(written, path);
    session_->remove(written);
    files_->sync_folder(path.parent_path());
}

void Store::keep_only(const MemberRef& member, Form form) {
    const StoredObject stored = stored_as(member.sha256, form);
    check_content(stored, member, [this](const std::string& base) { return planes_of(base); });
    // Younger than the grace of a gc that might look for it now, and not in trash/, where planes_of looks, too.
    if (form == Form::delta && !is_kept_as(base_of(stored), Form::planes))
        throw Error("A0102", Exit::unreadable, stored.name + " is a difference from an object that is gone",
                    "run the same command again");
    const fs::path folder = object_path(member.sha256).parent_path();
    files_->sync_folder(folder);
    for (const Form other : k_forms) {
        if (other != form) files_->remove(object_path(member.sha256, other));
    }
    files_->sync_folder(folder);
}

// After the commit: gc may have taken the object between its putting and the manifest's.
void Store::keep_again(const std::string& sha256) {
    for (const Form form : k_forms) {
        const fs::path path = object_path(sha256, form);
        if (!files_->touch(path)) continue;
        if (form == Form::delta) keep_again(base_of(stored_object(sha256)));
        return;
    }
    if (const Session::Kept* const own = session_->kept(sha256)) {
        files_->link(own->written, own->path);
        files_->sync_folder(own->path.parent_path());
        return;
    }
    for (const Form form : k_forms) {
        const fs::path trashed = path_ / "trash" / (sha256 + std::string(ending_of(form)));
        if (!files_->info(trashed)) continue;
        const fs::path path = object_path(sha256, form);
        files_->link(trashed, path);
        files_->sync_folder(path.parent_path());
        if (form == Form::delta) keep_again(base_of(stored_object(sha256)));
        return;
    }
    if (!has_object(sha256)) {
        throw Error("A0108", Exit::unreadable,
                    object_path(sha256).string() + " vanished while a run was stored that needs it",
                    "run the same command again");
    }
}

void Store::put_manifest(std::string_view text, const Manifest& manifest) {
    for (const ManifestMember& member : manifest.members) {
        if (!has_object(member.content.sha256)) {
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
        for (const ManifestMember& member : manifest.members) keep_again(member.content.sha256);
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
        keep_again(plan.inputs->sha256);
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
