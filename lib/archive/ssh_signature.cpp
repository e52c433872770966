#include "archive/ssh_signature.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "archive/base64.hpp"
#include "base/check.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::string_view k_begin = "-----BEGIN SSH SIGNATURE-----\n", k_end = "-----END SSH SIGNATURE-----\n";
constexpr std::string_view k_magic = "SSHSIG", k_ed25519 = "ssh-ed25519";
constexpr std::size_t k_text_bytes = 1U << 16, k_key_bytes = 32, k_signature_bytes = 64;

[[noreturn]] void fail(std::string_view name, const std::string& what) {
    throw Error("A0401", Exit::unreadable, std::string(name) + " is not a readable signature: " + what);
}

// Takes parts from the front; nothing when one is longer than what is left.
class Blob {
public:
    explicit Blob(std::string_view bytes) : rest_(bytes) {}
    std::optional<std::string> take(std::size_t size) {
        if (size > rest_.size()) return std::nullopt;
        const std::string part(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return part;
    }
    std::optional<std::string> string() {
        const auto head = take(4);
        if (!head) return std::nullopt;
        std::size_t size = 0;
        for (const char c : *head) size = size << 8 | static_cast<unsigned char>(c);
        return take(size);
    }
    bool ended() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

// The second string of two of which the first is "ssh-ed25519".
std::optional<std::string> of_ed25519(std::string_view bytes, std::size_t size) {
    Blob blob(bytes);
    const auto kind = blob.string(), value = blob.string();
    if (!kind || *kind != k_ed25519 || !value || value->size() != size || !blob.ended()) return std::nullopt;
    return value;
}

std::string framed(std::string_view bytes) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(bytes.size() >> shift & 0xff);
    return out.append(bytes);
}

std::string blob_of(std::string_view text, std::string_view name) {
    if (text.size() > k_text_bytes || !text.starts_with(k_begin) || !text.ends_with(k_end))
        fail(name, "no SSH signature");
    text = text.substr(k_begin.size(), text.size() - k_begin.size() - k_end.size());
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != '\n'; });
    const auto blob = from_base64(digits);
    if (!blob) fail(name, "its text is not base64");
    return *blob;
}

std::string digest_of(std::string_view message, const EVP_MD* algorithm) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    ASSAY_CHECK(EVP_Digest(message.data(), message.size(), digest.data(), &size, algorithm, nullptr) == 1);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

SshSignature parse_ssh_signature(std::string_view text, std::string_view name) {
    const std::string bytes = blob_of(text, name);
    Blob blob(bytes);
    const auto magic = blob.take(k_magic.size()), version = blob.take(4);
    if (!magic || *magic != k_magic || !version || *version != std::string("\0\0\0\1", 4))
        fail(name, "not version 1 of an SSH signature");
    const auto key = blob.string(), name_space = blob.string(), reserved = blob.string(), hash = blob.string(),
               signature = blob.string();
    if (!key || !name_space || !reserved || !hash || !signature || !blob.ended())
        fail(name, "its parts do not fit its length");
    if (*hash != "sha256" && *hash != "sha512") fail(name, "its hash is neither sha256 nor sha512");
    SshSignature out{std::nullopt, *name_space, *reserved, *hash, ""};
    if (const auto raw = of_ed25519(*key, k_key_bytes)) {
        const auto value = of_ed25519(*signature, k_signature_bytes);
        if (!value) fail(name, "its key and its signature are of two kinds");
        out.key = PublicKey::from_bytes(*raw, name);
        out.signature = *value;
    }
    return out;
}

bool verify_ssh_signature(const SshSignature& signature, std::string_view message) {
    if (!signature.key) return false;
    const std::string digest = digest_of(message, signature.hash == "sha256" ? EVP_sha256() : EVP_sha512());
    return signature.key->verify(std::string(k_magic) + framed(signature.name_space) + framed(signature.reserved) +
                                     framed(signature.hash) + framed(digest),
                                 signature.signature);
}

std::optional<std::string> ssh_public_key(std::string_view line) {
    if (!line.starts_with(k_ed25519) || line.size() <= k_ed25519.size() || line[k_ed25519.size()] != ' ')
        return std::nullopt;
    line.remove_prefix(k_ed25519.size() + 1);
    const auto blob = from_base64(std::string(line.substr(0, line.find_first_of(" \n"))));
    return blob ? of_ed25519(*blob, k_key_bytes) : std::nullopt;
}

}  // namespace assay
