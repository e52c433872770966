#include "archive/audit_archive.hpp"

#include <array>
#include <cstring>

#include "archive/packed.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::string_view k_plan = "audit.json", k_inputs = "inputs.json.zst", k_ending = ".run.tar";

[[noreturn]] void refuse(std::string_view archive, const std::string& why) {
    throw Error("A0111", Exit::unreadable, std::string(archive) + " is damaged: " + why,
                "take it from its source again");
}

std::string run_of(std::string_view name) {
    if (!name.ends_with(k_ending)) return {};
    const std::string id(name.substr(0, name.size() - k_ending.size()));
    return is_sha256_hex(id) ? id : std::string();
}

}  // namespace

AuditArchive read_audit_archive(const Window& bytes, std::string_view archive_name, Sums sums) {
    const std::vector<TarMember> members = read_tar(bytes, archive_name, k_audit_limits);
    if (members.size() < 2 || members.front().name != k_plan)
        refuse(archive_name, "expected audit.json as its first member and SHA256SUMS as its last");
    if (members.front().size_bytes > k_audit_bytes) refuse(archive_name, "audit.json has more than 1 GiB");
    if (sums == Sums::now) check_sums(bytes, members, archive_name);
    if (members.back().name != "SHA256SUMS") refuse(archive_name, "expected SHA256SUMS as its last member");
    const auto data = [&](const TarMember& member) { return part_of(bytes, member.offset, member.size_bytes); };
    AuditArchive archive;
    archive.plan_text = read_all(data(members.front()));
    archive.audit_id = sha256_hex(archive.plan_text);
    const Json json =
        parse_json(archive.plan_text, std::string(archive_name) + ", audit.json", {.bytes = k_audit_bytes});
    if (canonical_json(json) != archive.plan_text) refuse(archive_name, "audit.json is not canonical (RFC 8785)");
    archive.plan = plan_from_json(json);
    for (const PlannedRun& run : archive.plan.runs) archive.request_ids.insert(request_id(run.request));
    std::size_t next = 1;
    if (archive.plan.inputs) {
        if (members[next].name != k_inputs) refuse(archive_name, "member inputs.json.zst is missing");
        archive.inputs = data(members[next++]);
        check_plain(*archive.inputs, *archive.plan.inputs, true,
                    std::string(archive_name) + ", member inputs.json.zst");
    }
    for (; next + 1 < members.size(); ++next) {
        const std::string id = run_of(members[next].name);
        if (id.empty()) refuse(archive_name, "member " + members[next].name + " is no run");
        if (!archive.runs.empty() && archive.runs.back().first >= id)
            refuse(archive_name, "member " + members[next].name + " is not in its place");
        archive.runs.emplace_back(id, data(members[next]));
    }
    return archive;
}

RunArchive read_run_of(const AuditArchive& audit, std::size_t index, std::string_view archive_name) {
    const auto& [id, bytes] = audit.runs.at(index);
    const std::string name = std::string(archive_name) + ", " + id.substr(0, 12) + ".run.tar";
    RunArchive run = read_run_archive(bytes, name);
    if (run.manifest.run_id != id) refuse(name, "it is run " + run.manifest.run_id.substr(0, 12));
    if (!audit.request_ids.contains(run.manifest.request_id)) refuse(name, "its plan asks for no such run");
    return run;
}

AuditWriter::AuditWriter(std::string_view plan_text, const std::optional<Window>& inputs, TarWriter::Sink sink)
    : tar_(std::move(sink)) {
    put(std::string(k_plan), plan_text.size(), [&](const TarWriter::Sink& into) { into(plan_text); });
    if (inputs) {
        put(std::string(k_inputs), inputs->size_bytes, [&](const TarWriter::Sink& into) { each_piece(*inputs, into); });
    }
}

void AuditWriter::put(const std::string& name, std::uint64_t size_bytes,
                      const std::function<void(const TarWriter::Sink&)>& write) {
    const bool large = size_bytes >= k_tar_member_bytes;
    if (large || sums_.size() + 2 > k_audit_limits.members)
        throw Error("A0112", Exit::unreadable,
                    name + (large ? " has 8 GiB or more" : " is one file more than a million") +
                        ": no archive of an audit holds it",
                    "export the runs one by one: assay archive export RUN");
    Sha256 digest;
    tar_.add(name, size_bytes, [&](const TarWriter::Sink& into) {
        write([&](std::string_view piece) {
            digest.update(piece);
            into(piece);
        });
    });
    sums_.emplace_back(name, to_hex(digest.finish()));
}

void AuditWriter::add(const std::string& run_id, std::string_view run_archive) {
    add(run_id, run_archive.size(), [&](const TarWriter::Sink& into) { into(run_archive); });
}

void AuditWriter::add(const std::string& run_id, std::uint64_t size_bytes,
                      const std::function<void(const TarWriter::Sink&)>& write) {
    put(run_id + std::string(k_ending), size_bytes, write);
}

void AuditWriter::finish() {
    tar_.add("SHA256SUMS", std::string_view(sums_text(sums_)));
    tar_.finish();
}

ArchiveKind archive_kind(const Window& bytes, std::string_view archive_name) {
    std::array<char, 512> header{};
    if (bytes.size_bytes >= header.size()) bytes.read(0, header);
    const std::string_view name(header.data(), ::strnlen(header.data(), 100));
    if (name == "manifest.json") return ArchiveKind::run;
    if (name == k_plan) return ArchiveKind::audit;
    throw Error("A0110", Exit::unreadable,
                std::string(archive_name) + " is damaged, or no archive of assay: expected a tar that begins with " +
                    "manifest.json (a run) or audit.json (an audit)",
                "assay archive export makes one");
}

}  // namespace assay
