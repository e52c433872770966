// assay sign: seals of runs, in the store, within archives, or as one statement apart.
#include <iostream>

#include "archive/audit_archive.hpp"
#include "archive/seal.hpp"
#include "archive/transfer.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/keys.hpp"
#include "cli/meant.hpp"
#include "cli/sign_attach.hpp"

namespace assay {
namespace {

constexpr std::string_view k_apart = ".dsse.json";

// One argument: what was signed of it.
struct Signed {
    std::string what;
    Sealed sealed;
    std::size_t missing = 0;  // planned runs that are not there
    std::vector<Subject> subjects;
};

bool is_archive_file(const std::string& word) { return word.ends_with(".tar"); }

Subject run_subject(const std::string& id) { return {"manifest.json", id}; }

Signed sign_file(const std::string& name, const PrivateKey& key) {
    Signed out{name, {}, 0, {}};
    const Window bytes = file_window(name);
    write_archive_file(name, [&](const TarWriter::Sink& sink) { out.sealed = seal_archive(bytes, name, key, sink); });
    return out;
}

Signed subjects_of_file(const std::string& name) {
    Signed out{name, {}, 0, {}};
    const Window bytes = file_window(name);
    if (archive_kind(bytes, name) == ArchiveKind::run) {
        out.subjects.push_back(run_subject(read_run_archive(bytes, name).manifest.run_id));
        return out;
    }
    const AuditArchive audit = read_audit_archive(bytes, name);
    out.subjects.push_back({"audit.json", audit.audit_id});
    for (std::size_t i = 0; i < audit.runs.size(); ++i)
        out.subjects.push_back(run_subject(read_run_of(audit, i, name).manifest.run_id));
    return out;
}

Signed subjects_in_store(const Store& store, const std::string& word) {
    Signed out{word, {}, 0, {}};
    const Meant meant = meant_by(store, word);
    if (!meant.run_id.empty()) {
        store.get_manifest(meant.run_id);
        out.subjects.push_back(run_subject(meant.run_id));
        return out;
    }
    const auto [ids, missing] = stored_run_ids(store, store.get_audit(meant.audit_id));
    out.missing = missing;
    out.subjects.push_back({"audit.json", meant.audit_id});
    for (const std::string& id : ids) out.subjects.push_back(run_subject(id));
    return out;
}

Signed sign_in_store(Store& store, const std::string& word, const PrivateKey& key) {
    Signed out = subjects_in_store(store, word);
    for (const Subject& subject : out.subjects) {
        if (subject == run_subject(subject.sha256)) seal_run(store, subject.sha256, key, out.sealed);
    }
    return out;
}

void write_apart(const std::vector<Signed>& parts, const PrivateKey& key, const Options& options) {
    Statement statement = run_seal({});
    for (const Signed& part : parts) {
        for (const Subject& subject : part.subjects) {
            if (std::find(statement.subjects.begin(), statement.subjects.end(), subject) == statement.subjects.end())
                statement.subjects.push_back(subject);
        }
    }
    write_file_atomic(options.output, sign_statement(statement, key));
}

std::string text_of(const Signed& part, const std::string& key_id, const Options& options) {
    const bool apart = !options.output.empty();
    const std::size_t runs = apart ? static_cast<std::size_t>(std::count_if(
                                         part.subjects.begin(), part.subjects.end(),
                                         [](const Subject& subject) { return subject.name == "manifest.json"; }))
                                   : part.sealed.runs;
    std::string text = part.what + ": " + plural(runs, "run") + " signed by key " + short_key(key_id);
    if (!apart) text += ", " + std::to_string(part.sealed.fresh) + " of them new";
    if (part.missing > 0) text += "; " + plural(part.missing, "planned run") + " missing";
    return text + "\n";
}

Json json_of(const std::vector<Signed>& parts, const std::string& key_id, const Options& options) {
    Json::Array rows;
    for (const Signed& part : parts) {
        Json::Array subjects;
        for (const Subject& subject : part.subjects) subjects.emplace_back(subject.sha256);
        rows.push_back(Json::Object{{"what", part.what},
                                    {"runs", std::uint64_t{part.sealed.runs}},
                                    {"fresh", std::uint64_t{part.sealed.fresh}},
                                    {"missing", std::uint64_t{part.missing}},
                                    {"subjects", std::move(subjects)}});
    }
    return Json::Object{
        {"schema", "assay/sign/1"}, {"key", key_id}, {"output", options.output.string()}, {"signed", std::move(rows)}};
}

void check_request(const Options& options) {
    if (options.arguments.empty())
        throw Error("U0140", Exit::usage, "assay sign needs a run, an audit or an archive",
                    "assay sign --help shows examples");
    if (!options.output.empty() && !options.output.string().ends_with(k_apart))
        throw Error("U0108", Exit::usage, "-o " + options.output.string() + ": a signature apart is no such file",
                    "end the name in .dsse.json; without -o the signature is kept with the run");
}

}  // namespace

int sign_command(const Options& options) {
    if (!options.attach.empty()) return attach_command(options);
    check_request(options);
    const PrivateKey key = signing_key(options);
    const std::string key_id = key.public_key().id();
    const bool apart = !options.output.empty();
    std::optional<Store> store;
    std::vector<Signed> parts;
    for (const std::string& word : options.arguments) {
        if (is_archive_file(word)) {
            parts.push_back(apart ? subjects_of_file(word) : sign_file(word, key));
            continue;
        }
        if (!store) store = open_store(options);
        parts.push_back(apart ? subjects_in_store(*store, word) : sign_in_store(*store, word, key));
    }
    if (apart) write_apart(parts, key, options);
    Exit exit = Exit::yes;
    for (const Signed& part : parts) {
        if (part.missing > 0) exit = Exit::incomplete;
        if (!options.json) std::cout << text_of(part, key_id, options);
    }
    if (options.json) std::cout << pretty_json(json_of(parts, key_id, options));
    if (apart && !options.quiet) std::cerr << "wrote " << options.output.string() << "\n";
    return static_cast<int>(exit);
}

}  // namespace assay
