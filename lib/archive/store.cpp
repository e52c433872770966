#include "archive/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <zstd.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view k_format = "assay-store/1";
constexpr int k_level = 3;
constexpr std::size_t k_object_limit = std::size_t{4} << 30;

fs::path object_path(const fs::path& store, std::string_view id) {
    return store / "obj" / id.substr(0, 2) / (std::string(id.substr(2)) + ".zst");
}
fs::path run_path(const fs::path& store, std::string_view id) {
    return store / "run" / id.substr(0, 2) / (std::string(id.substr(2)) + ".json");
}
fs::path audit_path(const fs::path& store, std::string_view id) {
    return store / "audit" / (std::string(id) + ".json");
}

std::string compress(std::string_view bytes) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    ZSTD_CCtx* context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, k_level);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    const std::size_t size = ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size());
    ZSTD_freeCCtx(context);
    if (ZSTD_isError(size) != 0) throw Error("A0104", Exit::bug, "zstd could not compress an object");
    out.resize(size);
    return out;
}

std::string decompress(std::string_view frame, const MemberRef& member, const fs::path& path) {
    const auto damaged = [&](const std::string& why) {
        return Error("A0102", Exit::unreadable, path.string() + " is damaged: " + why,
                     "restore this file from a copy of the store; run the audit again to make the run anew");
    };
    if (member.size_bytes > k_object_limit) throw damaged("it claims more than 4 GiB");
    if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != member.size_bytes) throw damaged("wrong size");
    std::string bytes(member.size_bytes, '\0');
    const std::size_t size = ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
    if (ZSTD_isError(size) != 0 || size != bytes.size()) throw damaged("it cannot be decompressed");
    if (sha256_hex(bytes) != member.sha256) throw damaged("its content does not match its name");
    return bytes;
}

// A name and the bytes it must be the digest of; canonical form is required, so equal values have one name.
Json read_named_json(const fs::path& path, std::string_view id) {
    const std::string text = read_file(path, std::size_t{1} << 30);
    if (sha256_hex(text) != id) {
        throw Error("A0101", Exit::unreadable, path.string() + " is damaged: its content does not match its name",
                    "restore it from a copy of the store, or remove it and run the audit again");
    }
    return parse_json(text, path.string(), {.bytes = std::size_t{1} << 30});
}

std::vector<std::string> named_ids(const fs::path& folder, std::string_view prefix) {
    constexpr std::string_view k_suffix = ".json";
    std::vector<std::string> ids;
    for (const std::string& name : list_directory(folder)) {
        if (!name.ends_with(k_suffix)) continue;
        std::string id = std::string(prefix) + name.substr(0, name.size() - k_suffix.size());
        if (is_sha256_hex(id)) ids.push_back(std::move(id));
    }
    return ids;
}

std::string new_uuid() {
    std::string bytes = read_file("/proc/sys/kernel/random/uuid");
    while (!bytes.empty() && bytes.back() == '\n') bytes.pop_back();
    return bytes;
}

}  // namespace

Store Store::open_or_create(const fs::path& path) {
    if (!fs::exists(path / "STORE")) {
        if (fs::exists(path) && !fs::is_directory(path)) {
            throw Error("A0001", Exit::unreadable, path.string() + " is not a folder",
                        "choose another with --store DIR");
        }
        for (const char* folder : {"obj", "run", "audit", "tmp"}) make_directories(path / folder);
        const Json head = Json::Object{{"format", k_format}, {"hash", "sha256"}, {"uuid", new_uuid()}};
        write_file_once(path / "STORE", canonical_json(head), path / "tmp");
    }
    return open(path);
}

Store Store::open(const fs::path& path) {
    if (!fs::exists(path / "STORE")) {
        throw Error("A0002", Exit::unreadable, "no store at " + path.string(),
                    "run an audit first, or name the store with --store DIR");
    }
    const Json head = parse_json(read_file(path / "STORE"), (path / "STORE").string());
    if (head.at("format").as_string() != k_format) {
        throw Error("A0001", Exit::unreadable,
                    path.string() + " is a store of format '" + head.at("format").as_string() +
                        "'; this assay reads assay-store/1");
    }
    return Store(path);
}

MemberRef Store::put_object(std::string_view bytes) {
    const MemberRef member{sha256_hex(bytes), bytes.size()};
    const fs::path path = object_path(path_, member.sha256);
    if (fs::exists(path)) {
        try {
            get_object(member);
            return member;
        } catch (const Error&) {
            fs::rename(path, path_ / "tmp" / (member.sha256 + ".damaged"));  // heal: the true bytes are at hand
        }
    }
    if (!fs::exists(path.parent_path())) {
        make_directories(path.parent_path());
        sync_directory(path_ / "obj");
    }
    write_file_once(path, compress(bytes), path_ / "tmp");
    return member;
}

std::string Store::get_object(const MemberRef& member) const {
    const fs::path path = object_path(path_, member.sha256);
    return decompress(read_file(path), member, path);
}

std::string Store::put_run(const RunRecord& record) {
    for (const auto& [name, member] : record.members) {
        if (!fs::exists(object_path(path_, member.sha256))) {
            throw Error("A0105", Exit::bug, "a run refers to the object of '" + name + "', which is not in the store");
        }
    }
    const std::string text = canonical_json(manifest_json(record));
    const std::string id = sha256_hex(text);
    const fs::path path = run_path(path_, id);
    if (!fs::exists(path.parent_path())) {
        make_directories(path.parent_path());
        sync_directory(path_ / "run");
    }
    write_file_once(path, text, path_ / "tmp");
    return id;
}

StoredRun Store::get_run(std::string_view run_id) const {
    return {std::string(run_id), run_record_from_manifest(read_named_json(run_path(path_, run_id), run_id))};
}

std::vector<StoredRun> Store::find_runs(const std::set<std::string>& request_ids) const {
    std::map<std::string, StoredRun> best;
    for (const std::string& folder : list_directory(path_ / "run")) {
        for (const std::string& id : named_ids(path_ / "run" / folder, folder)) {
            const Json manifest = read_named_json(run_path(path_, id), id);
            const std::string& request = manifest.at("request_id").as_string();
            if (!request_ids.contains(request)) continue;
            StoredRun run{id, run_record_from_manifest(manifest)};
            const auto [it, fresh] = best.try_emplace(request, run);
            const bool speaks = run.record.attempt > it->second.record.attempt ||
                                (run.record.attempt == it->second.record.attempt && id < it->second.run_id);
            if (!fresh && speaks) it->second = std::move(run);
        }
    }
    std::vector<StoredRun> runs;
    for (auto& [request, run] : best) runs.push_back(std::move(run));
    return runs;
}

std::string Store::put_audit(const Plan& plan) {
    const std::string text = canonical_json(plan_json(plan));
    const std::string id = sha256_hex(text);
    const fs::path path = audit_path(path_, id);
    write_file_once(path, text, path_ / "tmp");
    ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // the newest is `last`
    return id;
}

Plan Store::get_audit(std::string_view audit_id) const {
    return plan_from_json(read_named_json(audit_path(path_, audit_id), audit_id));
}

std::vector<std::string> Store::list_audits() const {
    std::vector<std::string> ids = named_ids(path_ / "audit", "");
    const auto used = [&](const std::string& id) { return fs::last_write_time(audit_path(path_, id)); };
    std::stable_sort(ids.begin(), ids.end(), [&](const auto& a, const auto& b) { return used(a) > used(b); });
    return ids;
}

}  // namespace assay
