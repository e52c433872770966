#include "archive/store.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "archive/audit_archive.hpp"
#include "archive/manifest_scan.hpp"
#include "archive/session.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view k_format = "assay-store/1";
constexpr std::size_t k_head_bytes = 4096;

fs::path fan_out(const fs::path& folder, std::string_view id, std::string_view ending) {
    return folder / id.substr(0, 2) / (std::string(id.substr(2)) + std::string(ending));
}

Error damaged(const fs::path& path, const std::string& why) {
    return Error("A0101", Exit::unreadable, path.string() + " is damaged: " + why,
                 "restore it from a copy of the store, or remove it and run the audit again");
}

// A name and the bytes it must be the digest of.
std::string read_named(Files& files, const fs::path& path, std::string_view id, std::size_t limit, const char* what) {
    std::optional<std::string> text = files.read(path, limit);
    if (!text) {
        throw Error("A0114", Exit::unreadable,
                    path.string() + " is missing: there is no such " + what + " in the store",
                    "restore it from a copy of the store, or run the audit again");
    }
    if (sha256_hex(*text) != id) throw damaged(path, "its content does not match its name");
    return std::move(*text);
}

void append_ids(Files& files, const fs::path& folder, std::string_view prefix, std::vector<std::string>& ids) {
    constexpr std::string_view k_suffix = ".json";
    for (const std::string& name : files.list(folder)) {
        if (!name.ends_with(k_suffix)) continue;
        std::string id = std::string(prefix) + name.substr(0, name.size() - k_suffix.size());
        if (is_sha256_hex(id)) ids.push_back(std::move(id));
    }
}

std::string new_uuid() {
    std::string bytes = read_file("/proc/sys/kernel/random/uuid");
    while (!bytes.empty() && bytes.back() == '\n') bytes.pop_back();
    return bytes;
}

// The uuid. A STORE is written whole or not at all by us; a copy may have been cut.
std::string read_head(const std::string& text, const fs::path& path) {
    const auto broken = [&](const std::string& why) {
        return Error("A0003", Exit::unreadable, (path / "STORE").string() + " is damaged: " + why,
                     "an interrupted copy looks like this: copy the store again, STORE first");
    };
    if (text.empty()) throw broken("it is empty");
    try {
        const Json head = parse_json(text, (path / "STORE").string());
        const std::string& format = head.at("format").as_string();
        if (format != k_format) {
            const bool newer = format.starts_with("assay-store/");
            throw Error(newer ? "A0107" : "A0001", Exit::unreadable,
                        path.string() + " is a store of format '" + format + "'; this assay reads assay-store/1",
                        newer ? "a newer assay made it: read it with that one" : "choose another with --store DIR");
        }
        const Json* const uuid = head.find("uuid");
        return uuid == nullptr ? std::string() : uuid->as_string();
    } catch (const Error& error) {
        if (error.code().starts_with("J")) throw broken(error.what());
        throw;
    }
}

int attempt_in(std::string_view occurrence) {
    SoughtMember attempt{"attempt"};
    find_members(occurrence, {&attempt, 1});
    int number = 0;
    std::from_chars(attempt.value.data(), attempt.value.data() + attempt.value.size(), number);
    return number;
}

}  // namespace

Store::Store(fs::path path, std::string uuid, std::shared_ptr<Files> files)
    : path_(std::move(path)),
      uuid_(std::move(uuid)),
      files_(std::move(files)),
      session_(std::make_shared<Session>(files_, path_ / "tmp")) {}

Store Store::open_or_create(const fs::path& path, std::shared_ptr<Files> files) {
    if (!files->info(path / "STORE")) {
        const auto there = files->info(path);
        if (there && !there->folder && !fs::is_directory(path)) {
            throw Error("A0001", Exit::unreadable, path.string() + " is not a folder",
                        "choose another with --store DIR");
        }
        if (!there && path.has_parent_path() && !files->info(path.parent_path())) make_directories(path.parent_path());
        files->make_folder(path);
        for (const char* folder : {"obj", "run", "audit", "tmp"}) files->make_folder(path / folder);
        const Json head = Json::Object{{"format", k_format}, {"hash", "sha256"}, {"uuid", new_uuid()}};
        Session session(files, path / "tmp");
        const fs::path written = session.create(canonical_json(head));
        files->link(written, path / "STORE");
        session.remove(written);
        files->sync_folder(path);
        if (path.has_parent_path()) files->sync_folder(path.parent_path());
    }
    return open(path, std::move(files));
}

Store Store::open(const fs::path& path, std::shared_ptr<Files> files) {
    const std::optional<std::string> head = files->read(path / "STORE", k_head_bytes);
    if (head) return {path, read_head(*head, path), std::move(files)};
    const bool half = files->info(path / "obj") && files->info(path / "run");
    throw Error("A0002", Exit::unreadable,
                half ? path.string() + " is half a store: it has objects and runs, but no STORE"
                     : "no store at " + path.string(),
                half ? "an interrupted copy looks like this: copy the rest, too"
                     : "run an audit first, or name the store with --store DIR");
}

fs::path Store::object_path(std::string_view sha256, Form form) const {
    return fan_out(path_ / "obj", sha256, ending_of(form));
}
fs::path Store::run_path(std::string_view run_id) const { return fan_out(path_ / "run", run_id, ".json"); }
fs::path Store::audit_path(std::string_view audit_id) const {
    return path_ / "audit" / (std::string(audit_id) + ".json");
}

bool Store::has_object(std::string_view sha256) const {
    return std::any_of(k_forms.begin(), k_forms.end(),
                       [&](Form form) { return files_->info(object_path(sha256, form)).has_value(); });
}

std::optional<StoredObject> Store::find_object(std::string_view sha256) const {
    for (const Form form : k_forms) {
        const fs::path path = object_path(sha256, form);
        if (auto window = files_->window(path)) return StoredObject{form, path.string(), std::move(*window)};
    }
    for (const Form form : k_forms) {
        const fs::path path = path_ / "trash" / (std::string(sha256) + std::string(ending_of(form)));
        if (auto window = files_->window(path)) return StoredObject{form, path.string(), std::move(*window)};
    }
    return std::nullopt;
}

StoredObject Store::stored_as(std::string_view sha256, Form form) const {
    const fs::path path = object_path(sha256, form);
    if (auto window = files_->window(path)) return {form, path.string(), std::move(*window)};
    throw Error("A0102", Exit::unreadable, path.string() + " is missing", "run the same command again");
}

StoredObject Store::stored_object(std::string_view sha256) const {
    if (auto found = find_object(sha256)) return std::move(*found);
    if (auto found = find_object(sha256)) return std::move(*found);  // it took another form meanwhile
    throw Error("A0102", Exit::unreadable, object_path(sha256).string() + " is missing",
                "restore this file from a copy of the store; run the audit again to make the run anew");
}

std::string Store::planes_of(const std::string& sha256) const {
    const StoredObject stored = stored_object(sha256);
    if (stored.form == Form::delta)
        throw Error("A0102", Exit::unreadable, stored.name + " is damaged: the base of a difference is one itself",
                    "restore this file from a copy of the store");
    return planes_in(stored, {});
}

std::string Store::get_object(const MemberRef& member) const {
    return unpack_object(stored_object(member.sha256), member,
                         [this](const std::string& base) { return planes_of(base); });
}

std::uint64_t Store::check_object(std::string_view sha256, std::optional<std::uint64_t> size_bytes, bool deep,
                                  const TableRoots& tables) const {
    const StoredObject stored = stored_object(sha256);
    if (deep && size_bytes) {
        check_content(
            stored, {std::string(sha256), *size_bytes}, [this](const std::string& base) { return planes_of(base); },
            tables);
    } else {
        check_stored(stored, size_bytes);
        if (stored.form == Form::delta) stored_object(base_of(stored));
    }
    return stored.bytes.size_bytes;
}

Window Store::plain_object(const MemberRef& member) const {
    const StoredObject stored = stored_object(member.sha256);
    if (stored.form != Form::plain) return owned_window(pack_plain(get_object(member)));
    check_content(stored, member, {});
    return stored.bytes;
}

std::string Store::get_manifest_text(std::string_view run_id) const {
    return read_named(*files_, run_path(run_id), run_id, k_manifest_bytes, "run");
}

Manifest Store::get_manifest(std::string_view run_id) const {
    const std::string text = get_manifest_text(run_id);
    const std::string path = run_path(run_id).string();
    try {
        return read_manifest(text, path);
    } catch (const Error& error) {
        throw Error(error.code(), error.exit(), path + ": " + error.what(), error.help());
    }
}

StoredRun Store::get_run(std::string_view run_id) const {
    std::map<std::string, std::string> envs;
    return get_run(run_id, envs);
}

StoredRun Store::get_run(std::string_view run_id, std::map<std::string, std::string>& envs) const {
    Manifest manifest = get_manifest(run_id);
    if (manifest.env) {
        std::string& env = envs[manifest.env->sha256];
        if (env.empty()) env = get_object(*manifest.env);
        add_env(manifest, env);
    }
    return {std::string(run_id), std::move(manifest.record)};
}

std::vector<std::string> Store::list_runs() const {
    std::vector<std::string> ids;
    for (const std::string& folder : files_->list(path_ / "run")) {
        if (folder.size() == 2) append_ids(*files_, path_ / "run" / folder, folder, ids);
    }
    return ids;
}

std::map<std::string, std::string> Store::find_run_ids(const std::set<std::string>& request_ids) const {
    std::map<std::string, std::string> best;
    std::map<std::string, int> attempts;
    for (const std::string& id : list_runs()) {
        const std::string text = get_manifest_text(id);
        std::array<SoughtMember, 2> sought = {{{"occurrence"}, {"request_id"}}};
        find_members(text, sought);
        std::string request = plain_text(sought[1].value);
        if (!request_ids.contains(request)) continue;
        const int attempt = attempt_in(sought[0].value);
        const auto [highest, fresh] = attempts.try_emplace(request, attempt);
        if (!fresh && attempt <= highest->second) continue;  // ids come in order
        highest->second = attempt;
        best[std::move(request)] = id;
    }
    return best;
}

std::vector<StoredRun> Store::find_runs(const std::set<std::string>& request_ids) const {
    std::vector<StoredRun> runs;
    std::map<std::string, std::string> envs;
    for (const auto& [request, run_id] : find_run_ids(request_ids)) runs.push_back(get_run(run_id, envs));
    return runs;
}

Plan Store::get_audit(std::string_view audit_id) const {
    const fs::path path = audit_path(audit_id);
    return plan_from_json(parse_json(read_named(*files_, path, audit_id, k_audit_bytes, "audit"), path.string(),
                                     {.bytes = k_audit_bytes}));
}

std::vector<std::string> Store::list_audits() const {
    std::vector<std::string> ids;
    append_ids(*files_, path_ / "audit", "", ids);
    const auto used = [&](const std::string& id) {
        const auto info = files_->info(audit_path(id));
        return info ? info->modified_ns : 0;
    };
    std::stable_sort(ids.begin(), ids.end(), [&](const auto& a, const auto& b) { return used(a) > used(b); });
    return ids;
}

}  // namespace assay
