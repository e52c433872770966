#include "archive/run_archive.hpp"

#include <algorithm>

#include "archive/packed.hpp"
#include "archive/signature_files.hpp"
#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::uint64_t k_signature_bytes = std::uint64_t{16} << 20;
constexpr std::string_view k_manifest = "manifest.json", k_sums = "SHA256SUMS";
constexpr std::uint64_t k_sums_bytes = std::uint64_t{256} << 20;

[[noreturn]] void refuse(std::string_view archive, const std::string& why) {
    throw Error("A0111", Exit::unreadable, std::string(archive) + " is damaged: " + why,
                "take it from its source again");
}

Window data_of(const Window& bytes, const TarMember& member) {
    return part_of(bytes, member.offset, member.size_bytes);
}

// The sums that an archive of these parts has.
std::string sums_of(std::string_view manifest_text, const std::vector<ArchivedObject>& objects,
                    const std::map<std::string, std::string>& signatures) {
    std::vector<std::pair<std::string, std::string>> sums = {{std::string(k_manifest), sha256_hex(manifest_text)}};
    for (const ArchivedObject& object : objects) sums.emplace_back(object.member + ".zst", sha256_of(object.stored));
    for (const auto& [name, bytes] : signatures) sums.emplace_back(name, sha256_hex(bytes));
    return sums_text(sums);
}

// What read_run_archive and an import would refuse is not written.
void check_limits(const std::vector<ArchivedObject>& objects, const std::map<std::string, std::string>& signatures) {
    const std::size_t members = objects.size() + signatures.size() + 2;
    if (members > TarLimits{}.members)
        throw Error("A0112", Exit::unreadable,
                    "the run has " + std::to_string(objects.size()) + " members and " +
                        std::to_string(signatures.size()) + " signatures: a .run.tar holds " +
                        std::to_string(TarLimits{}.members) + " files, with manifest.json and SHA256SUMS");
    for (const ArchivedObject& object : objects) {
        if (object.stored.size_bytes > k_object_bytes)
            throw Error("A0112", Exit::unreadable,
                        "member " + object.member + " has more than 4 GiB: no archive of ours holds it");
    }
}

std::string manifest_of(const Window& bytes, const std::vector<TarMember>& members, std::string_view archive_name) {
    if (members.size() < 2 || members.front().name != k_manifest || members.back().name != k_sums)
        refuse(archive_name, "expected manifest.json as its first member and SHA256SUMS as its last");
    if (members.front().size_bytes > k_manifest_bytes) refuse(archive_name, "manifest.json has more than 16 MiB");
    return read_all(data_of(bytes, members.front()));
}

}  // namespace

std::string sums_text(const std::vector<std::pair<std::string, std::string>>& name_and_sha256) {
    std::string text;
    for (const auto& [name, sum] : name_and_sha256) text += sum + "  " + name + "\n";
    return text;
}

void check_sums(const Window& bytes, const std::vector<TarMember>& members, std::string_view archive_name) {
    const TarMember& last = members.back();
    if (last.name != k_sums || last.size_bytes > k_sums_bytes)
        refuse(archive_name, "its last member is not a SHA256SUMS of a sane size");
    const std::string stated = read_all(data_of(bytes, last));
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < members.size(); ++i) {
        const std::string line = sums_text({{members[i].name, sha256_of(data_of(bytes, members[i]))}});
        if (stated.compare(at, line.size(), line) != 0)
            refuse(archive_name, "member " + members[i].name + " and its line in SHA256SUMS do not match");
        at += line.size();
    }
    if (at != stated.size()) refuse(archive_name, "SHA256SUMS has lines for members that are not there");
}

Manifest read_manifest_of(std::string_view text, std::string_view archive_name) {
    const std::string place = std::string(archive_name) + ", manifest.json";
    try {
        return read_manifest(text, place);
    } catch (const Error& error) {
        const std::string what = error.what();
        throw Error(error.code(), error.exit(), what.starts_with(place) ? what : place + ": " + what, error.help());
    }
}

RunArchive read_run_archive(const Window& bytes, std::string_view archive_name) {
    const std::vector<TarMember> members = read_tar(bytes, archive_name);
    RunArchive archive;
    archive.manifest_text = manifest_of(bytes, members, archive_name);
    check_sums(bytes, members, archive_name);
    archive.manifest = read_manifest_of(archive.manifest_text, archive_name);
    std::size_t next = 1;
    for (const ManifestMember& member : archive.manifest.members) {
        const std::string name = member.name + ".zst";
        if (next + 1 >= members.size() || members[next].name != name)
            refuse(archive_name, "member " + name + " is missing, or not in its place");
        archive.objects.push_back({member.name, member.content, data_of(bytes, members[next++])});
    }
    std::string before;
    for (; next + 1 < members.size(); ++next) {
        const TarMember& member = members[next];
        if (!is_signature_name(member.name)) refuse(archive_name, "member " + member.name + " is not in the manifest");
        if (member.name <= before) refuse(archive_name, "member " + member.name + " is not in its place");
        if (member.size_bytes > k_signature_bytes) refuse(archive_name, "member " + member.name + " is too large");
        before = member.name;
        archive.signatures.emplace_back(member.name, data_of(bytes, member));
    }
    for (const ArchivedObject& object : archive.objects) {
        if (object.member != k_env_member || !archive.manifest.env) continue;
        if (object.content.size_bytes > k_manifest_bytes) refuse(archive_name, "member env.json has more than 16 MiB");
        if (object.stored.size_bytes > 2 * k_manifest_bytes) refuse(archive_name, "member env.json.zst is too large");
        add_env(archive.manifest,
                unpack_plain(object.stored, object.content, std::string(archive_name) + ", member env.json.zst"));
    }
    return archive;
}

void check_objects(const RunArchive& archive, std::string_view archive_name) {
    for (const ArchivedObject& object : archive.objects)
        check_plain(object.stored, object.content, true,
                    std::string(archive_name) + ", member " + object.member + ".zst");
}

void write_run_archive(std::string_view manifest_text, const std::vector<ArchivedObject>& objects,
                       const std::map<std::string, std::string>& signatures, const TarWriter::Sink& sink) {
    check_limits(objects, signatures);
    TarWriter tar(sink);
    tar.add(k_manifest, manifest_text);
    for (const ArchivedObject& object : objects) tar.add(object.member + ".zst", object.stored);
    for (const auto& [name, bytes] : signatures) {
        ASSAY_CHECK(is_signature_name(name));
        tar.add(name, std::string_view(bytes));
    }
    tar.add(k_sums, std::string_view(sums_of(manifest_text, objects, signatures)));
    tar.finish();
}

std::uint64_t run_archive_bytes(std::string_view manifest_text, const std::vector<ArchivedObject>& objects,
                                const std::map<std::string, std::string>& signatures) {
    constexpr std::uint64_t k_line = 64 + 2 + 1;
    std::uint64_t bytes = TarWriter::member_bytes(manifest_text.size());
    std::uint64_t sums = k_line + k_manifest.size();
    for (const ArchivedObject& object : objects) {
        bytes += TarWriter::member_bytes(object.stored.size_bytes);
        sums += k_line + object.member.size() + 4;
    }
    for (const auto& [name, text] : signatures) {
        bytes += TarWriter::member_bytes(text.size());
        sums += k_line + name.size();
    }
    return bytes + TarWriter::member_bytes(sums) + 1024;
}

}  // namespace assay
