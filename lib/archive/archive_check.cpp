#include "archive/archive_check.hpp"

#include <map>

#include "archive/audit_archive.hpp"
#include "archive/packed.hpp"
#include "archive/run_archive.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::string_view k_run_ending = ".run.tar", k_packed_ending = ".zst";

// Does one thing; what it finds is a line. Returns whether it found nothing.
template <class Action>
bool attempt(StoreCheck& out, Action action) {
    try {
        action();
        return true;
    } catch (const Error& error) {
        out.problems.emplace_back(error.what());
        return false;
    }
}

Window data_of(const Window& bytes, const TarMember& member) {
    return part_of(bytes, member.offset, member.size_bytes);
}

class ArchiveCheck {
public:
    ArchiveCheck(const CheckOptions& options, StoreCheck& out) : options_(options), out_(out) {}

    void run_archive(const Window& bytes, const std::string& name) {
        RunArchive run;
        try {
            run = read_run_archive(bytes, name);
        } catch (const Error& error) {
            each_member(bytes, name, error);
            return;
        }
        whole_run(run, name);
    }

    void audit_archive(const Window& bytes, const std::string& name) {
        std::vector<TarMember> members;
        AuditArchive audit;
        if (!attempt(out_, [&] { members = read_tar(bytes, name, k_audit_limits); })) return;
        const std::size_t before = out_.problems.size();
        if (attempt(out_, [&] { audit = read_audit_archive(bytes, name, Sums::later); })) {
            ++out_.audits;
            runs_of(audit, name);
        } else {
            runs_without_a_plan(bytes, members, name);
        }
        // A damaged run has said so, and knows better where.
        if (out_.problems.size() == before) attempt(out_, [&] { check_sums(bytes, members, name); });
    }

private:
    void object(const ArchivedObject& object, const std::string& name, const TableRoots& tables) {
        ++out_.objects;
        const std::string place = name + ", member " + object.member + std::string(k_packed_ending);
        attempt(out_, [&] {
            check_plain(object.stored, object.content, options_.deep, place, tables);
            ++out_.checked;
            out_.stored_bytes += object.stored.size_bytes;
        });
    }

    void whole_run(const RunArchive& run, const std::string& name) {
        ++out_.runs;
        for (const ArchivedObject& one : run.objects) object(one, name, tables_of(run.manifest, one.member));
        Signatures signatures;
        for (const auto& [file, stored] : run.signatures) signatures.emplace(file, read_all(stored));
        check_signatures(run.manifest_text, signatures, options_, name, out_);
    }

    // An archive that is not whole: which of its members, as far as can be told. `first`: why it is not.
    void each_member(const Window& bytes, const std::string& name, const Error& first) {
        const std::size_t before = out_.problems.size();
        try {
            const std::vector<TarMember> members = read_tar(bytes, name);
            std::map<std::string, TarMember> by_name;
            for (const TarMember& member : members) by_name.emplace(member.name, member);
            if (const auto sums = by_name.find("SHA256SUMS"); sums != by_name.end())
                wrong_sums(bytes, members, sums->second, name);
            if (const auto found = by_name.find("manifest.json"); found != by_name.end())
                objects_of(bytes, by_name, found->second, name);
        } catch (const Error&) {  // `first` says it
        }
        if (out_.problems.size() == before) out_.problems.emplace_back(first.what());
    }

    void wrong_sums(const Window& bytes, const std::vector<TarMember>& members, const TarMember& sums,
                    const std::string& name) {
        if (sums.size_bytes > k_manifest_bytes) return;
        const std::string stated = "\n" + read_all(data_of(bytes, sums));
        for (const TarMember& member : members) {
            if (member.name == sums.name) continue;
            const std::string line = "\n" + sums_text({{member.name, sha256_of(data_of(bytes, member))}});
            if (stated.find(line) != std::string::npos) continue;
            out_.problems.push_back(name + " is damaged: member " + member.name +
                                    " and its line in SHA256SUMS do not match");
            wrong_.insert(member.name);
        }
    }

    void objects_of(const Window& bytes, const std::map<std::string, TarMember>& members, const TarMember& member,
                    const std::string& name) {
        if (member.size_bytes > k_manifest_bytes || wrong_.contains(member.name)) return;
        const Manifest manifest = read_manifest_of(read_all(data_of(bytes, member)), name);
        ++out_.runs;
        for (const ManifestMember& one : manifest.members) {
            const std::string file = one.name + std::string(k_packed_ending);
            const auto found = members.find(file);
            if (found == members.end()) {
                ++out_.objects;
                out_.problems.push_back(name + " is damaged: member " + file + " is missing");
            } else if (!wrong_.contains(file)) {
                object({one.name, one.content, data_of(bytes, found->second)}, name, tables_of(manifest, one.name));
            }
        }
    }

    void runs_of(const AuditArchive& audit, const std::string& name) {
        std::set<std::string> requests;
        for (std::size_t i = 0; i < audit.runs.size(); ++i) {
            const auto& [id, bytes] = audit.runs[i];
            const std::string place = name + ", " + id.substr(0, 12) + std::string(k_run_ending);
            RunArchive run;
            try {
                run = read_run_of(audit, i, name);
            } catch (const Error& error) {
                wrong_.clear();
                each_member(bytes, place, error);
                continue;
            }
            requests.insert(run.manifest.request_id);
            whole_run(run, place);
        }
        add_missing(audit.plan, requests, out_);
    }

    void runs_without_a_plan(const Window& bytes, const std::vector<TarMember>& members, const std::string& name) {
        for (const TarMember& member : members) {
            if (!member.name.ends_with(k_run_ending)) continue;
            wrong_.clear();
            run_archive(data_of(bytes, member), name + ", " + member.name.substr(0, 12) + std::string(k_run_ending));
        }
    }

    const CheckOptions& options_;
    StoreCheck& out_;
    std::set<std::string> wrong_;  // members of the archive at hand that have a finding already
};

}  // namespace

StoreCheck check_archive(const Window& bytes, std::string_view archive_name, const CheckOptions& options) {
    StoreCheck out;
    ArchiveCheck check(options, out);
    if (archive_kind(bytes, archive_name) == ArchiveKind::run) {
        check.run_archive(bytes, std::string(archive_name));
    } else {
        check.audit_archive(bytes, std::string(archive_name));
    }
    return out;
}

}  // namespace assay
