#include "cli/verify_signature.hpp"

#include <algorithm>

#include "archive/store_checkpoints.hpp"
#include "archive/tar.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "cli/audit.hpp"
#include "cli/gate_sign.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_envelope_bytes = std::size_t{16} << 20;

std::string short_id(const std::string& id) { return id.substr(0, 12); }

std::string signers_text(const SignatureCheck& verified, const TrustedKeys& keys) {
    std::vector<std::string> texts;
    for (const std::string& id : verified.signers) texts.push_back(keys.text(id));
    return join(texts, ", ");
}

void refuse_untrue(const std::string& name, const SignatureCheck& verified, const TrustedKeys& keys, StoreCheck& out) {
    if (claims_a_key(verified, keys.keys)) {
        out.problems.push_back(name + " was altered after it was signed, or damaged: it names a given key, and that " +
                               "key did not sign this");
        return;
    }
    std::vector<std::string> others;
    for (const std::string& id : verified.key_ids) others.push_back(short_key(id));
    out.mismatches.push_back(name + " is signed by other keys only: " + join(others, ", "));
}

// A subject is the digest of a manifest or a plan, which is its name in the store.
void look_for(const Store& store, const Subject& subject, StoreCheck& out) {
    const bool is_audit = subject.name == "audit.json";
    const std::vector<std::string> ids = is_audit ? store.list_audits() : store.list_runs();
    const std::string what = (is_audit ? "audit " : "run ") + short_id(subject.sha256);
    if (std::find(ids.begin(), ids.end(), subject.sha256) == ids.end()) {
        out.missing.push_back(what + ", which the signature names, is not in " + store.path().string());
        return;
    }
    try {
        if (is_audit) {
            store.get_audit(subject.sha256);
            ++out.audits;
        } else {
            store.get_manifest(subject.sha256);
            ++out.runs;
        }
    } catch (const Error& error) {
        out.problems.emplace_back(error.what());
    }
}

// The baseline of a verdict: the file of that name beside the signature, byte for byte.
void look_beside(const std::string& name, const Subject& subject, StoreCheck& out) {
    if (!is_tar_name(subject.name)) {
        out.mismatches.push_back("'" + printable_line(subject.name) + "', which the signature names, is no file name");
        return;
    }
    const fs::path path = fs::path(name).parent_path() / subject.name;
    if (!fs::exists(path)) {
        out.missing.push_back(path.string() + ", which the signature names, is not there: it belongs beside it");
        return;
    }
    const std::string found = sha256_of(file_window(path));
    if (found == subject.sha256) return;
    out.mismatches.push_back(path.string() + " is another than the verdict was given on: its SHA-256 is " +
                             short_id(found) + "..., signed is " + short_id(subject.sha256) + "...");
}

std::string verdict_headline(const Statement& statement, const std::string& signers) {
    const TestResult result = test_result_of(statement);
    std::string text = "is a true verdict by " + signers + ": " + result.result;
    const Json* const own = statement.predicate.find(k_verdict_member);
    if (own != nullptr && own->is_object()) {
        const auto member = [&](const char* key) {
            const Json* const found = own->find(key);
            return found != nullptr && found->is_string() ? printable_line(found->as_string()) : std::string();
        };
        text += "\n  " + member("name") + ", " + member("generated") + ": " + member("verdict");
    }
    for (const std::string& rule : result.failed) text += "\n  not passed: " + printable_line(rule);
    return text;
}

void check_seal(const Statement& statement, const Options& options, StoreCheck& out) {
    const Store store = open_store(options);
    for (const Subject& subject : statement.subjects) look_for(store, subject, out);
}

void check_verdict(const std::string& name, const Statement& statement, const Options& options, StoreCheck& out) {
    const Store store = open_store(options);
    for (const Subject& subject : statement.subjects) {
        if (subject.name == "manifest.json") {
            look_for(store, subject, out);
        } else {
            look_beside(name, subject, out);
        }
    }
}

}  // namespace

bool is_signature_file(const std::string& name) {
    const Window bytes = file_window(name);
    char first = '\0';
    if (bytes.size_bytes > 0) bytes.read(0, {&first, 1});
    return first == '{';
}

SignatureFileCheck verify_signature_file(const std::string& name, const TrustedKeys& keys, const Options& options) {
    SignatureFileCheck out;
    const SignatureCheck verified = verify_envelope(read_file(name, k_envelope_bytes), keys.keys, name);
    if (!verified.statement) {
        refuse_untrue(name, verified, keys, out.check);
        return out;
    }
    const Statement& statement = *verified.statement;
    const std::string signers = signers_text(verified, keys);
    if (statement.predicate_type == k_run_seal_type) {
        check_seal(statement, options, out.check);
        out.headline = "is a true signature of " + plural(statement.subjects.size(), "subject") + " by " + signers;
    } else if (statement.predicate_type == k_test_result_type) {
        check_verdict(name, statement, options, out.check);
        out.headline = verdict_headline(statement, signers);
    } else if (statement.predicate_type == k_checkpoint_type) {
        const Checkpoint checkpoint = checkpoint_of(statement, name);
        check_held(open_store(options), checkpoint, out.check);
        out.headline = "is a true checkpoint of " + std::to_string(checkpoint.count) + " runs by " + signers;
    } else {
        out.check.mismatches.push_back(name + " is a true signature, but of a '" +
                                       printable_line(statement.predicate_type) +
                                       "', which assay does not know: what it says was not checked");
    }
    return out;
}

}  // namespace assay
