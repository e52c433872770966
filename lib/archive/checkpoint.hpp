// Checkpoints: which runs a store held, so that a run that is taken away later is missed. Pure.
//
//   checkpoint := {"added":[run id...],"count":N,"format":"assay-ckpt/1","prev":"<sha256>" or null,
//                  ["retired":[run id...],] "root":"<sha256>","store":"<uuid>"}           canonical JSON
//
// `root` is the SHA-256 of the N sorted ids, 32 bytes each; `prev` that of the checkpoint before (its bytes), null in
// the first. A run that is removed on purpose is named under `retired` in the next one. A checkpoint's name is the
// SHA-256 of its bytes: those of two stores lie side by side. Whoever holds one signed checkpoint can tell later
// whether every run up to it is still there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

using RunIds = std::set<std::string, std::less<>>;

struct Checkpoint {
    RunIds added, retired;
    std::uint64_t count = 0;
    std::optional<std::string> prev;
    std::string root, store;
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

std::string checkpoint_text(const Checkpoint& checkpoint);
// Error A0501 (74) when it is not one, or not in the form that checkpoint_text gives. `name` stands in messages.
Checkpoint parse_checkpoint(std::string_view text, std::string_view name);

std::string run_ids_root(const RunIds& ids);

// The checkpoint after the one of which the digest is `prev` and which stood for `before`. A run of `before` that is
// not in `now` must be in `retired`, or it is an Error A0502 (1) that names all such: a checkpoint never forgives.
Checkpoint next_checkpoint(const std::optional<std::string>& prev, const RunIds& before, const RunIds& now,
                           const RunIds& retired, std::string_view store);

// The runs that the chain up to the checkpoint of digest `head` stands for: every root and count is computed anew.
// `text_of` gives the bytes of a checkpoint by its digest. Error A0501 (74) names the checkpoint that does not fit.
RunIds runs_of_chain(std::string_view head, const std::function<std::string(std::string_view)>& text_of);

}  // namespace assay
