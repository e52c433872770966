// The store: a content-addressed folder of runs and audits, written once, never changed.
//
//   STORE                        {"format":"assay-store/1","hash":"sha256","uuid":"..."}
//   obj/ab/cdef....zst           objects, packed; name = SHA-256 of the content
//   obj/ab/cdef....pst.zst       the same of files of numbers, as planes; .dlt: as differences from another's
//                                (packed.hpp). An object may be there in two forms for a while; either is good
//   run/ab/cdef....json          manifest of one run (core/manifest.hpp); name = SHA-256 of its bytes; the commit point
//   audit/<sha256>.json          plan of one audit ("assay-audit/1"); name = SHA-256 of its bytes
//   sig/ab/<run id>.<8 hex>.dsse.json   signatures (archive/signature_files.hpp); they may outlive their run
//   ckpt/<sha256>.json           checkpoints (archive/store_checkpoints.hpp), and their signatures
//   tmp/<host>-<pid>-<random>/   half-written files of one writer
//   trash/                       objects that gc has taken out, and damaged ones; a reader looks here once
//
// Any number of processes on any number of hosts may write at once, without locks: a file is written and synced in
// tmp/, linked to its name, and the folder synced. A visible manifest references durable objects only: objects come
// first, the manifest last, and after it the objects are looked at once more (gc may have taken one meanwhile). Names
// that are no digests are ignored. Copying one store over another (`cp -rn`, `rsync --ignore-existing`), obj/ before
// run/ before the rest, merges them. (archive.md 9)
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/files.hpp"
#include "archive/packed.hpp"
#include "core/manifest.hpp"
#include "core/plan.hpp"
#include "core/run.hpp"

namespace assay {

struct StoredRun {
    std::string run_id;
    RunRecord record;
};

class Store {
public:
    // Makes the folder where it is missing. Error A0001 (74) when it is not a store or cannot be written.
    static Store open_or_create(const std::filesystem::path& path, std::shared_ptr<Files> files = system_files());
    // Errors (74): A0002 when there is no store, A0003 when its STORE is cut or none, A0107 for another major version.
    static Store open(const std::filesystem::path& path, std::shared_ptr<Files> files = system_files());

    const std::filesystem::path& path() const { return path_; }
    const std::string& uuid() const { return uuid_; }
    Files& files() const { return *files_; }

    // Durable when it returns. Returns the SHA-256 of the content. A damaged object of that name is replaced.
    MemberRef put_object(std::string_view bytes);
    // The same for an object that is packed already, as archives have it. Precondition: it was checked against its
    // name.
    void put_plain(const MemberRef& member, std::string_view packed);
    // Checked against its name; Error A0102 (74) when it is missing or damaged.
    std::string get_object(const MemberRef& member) const;
    // As it is stored, unchecked, in the first form that is there; Error A0102 (74) when none is.
    StoredObject stored_object(std::string_view sha256) const;
    // The same without unpacking it, in the one form that travels. Checked against its name, all of it.
    Window plain_object(const MemberRef& member) const;
    // Returns how many bytes are stored. Error A0102 (74) with what is damaged. `deep`: unpacks it. The length of a
    // base may be unknown.
    std::uint64_t check_object(std::string_view sha256, std::optional<std::uint64_t> size_bytes, bool deep,
                               const TableRoots& tables = {}) const;
    bool has_object(std::string_view sha256) const;
    // In this form, which must be there: Error A0102 (74).
    StoredObject stored_as(std::string_view sha256, Form form) const;
    // For repack: a second form, and the end of all others after this one was read back from the disk and compared with
    // the name. Errors A0102 (74): it is not whole, or the base of a difference is not there; then the others stay.
    void put_as(const MemberRef& member, Form form, std::string_view packed);
    void keep_only(const MemberRef& member, Form form);
    // The planes of an object (packed.hpp), for one that is a difference from it.
    std::string planes_of(const std::string& sha256) const;

    // The commit of a run: its members must be in the store already (Error A0105 (70) otherwise). Durable when it
    // returns; Error A0108 (74) when a member vanished meanwhile and is nowhere to be had.
    std::string put_run(const RunRecord& record);
    // The same with a manifest as it came from elsewhere; it must have passed read_manifest.
    void put_manifest(std::string_view text, const Manifest& manifest);
    StoredRun get_run(std::string_view run_id) const;
    // Without its env where that is an object. Errors A0101 (damaged), A0114 (missing), 74.
    Manifest get_manifest(std::string_view run_id) const;
    std::string get_manifest_text(std::string_view run_id) const;
    std::vector<std::string> list_runs() const;  // ids, sorted

    // For each wanted request the run that speaks for it: the highest attempt, then the smallest run id. A manifest
    // that does not match its name is an Error A0101 (74); only find_runs reads more of it.
    std::map<std::string, std::string> find_run_ids(const std::set<std::string>& request_ids) const;  // by request
    std::vector<StoredRun> find_runs(const std::set<std::string>& request_ids) const;

    // Keeps the plan and makes it `last`. Returns the audit id.
    std::string put_audit(const Plan& plan);
    Plan get_audit(std::string_view audit_id) const;
    // All audits, the one used last first.
    std::vector<std::string> list_audits() const;

    // For what has a header of its own (signatures, checkpoints): a file below the store, durable when it returns.
    // False: there is one of that name, which stays as it is.
    bool put_named(const std::filesystem::path& below, std::string_view bytes);

    std::filesystem::path object_path(std::string_view sha256, Form form = Form::plain) const;
    std::filesystem::path run_path(std::string_view run_id) const;

private:
    // `envs`: digest -> bytes of the env objects that were read already; runs of one machine share one.
    StoredRun get_run(std::string_view run_id, std::map<std::string, std::string>& envs) const;
    class Session;  // what this process has in tmp/
    Store(std::filesystem::path path, std::string uuid, std::shared_ptr<Files> files);
    std::filesystem::path audit_path(std::string_view audit_id) const;
    std::optional<StoredObject> find_object(std::string_view sha256) const;
    bool is_kept(const std::string& sha256);
    bool is_kept_as(const std::string& sha256, Form form);
    void link_object(const std::string& sha256, Form form, const GiveBytes& packed);
    void keep_again(const std::string& sha256);

    std::filesystem::path path_;
    std::string uuid_;
    std::shared_ptr<Files> files_;
    std::shared_ptr<Session> session_;
};

}  // namespace assay
