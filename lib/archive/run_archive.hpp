// One run as one file, `.run.tar`, for mail, publication and years:
//
//   manifest.json            its SHA-256 is the run id
//   <member>.zst ...         the members of the manifest, in its order, each an object as in the store
//   manifest.json.sig, sig-<8 hex>.dsse.json ...  signatures (archive/signature_files.hpp), in the order of their names
//   SHA256SUMS               of every member before it, in GNU's format
//
// The same run with the same object bytes is the same file. Without assay:
// `tar xf r.run.tar && sha256sum -c SHA256SUMS && sha256sum manifest.json`, and `zstd -dc MEMBER.zst | sha256sum` is
// the member's digest in the manifest. (archive.md 8.4)
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "archive/tar.hpp"
#include "core/manifest.hpp"

namespace assay {

struct ArchivedObject {
    std::string member;  // name in the manifest
    MemberRef content;
    Window stored;
};

struct RunArchive {
    std::string manifest_text;
    Manifest manifest;  // with its env
    std::vector<ArchivedObject> objects;
    std::vector<std::pair<std::string, Window>> signatures;  // name and bytes; not verified
};

// Checks everything but the content of the objects: tar, order and names of members, every byte against SHA256SUMS,
// the manifest. Error A0110 (74) for the tar, A0111 (74) for members and sums, each naming archive and member; those
// of read_manifest. Memory does not grow with the archive.
RunArchive read_run_archive(const Window& bytes, std::string_view archive_name);
// The manifest alone: errors of read_manifest, with the archive's name.
Manifest read_manifest_of(std::string_view text, std::string_view archive_name);
// Decompresses every object and compares it with the manifest. Error A0102 (74).
void check_objects(const RunArchive& archive, std::string_view archive_name);

// Precondition: `objects` are the manifest's members in its order. Error A0112 (74), before anything is written: what
// no reader of ours would take, a member of more than 4 GiB or more than 4096 members.
void write_run_archive(std::string_view manifest_text, const std::vector<ArchivedObject>& objects,
                       const std::map<std::string, std::string>& signatures, const TarWriter::Sink& sink);
// How long that will be.
std::uint64_t run_archive_bytes(std::string_view manifest_text, const std::vector<ArchivedObject>& objects,
                                const std::map<std::string, std::string>& signatures);

// "<64 hex>  NAME\n" for each.
std::string sums_text(const std::vector<std::pair<std::string, std::string>>& name_and_sha256);
// Compares the digests of all members but the last, SHA256SUMS, with it. Error A0111 (74).
void check_sums(const Window& bytes, const std::vector<TarMember>& members, std::string_view archive_name);

}  // namespace assay
