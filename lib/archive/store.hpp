// The store: a content-addressed folder of runs and audits, written once, never changed.
//
//   STORE                        {"format":"assay-store/1","hash":"sha256","uuid":"..."}
//   obj/ab/cdef....zst           zstd frames (content size and checksum present); name = SHA-256 of the plaintext
//   run/ab/cdef....json          manifest of one run, canonical JSON; name = SHA-256 of its bytes; the commit point
//   audit/<sha256>.json          plan of one audit ("assay-audit/1"); name = SHA-256 of its bytes
//   tmp/                         half-written files, swept when older than a day
//
// A visible manifest references durable objects only: objects are written, fsynced and linked before it. Any
// number of processes may write at once; copying two stores together merges them. (archive.md 9.1, 9.2)
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
    static Store open_or_create(const std::filesystem::path& path);
    // Error A0002 (74) when there is no store.
    static Store open(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return path_; }

    // Durable when it returns. Returns the SHA-256 of the plaintext.
    MemberRef put_object(std::string_view bytes);
    // Checked against its name; Error A0102 (74) when it is missing or damaged.
    std::string get_object(const MemberRef& member) const;

    // The commit of a run: its members must be in the store already. Durable when it returns.
    std::string put_run(const RunRecord& record);
    StoredRun get_run(std::string_view run_id) const;

    // For each wanted request the run that speaks for it: the highest attempt, then the smallest run id.
    // Damaged manifests are an Error A0101 (74).
    std::vector<StoredRun> find_runs(const std::set<std::string>& request_ids) const;

    // Keeps the plan and makes it `last`. Returns the audit id.
    std::string put_audit(const Plan& plan);
    Plan get_audit(std::string_view audit_id) const;
    // All audits, the one used last first.
    std::vector<std::string> list_audits() const;

private:
    explicit Store(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace assay
