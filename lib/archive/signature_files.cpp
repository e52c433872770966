#include "archive/signature_files.hpp"

#include <optional>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view k_begin = "sig-", k_end = ".dsse.json", k_ssh_begin = "manifest.json", k_ssh_end = ".sig";
constexpr std::size_t k_key_digits = 8, k_digest_digits = 16;

bool is_hex(std::string_view text, std::size_t digits) {
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What stands between begin and end; nothing when these do not fit.
std::optional<std::string_view> between(std::string_view name, std::string_view begin, std::string_view end) {
    if (name.size() < begin.size() + end.size() || !name.starts_with(begin) || !name.ends_with(end))
        return std::nullopt;
    return name.substr(begin.size(), name.size() - begin.size() - end.size());
}

bool is_second(std::string_view text) { return text.starts_with('-') && is_hex(text.substr(1), k_digest_digits); }

bool is_ssh_name(std::string_view name) { return name.starts_with(k_ssh_begin); }

constexpr std::size_t k_signature_bytes = std::size_t{16} << 20;

struct SignatureFile {
    std::string digest, name;
};

// "<digest>.<8 hex>.dsse.json" is sig-<8 hex>.dsse.json of it. Nothing for other files.
std::optional<SignatureFile> signature_file(const std::string& file) {
    const std::size_t dot = file.find('.');
    if (dot == std::string::npos) return std::nullopt;
    SignatureFile found{file.substr(0, dot), file.substr(dot + 1)};
    if (!is_signature_name(found.name)) found.name = std::string(k_begin) + found.name;
    if (!is_sha256_hex(found.digest) || !is_signature_name(found.name)) return std::nullopt;
    return found;
}

std::string file_of(std::string_view digest, std::string_view name) {
    return std::string(digest) + "." + std::string(name.starts_with(k_begin) ? name.substr(k_begin.size()) : name);
}

fs::path folder_of_run(std::string_view run_id) { return fs::path("sig") / run_id.substr(0, 2); }

}  // namespace

bool is_signature_name(std::string_view name) {
    if (const auto digits = between(name, k_begin, k_end))
        return is_hex(digits->substr(0, k_key_digits), k_key_digits) &&
               (digits->size() == k_key_digits || is_second(digits->substr(k_key_digits)));
    const auto rest = between(name, k_ssh_begin, k_ssh_end);
    return rest && (rest->empty() || is_second(*rest));
}

std::string signature_name(std::string_view name, std::string_view bytes, const Signatures& there) {
    const auto holds_other = [&](const std::string& one) {
        const auto it = there.find(one);
        return it != there.end() && it->second != bytes;
    };
    const std::string first(name);
    if (!holds_other(first)) return first;
    const std::string_view end = is_ssh_name(name) ? k_ssh_end : k_end;
    const std::string_view head = is_ssh_name(name) ? k_ssh_begin : name.substr(0, k_begin.size() + k_key_digits);
    return std::string(head) + "-" + sha256_hex(bytes).substr(0, k_digest_digits) + std::string(end);
}

std::string signature_name_of(std::string_view key_id) {
    return std::string(k_begin) + std::string(key_id.substr(0, k_key_digits)) + std::string(k_end);
}

Signatures signatures_in(const Store& store, const fs::path& folder, std::string_view digest) {
    Signatures out;
    for (const std::string& file : store.files().list(store.path() / folder)) {
        const std::optional<SignatureFile> found = signature_file(file);
        if (!found || found->digest != digest) continue;
        if (auto bytes = store.files().read(store.path() / folder / file, k_signature_bytes))
            out.emplace(found->name, std::move(*bytes));
    }
    return out;
}

bool put_signature_in(Store& store, const fs::path& folder, std::string_view digest, std::string_view name,
                      std::string_view bytes) {
    ASSAY_CHECK(is_signature_name(name));
    for (;;) {
        const Signatures there = signatures_in(store, folder, digest);
        const std::string own = signature_name(name, bytes, there);
        const fs::path path = folder / file_of(digest, own);
        const auto found = there.find(own);
        if (found != there.end() && found->second != bytes) {
            throw Error("A0117", Exit::unreadable,
                        (store.path() / path).string() + " holds another signature under the same digits",
                        "look at it, and remove it if it is damaged");
        }
        // Again where somebody else has made the name meanwhile: with these bytes, or with others.
        if (store.put_named(path, bytes) || found != there.end()) return found == there.end();
    }
}

Signatures run_signatures(const Store& store, std::string_view run_id) {
    return signatures_in(store, folder_of_run(run_id), run_id);
}

bool put_run_signature(Store& store, std::string_view run_id, std::string_view name, std::string_view bytes) {
    return put_signature_in(store, folder_of_run(run_id), run_id, name, bytes);
}

std::set<std::string> signed_runs(const Store& store) {
    std::set<std::string> ids;
    for (const std::string& folder : store.files().list(store.path() / "sig")) {
        for (const std::string& file : store.files().list(store.path() / "sig" / folder)) {
            const auto found = signature_file(file);
            if (found && found->digest.starts_with(folder)) ids.insert(found->digest);
        }
    }
    return ids;
}

}  // namespace assay
