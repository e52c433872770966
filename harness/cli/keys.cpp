#include "cli/keys.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

namespace assay {
namespace {

constexpr std::size_t k_key_file_bytes = std::size_t{1} << 16;

}  // namespace

std::string short_key(const std::string& key_id) { return key_id.substr(0, 16); }

std::string TrustedKeys::text(const std::string& key_id) const {
    const auto file = files.find(key_id);
    return short_key(key_id) + (file == files.end() ? "" : " (" + file->second + ")");
}

TrustedKeys trusted_keys(const Options& options) {
    if (options.keys.empty())
        throw Error("U0143", Exit::usage, "--sig needs the public keys of those you trust: --key FILE",
                    "whoever signed makes it: openssl pkey -in key.pem -pubout -out key.pub.pem");
    TrustedKeys trusted;
    for (const auto& path : options.keys) {
        trusted.keys.push_back(PublicKey::from_bytes(read_file(path, k_key_file_bytes), path.string()));
        trusted.files.emplace(trusted.keys.back().id(), path.string());
    }
    return trusted;
}

PrivateKey private_key(const std::filesystem::path& path) {
    return PrivateKey::from_bytes(read_file(path, k_key_file_bytes), path.string());
}

PrivateKey signing_key(const Options& options) {
    if (options.keys.size() == 1) return private_key(options.keys[0]);
    throw Error("U0143", Exit::usage,
                "assay " + options.command + " signs with one private key: --key FILE; got " +
                    std::to_string(options.keys.size()),
                "make one with: openssl genpkey -algorithm ed25519 -out key.pem");
}

}  // namespace assay
