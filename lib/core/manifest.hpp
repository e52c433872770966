// The manifest of a run: RFC 8785 (JCS) JSON without a newline, at most 16 MiB. Values and their bytes; no I/O.
//
//   {"format":"assay-run/1",
//    "recipe":{"params","seeds","trainer"},"recipe_id":hex,
//    "request":{"environment","hardware","replicate","software"},"request_id":hex,      id over recipe and request
//    "env":{"environment","hardware","requested","software","versions"} or {"ref":hex},"env_id":hex,
//    "path":{"steps","trace"},"path_id":hex,
//    "result":{"metrics","outputs","state","weights"},"result_id":hex,
//    "metrics":{NAME:{"bits":16 hex digits,"value":number}},
//    "tensors":{"weights":[[name,dtype,[dims],hex],...]},
//    "members":[{"mediaType","name","role","sha256","size"},...],                        sorted by name
//    "occurrence":{"attempt","host","reason","started","wall_s"},
//    "x":{...}}                                                                          optional, anything
//
// run id = SHA-256 of these bytes, so `sha256sum` checks it. Each other id = SHA-256 of the JCS bytes of its block;
// time, host and reason are in none of them. Bits are those of an IEEE double, big-endian: they keep what a decimal
// loses (the sign of zero). An env of more than 1 KiB is a member "env.json" of its own, which many runs share; then
// "ref" = env_id = its digest. Unknown keys are allowed below "x", "occurrence" and "env" only; members of unknown
// roles are carried. (archive.md 6, 8.3, 11)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "core/run.hpp"

namespace assay {

inline constexpr std::string_view k_run_format = "assay-run/1";
inline constexpr std::size_t k_manifest_bytes = std::size_t{16} << 20;
inline constexpr std::size_t k_members_max = 4096;
inline constexpr std::string_view k_env_member = "env.json";

// One file of a run: (media_type, sha256, size) is a descriptor as OCI registries use it.
struct ManifestMember {
    std::string name, role, media_type;
    MemberRef content;
    friend bool operator==(const ManifestMember&, const ManifestMember&) = default;
};

struct Manifest {
    std::string run_id, request_id, recipe_id, env_id, path_id, result_id;
    std::vector<ManifestMember> members;  // sorted by name, "env.json" among them where there is one
    std::optional<MemberRef> env;         // the env stands in this object; `record` is without it until add_env
    RunRecord record;
};

// The manifest as one value, its env in full.
Json manifest_json(const RunRecord& record);
// Its inverse. Error A0101 (74) when something is missing or does not fit. Ids are not looked at.
RunRecord run_record_from_manifest(const Json& manifest);

// What is stored: the manifest's bytes, and the bytes of its env where that is an object.
struct ManifestBytes {
    std::string text;
    std::optional<std::string> env;
};
ManifestBytes write_manifest(const RunRecord& record);

// Strict: JCS byte for byte, every id computed again, known keys only, members sorted with names and digests that can
// be files. Error A0101 (74) says which rule; A0107 (74) for a format of another major version.
Manifest read_manifest(std::string_view text, std::string_view source_name);
// Fills in what stands in the env object. Error A0101 (74) when these bytes are not the env that the manifest names.
void add_env(Manifest& manifest, std::string_view env_bytes);

// [a-z0-9][a-z0-9._-]{0,90}: a file name on every system, and nothing else.
bool is_member_name(std::string_view name);

}  // namespace assay
