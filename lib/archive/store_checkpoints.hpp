// The checkpoints of a store (archive/checkpoint.hpp): ckpt/<SHA-256>.json, and beside each its signatures
// (archive/signature_files.hpp). Whoever holds a signed one can tell later whether a run of it was taken away.
//
// A signature is of an in-toto statement of type k_checkpoint_type: its subject is the checkpoint's digest, its
// predicate the checkpoint itself, so that the one file is enough to keep.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/checkpoint.hpp"
#include "archive/dsse.hpp"
#include "archive/store_check.hpp"

namespace assay {

inline constexpr std::string_view k_checkpoint_type = "https://assay/checkpoint/v1";

// Those that are the last of their chain: more than one where copies of a store were merged. Sorted. A file whose
// content is not that of its name counts, too: reading its chain fails.
std::vector<std::string> checkpoint_heads(const Store& store);
// Of a head or of any before it. Errors A0501, A0503 (74).
RunIds runs_at(const Store& store, std::string_view checkpoint);
// Runs that any checkpoint retired.
RunIds retired_runs(const Store& store);

struct CheckpointMade {
    std::string digest;
    std::size_t runs = 0, added = 0, retired = 0;
    bool fresh = false;  // false: nothing has changed since the last one, which stands
    bool newly_signed = false;
    std::string envelope;  // with a key
};
// Of all runs that the store has. `retired`: beginnings of the ids of runs that were removed on purpose. Errors: A0502
// (1) names every run that is missing and not retired; A0504 (2) one to retire that is none, or is still there.
CheckpointMade make_checkpoint(Store& store, const std::vector<std::string>& retired, const PrivateKey* key);

Statement checkpoint_statement(const Checkpoint& checkpoint);
// The checkpoint that a statement holds. Error A0501 (74) when its subject is another, or it holds none.
Checkpoint checkpoint_of(const Statement& statement, std::string_view name);

// Adds to `out` what the store's own checkpoints say: runs of them that are missing; with `seals` whether each last one
// is signed by one of the keys; damaged ones.
void check_checkpoints(const Store& store, const CheckOptions& options, StoreCheck& out);
// The same of one that somebody held: its runs, those retired since left out. Where the store has lost the checkpoint
// itself that is a finding, and the runs that it added are looked for.
void check_held(const Store& store, const Checkpoint& checkpoint, StoreCheck& out);

}  // namespace assay
