#include "archive/seal.hpp"

#include <algorithm>

#include "archive/audit_archive.hpp"
#include "archive/run_archive.hpp"
#include "archive/ssh_signature.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {

constexpr std::string_view k_ssh_name = "manifest.json.sig";

bool is_ssh_name(std::string_view name) { return name.starts_with("manifest.json"); }

[[noreturn]] void refuse_attached(const std::string& message) {
    throw Error("A0404", Exit::usage, message,
                "sign the run's own manifest.json: ssh-keygen -Y sign -f KEY -n run manifest.json");
}

std::string seal_of(std::string_view run_id, const PrivateKey& key) {
    return sign_statement(run_seal({std::string(run_id)}), key);
}

// With this key's seal. Returns whether it is new.
bool add_seal(std::string_view run_id, const PrivateKey& key, Signatures& signatures) {
    const std::string seal = seal_of(run_id, key);
    const std::string name = signature_name(signature_name_of(key.public_key().id()), seal, signatures);
    return signatures.emplace(name, seal).second;
}

void write_sealed(const RunArchive& run, const PrivateKey& key, const TarWriter::Sink& sink, Sealed& out) {
    Signatures signatures;
    for (const auto& [name, bytes] : run.signatures) signatures.emplace(name, read_all(bytes));
    ++out.runs;
    if (add_seal(run.manifest.run_id, key, signatures)) ++out.fresh;
    write_run_archive(run.manifest_text, run.objects, signatures, sink);
}

bool speaks_of(const Statement& statement, std::string_view run_id) {
    return statement.predicate_type == k_run_seal_type &&
           std::any_of(statement.subjects.begin(), statement.subjects.end(),
                       [&](const Subject& subject) { return subject.sha256 == run_id; });
}

std::string short_ids(const std::set<std::string>& key_ids) {
    std::string text;
    for (const std::string& id : key_ids) text += (text.empty() ? "" : ", ") + id.substr(0, 16);
    return text;
}

// Key ids of one run's signatures: those that are true and of given keys, and those of others.
struct Seen {
    std::set<std::string> signers, others;
};

std::string altered(const std::string& where) {
    return where + " was altered after it was signed, or damaged: it names a given key, and that key did not sign this";
}

void look_at_envelope(const SignatureCheck& verified, const std::string& run_id, std::span<const PublicKey> keys,
                      const std::string& where, Seen& seen, SealCheck& out) {
    if (verified.statement && speaks_of(*verified.statement, run_id)) {
        seen.signers.insert(verified.signers.begin(), verified.signers.end());
    } else if (verified.statement) {
        out.mismatches.push_back(where + " is a true signature, but of something else than this run");
    } else if (claims_a_key(verified, keys)) {
        out.problems.push_back(altered(where));
    } else {
        ++out.foreign;
        seen.others.insert(verified.key_ids.begin(), verified.key_ids.end());
    }
}

// Its namespace keeps a signature that was given for another purpose from counting here.
void look_at_ssh(const SshSignature& signature, std::string_view manifest, std::span<const PublicKey> keys,
                 const std::string& where, Seen& seen, SealCheck& out) {
    const std::string id = signature.key ? signature.key->id() : "";
    const bool given = std::any_of(keys.begin(), keys.end(), [&](const PublicKey& key) { return key.id() == id; });
    if (!given) {
        ++out.foreign;
        if (!id.empty()) seen.others.insert(id);
    } else if (!verify_ssh_signature(signature, manifest)) {
        out.problems.push_back(altered(where));
    } else if (signature.name_space != k_ssh_namespace) {
        out.mismatches.push_back(where + " is a true signature, but for '" + printable_line(signature.name_space) +
                                 "', not for '" + std::string(k_ssh_namespace) + "'");
    } else {
        seen.signers.insert(id);
    }
}

}  // namespace

void seal_run(Store& store, std::string_view run_id, const PrivateKey& key, Sealed& out) {
    store.get_manifest(run_id);
    ++out.runs;
    if (put_run_signature(store, run_id, signature_name_of(key.public_key().id()), seal_of(run_id, key))) ++out.fresh;
}

Attached attach_ssh_signature(Store& store, std::string_view run_id, std::string_view bytes,
                              std::string_view file_name) {
    const std::string manifest = store.get_manifest_text(run_id), name(file_name);
    const SshSignature signature = parse_ssh_signature(bytes, name);
    if (signature.key && !verify_ssh_signature(signature, manifest))
        refuse_attached(name + " is no signature of run " + std::string(run_id.substr(0, 12)) +
                        ": its key signed other bytes");
    if (signature.name_space != k_ssh_namespace)
        refuse_attached(name + " is a signature for '" + printable_line(signature.name_space) + "', not for '" +
                        std::string(k_ssh_namespace) + "'");
    const bool fresh = put_run_signature(store, run_id, k_ssh_name, bytes);
    return {fresh, signature.key ? signature.key->id() : ""};
}

Sealed seal_archive(const Window& bytes, std::string_view archive_name, const PrivateKey& key,
                    const TarWriter::Sink& sink) {
    Sealed out;
    if (archive_kind(bytes, archive_name) == ArchiveKind::run) {
        write_sealed(read_run_archive(bytes, archive_name), key, sink, out);
        return out;
    }
    const AuditArchive audit = read_audit_archive(bytes, archive_name);
    AuditWriter writer(audit.plan_text, audit.inputs, sink);
    for (std::size_t i = 0; i < audit.runs.size(); ++i) {
        std::string run;
        write_sealed(
            read_run_of(audit, i, archive_name), key, [&](std::string_view piece) { run += piece; }, out);
        writer.add(audit.runs[i].first, run);
    }
    writer.finish();
    return out;
}

bool claims_a_key(const SignatureCheck& verification, std::span<const PublicKey> keys) {
    return std::any_of(keys.begin(), keys.end(), [&](const PublicKey& key) {
        return std::count(verification.key_ids.begin(), verification.key_ids.end(), key.id()) > 0;
    });
}

void check_seals(std::string_view manifest, const Signatures& signatures, std::span<const PublicKey> keys,
                 std::string_view place, SealCheck& out) {
    const std::size_t findings = out.mismatches.size() + out.problems.size();
    Seen seen;
    for (const auto& [name, bytes] : signatures) {
        const std::string where = std::string(place) + ", " + name;
        ++out.signatures;
        try {
            if (is_ssh_name(name)) {
                look_at_ssh(parse_ssh_signature(bytes, where), manifest, keys, where, seen, out);
            } else {
                look_at_envelope(verify_envelope(bytes, keys, where), sha256_hex(manifest), keys, where, seen, out);
            }
        } catch (const Error& error) {
            out.problems.emplace_back(error.what());
        }
    }
    ++out.runs;
    out.sealed += seen.signers.empty() ? 0U : 1U;
    for (const std::string& id : seen.signers) ++out.signers[id];
    if (!seen.signers.empty() || out.mismatches.size() + out.problems.size() > findings) return;
    const std::string by = short_ids(seen.others);
    out.mismatches.push_back(std::string(place) + (signatures.empty() ? " is not signed"
                                                   : by.empty()       ? " has no signature that assay can check"
                                                                      : " is signed by other keys only: " + by));
}

}  // namespace assay
