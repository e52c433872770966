// Is a store whole? And what no run needs any more.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "archive/seal.hpp"
#include "archive/store.hpp"

namespace assay {

struct CheckOptions {
    bool deep = false;     // decompress every object, compare its content, and its tensors with the manifests' tables
    double share = 1;      // of the objects, 0 to 1; the manifests are all read
    std::int64_t day = 0;  // which share: the next day it is the next one, and none is left out
    bool seals = false;    // whether every run must be sealed by one of `keys`
    std::vector<PublicKey> keys = {};
};

struct StoreCheck {
    std::size_t runs = 0, audits = 0, objects = 0;  // that are referenced
    std::size_t checked = 0;                        // objects that were read
    std::size_t unreferenced = 0;                   // objects that no run needs: gc's
    std::uint64_t stored_bytes = 0;                 // of the objects that were read
    std::size_t checkpoints = 0;                    // last ones of their chains
    SealCheck seals;                                // counts; its findings are among the following
    std::vector<std::string> problems;              // one line each: the file, what is wrong, which run and member
    std::vector<std::string> mismatches;            // whole, but not what was asked for: unsigned, omitted
    std::vector<std::string> missing;               // runs that an audit plans and that are not there, a line each
};

// Looks at everything and goes on after a finding. Changes nothing.
StoreCheck check_store(const Store& store, const CheckOptions& options = {});

// The parts of it that are the same for an archive. `requests`: of the runs that are there.
void check_signatures(std::string_view manifest, const Signatures& signatures, const CheckOptions& options,
                      const std::string& place, StoreCheck& out);
// The table that a manifest has of the tensors in one of its members; empty for all other members.
TableRoots tables_of(const Manifest& manifest, std::string_view member);
void add_missing(const Plan& plan, const std::set<std::string>& requests, StoreCheck& out);

// What the runs and audits of a store need, and what objects among these need that are kept as differences: digest ->
// size and the places that name it ("run 0123456789ab, log.txt").
struct References {
    struct Use {
        std::optional<std::uint64_t> size_bytes;  // unknown where only a difference needs it
        std::vector<std::string> places;
        TableRoots tables;  // roots of the tables of tensors that manifests have of it
    };
    std::map<std::string, Use> objects;
    std::size_t runs = 0, audits = 0;
    std::set<std::string> requests;     // ids, of the runs
    std::vector<std::string> problems;  // manifests and plans that cannot be read
};
References references_of(const Store& store);
// The same for who takes something away: Error A0116 (74) when one cannot be read, since then nobody knows what it
// needs.
References needed_references(const Store& store);
struct ListedObject {
    std::string sha256;
    Form form = Form::plain;
};
std::vector<ListedObject> list_objects(const Store& store);  // sorted by digest; one in two forms stands there twice

struct GcOptions {
    double grace_s = 24 * 3600;      // younger files may belong to a writer that has not committed yet
    double tmp_grace_s = 24 * 3600;  // the same for tmp/, whose files may be half written
    bool dry_run = false;
};

struct GcReport {
    std::size_t referenced = 0, trashed = 0, restored = 0, deleted = 0,
                swept = 0;  // swept: left in tmp/ by dead writers
    std::uint64_t trashed_bytes = 0, deleted_bytes = 0;
};

// Mark, move to trash/, mark again, put back, delete what was in trash/ for longer than the grace. Safe beside any
// number of writers (archive.md 9.5). Errors: A0115 (75) when another gc is at work; A0116 (74) when a manifest cannot
// be read, since then nobody knows what it needs.
GcReport collect_garbage(Store& store, const GcOptions& options = {});

}  // namespace assay
