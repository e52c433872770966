// Signatures as files: their names in an archive, their places in a store. What they say: archive/seal.hpp.
//
//   sig-<8 hex>.dsse.json            8 hex: how the key's id begins
//   sig-<8 hex>-<16 hex>.dsse.json   another signature under the same 8 digits; 16 hex: how its SHA-256 begins
//   manifest.json.sig                ssh-keygen -Y sign -n run manifest.json; manifest.json-<16 hex>.sig for others.
//                                    (archive/ssh_signature.hpp); put beside the others by assay sign --attach
//
// In the store sig-X of a run is sig/ab/<run id>.X, of a checkpoint ckpt/<digest>.X. Nothing is replaced: a second
// signature under the same digits gets the longer name. A key's seal of a run is the same bytes each time, so that
// stores which are copied together agree on its name.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "archive/store.hpp"

namespace assay {

using Signatures = std::map<std::string, std::string>;  // name -> bytes, unverified

bool is_signature_name(std::string_view name);
// The name under which these bytes stand beside `there`: `name`, or its longer form where other bytes have that.
std::string signature_name(std::string_view name, std::string_view bytes, const Signatures& there);
// "sig-<8 hex>.dsse.json" of a key id.
std::string signature_name_of(std::string_view key_id);

Signatures run_signatures(const Store& store, std::string_view run_id);
// False: it was there already. Durable when it returns. Error A0117 (74): other bytes have its longer name, too.
bool put_run_signature(Store& store, std::string_view run_id, std::string_view name, std::string_view bytes);
std::set<std::string> signed_runs(const Store& store);  // ids, whether the runs are there or not

// The same of anything that has a digest: `folder` is below the store.
Signatures signatures_in(const Store& store, const std::filesystem::path& folder, std::string_view digest);
bool put_signature_in(Store& store, const std::filesystem::path& folder, std::string_view digest, std::string_view name,
                      std::string_view bytes);

}  // namespace assay
