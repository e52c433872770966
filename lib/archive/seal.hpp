// Seals: "this run I kept", signed (run_seal of archive/dsse.hpp). A run may have any number of them, by any number of
// keys; in the store below sig/, in a .run.tar behind the members.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive/dsse.hpp"
#include "archive/signature_files.hpp"
#include "archive/store.hpp"
#include "archive/tar.hpp"

namespace assay {

// A signature of a run's manifest by ssh-keygen, kept with the run: what it signs is tried first. Error A0404 (2): its
// key signed something else, or for another purpose; A0401 (74): no signature. Errors of seal_run.
struct Attached {
    bool fresh = false;  // it was not there already
    std::string key_id;  // "": of a kind that only ssh-keygen can verify, and not verified
};
Attached attach_ssh_signature(Store& store, std::string_view run_id, std::string_view bytes,
                              std::string_view file_name);

struct Sealed {
    std::size_t runs = 0, fresh = 0;  // fresh: that this key had not sealed yet
};
// Error A0114, A0101 (74) when there is no such run, or a damaged manifest: nothing is signed that was not read.
void seal_run(Store& store, std::string_view run_id, const PrivateKey& key, Sealed& out);
// The same archive, of a run or of an audit, with the key's seal on each run. Errors of read_run_archive, A0112.
Sealed seal_archive(const Window& bytes, std::string_view archive_name, const PrivateKey& key,
                    const TarWriter::Sink& sink);

// What signatures say to a reader who trusts some keys. Each finding is a line that begins with the place.
struct SealCheck {
    std::size_t runs = 0, sealed = 0;            // sealed: by at least one of the keys
    std::size_t signatures = 0, foreign = 0;     // foreign: of other keys, or of another kind; they prove nothing here
    std::map<std::string, std::size_t> signers;  // key id -> runs
    std::vector<std::string> mismatches;         // not signed; by other keys only; a signature of something else
    std::vector<std::string> problems;           // damaged, or altered after it was signed
};
// `manifest`: its bytes, which ssh-keygen signs; its digest is the run's id.
void check_seals(std::string_view manifest, const Signatures& signatures, std::span<const PublicKey> keys,
                 std::string_view place, SealCheck& out);
// Whether an envelope that no given key verifies names one of them all the same: then it was altered.
bool claims_a_key(const SignatureCheck& verification, std::span<const PublicKey> keys);

}  // namespace assay
