// assay verify: is a store, an archive of a run or of an audit, or a signature, what it says? Reads only.
#include <ctime>

#include "archive/archive_check.hpp"
#include "archive/audit_archive.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/archive_text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/keys.hpp"
#include "cli/render.hpp"
#include "cli/verify_signature.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_shown = 20;

struct Verified {
    std::string name;
    std::string kind;      // "store", "run", "audit", "signature"
    std::string headline;  // of a signature
    StoreCheck check;
};

Exit exit_of(const StoreCheck& check) {
    Exit exit = Exit::yes;
    if (!check.missing.empty()) exit = worse(exit, Exit::incomplete);
    if (!check.mismatches.empty()) exit = worse(exit, Exit::no);
    if (!check.problems.empty()) exit = worse(exit, Exit::unreadable);
    return exit;
}

CheckOptions check_options(const Options& options, const TrustedKeys& trusted) {
    constexpr std::int64_t k_day_s = 24 * 3600;
    CheckOptions out;
    out.deep = options.deep;
    out.share = options.sample > 0 ? options.sample / 100 : 1;
    out.day = std::time(nullptr) / k_day_s;
    out.seals = !trusted.keys.empty();
    out.keys = trusted.keys;
    return out;
}

Verified verify_file(const std::string& name, const TrustedKeys& trusted, const Options& options) {
    if (is_signature_file(name)) {
        if (trusted.keys.empty())
            throw Error("U0143", Exit::usage, name + " is a signature: it proves nothing without a key",
                        "assay verify " + name + " --sig --key key.pub.pem");
        SignatureFileCheck found = verify_signature_file(name, trusted, options);
        return {name, "signature", std::move(found.headline), std::move(found.check)};
    }
    const Window bytes = file_window(name);
    const char* const kind = archive_kind(bytes, name) == ArchiveKind::audit ? "audit" : "run";
    return {name, kind, "", check_archive(bytes, name, check_options(options, trusted))};
}

void append_lines(const std::vector<std::string>& lines, const std::string& head, std::string& text) {
    if (lines.empty()) return;
    text += head + "\n";
    for (std::size_t i = 0; i < lines.size() && i < k_shown; ++i) text += "  " + lines[i] + "\n";
    if (lines.size() > k_shown) text += "  and " + std::to_string(lines.size() - k_shown) + " more: --json has all\n";
}

std::string headline_of(const Verified& verified, bool deep) {
    const StoreCheck& check = verified.check;
    if (!verified.headline.empty()) return verified.name + " " + verified.headline + "\n";
    if (verified.kind == "signature") return "";
    const std::string counts =
        plural(check.runs, "run") + (check.audits > 0 ? ", " + plural(check.audits, "audit") : "");
    if (!check.problems.empty())
        return verified.name + " is damaged: " + plural(check.problems.size(), "problem") + " among " + counts + ", " +
               plural(check.objects, "object") + "\n";
    return verified.name + " is sound: " + counts + ", " + std::to_string(check.checked) + " of " +
           plural(check.objects, "object") + " read, " + bytes_text(check.stored_bytes) + ", " +
           (deep ? "content and all" : "as stored") + "\n";
}

std::string seals_text(const SealCheck& seals, const TrustedKeys& trusted) {
    if (trusted.keys.empty())
        return seals.signatures == 0
                   ? ""
                   : plural(seals.signatures, "signature") + ", not verified (--sig --key key.pub.pem does)\n";
    std::string text;
    for (const auto& [id, runs] : seals.signers)
        text += std::to_string(runs) + " of " + plural(seals.runs, "run") + " signed by " + trusted.text(id) + "\n";
    if (seals.foreign > 0) text += plural(seals.foreign, "signature") + " of other keys or kinds, not verified\n";
    return text;
}

std::string text_of(const Verified& verified, const TrustedKeys& trusted, bool deep) {
    const StoreCheck& check = verified.check;
    std::string text = headline_of(verified, deep);
    for (const std::string& problem : check.problems) text += "  " + problem + "\n";
    text += seals_text(check.seals, trusted);
    if (check.checkpoints > 0 && check.mismatches.empty()) text += "no run is missing that a checkpoint names\n";
    append_lines(check.mismatches, "does not match:", text);
    append_lines(check.missing, "incomplete, " + std::to_string(check.missing.size()) + " missing:", text);
    if (check.unreferenced > 0) text += plural(check.unreferenced, "object") + " that no run needs: assay archive gc\n";
    return text;
}

Json lines_json(const std::vector<std::string>& lines) { return Json::Array(lines.begin(), lines.end()); }

Json json_of(const Verified& verified, bool deep) {
    const StoreCheck& check = verified.check;
    Json::Object signers;
    for (const auto& [id, runs] : check.seals.signers) signers.emplace(id, std::uint64_t{runs});
    return Json::Object{{"schema", "assay/verify/1"},
                        {"path", verified.name},
                        {"kind", verified.kind},
                        {"exit", static_cast<int>(exit_of(check))},
                        {"sound", check.problems.empty()},
                        {"deep", deep},
                        {"runs", std::uint64_t{check.runs}},
                        {"audits", std::uint64_t{check.audits}},
                        {"objects", std::uint64_t{check.objects}},
                        {"checked", std::uint64_t{check.checked}},
                        {"unreferenced", std::uint64_t{check.unreferenced}},
                        {"checkpoints", std::uint64_t{check.checkpoints}},
                        {"signatures", std::uint64_t{check.seals.signatures}},
                        {"signers", std::move(signers)},
                        {"stored_bytes", check.stored_bytes},
                        {"problems", lines_json(check.problems)},
                        {"mismatches", lines_json(check.mismatches)},
                        {"missing", lines_json(check.missing)}};
}

}  // namespace

int verify_command(const Options& options) {
    check_output(options);
    const TrustedKeys trusted = options.sig || !options.keys.empty() ? trusted_keys(options) : TrustedKeys{};
    const std::string name = options.arguments.empty() ? store_path(options).string() : options.arguments[0];
    std::error_code error;
    const bool is_store = fs::is_directory(name, error) || options.arguments.empty();
    if (!is_store && options.sample > 0)
        throw Error("U0141", Exit::usage, "--sample is for a store; " + name + " is read whole", "");
    if (options.arguments.empty() && !fs::exists(name)) open_store(options);  // says that there is nothing yet
    const Verified verified =
        is_store ? Verified{name, "store", "", check_store(Store::open(name), check_options(options, trusted))}
                 : verify_file(name, trusted, options);
    emit(
        options, [&] { return text_of(verified, trusted, options.deep); },
        [&] { return json_of(verified, options.deep); });
    return static_cast<int>(exit_of(verified.check));
}

}  // namespace assay
