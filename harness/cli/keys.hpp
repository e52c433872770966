// Keys as they are given on the command line.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "archive/dsse.hpp"
#include "cli/options.hpp"

namespace assay {

struct TrustedKeys {
    std::vector<PublicKey> keys;
    std::map<std::string, std::string> files;  // key id -> the file that was named
    // "3fa2b1c0d4e5f607 (key.pub.pem)"
    std::string text(const std::string& key_id) const;
};
// Error U0143 (2) without a --key; A0403 (2) for a file that holds none.
TrustedKeys trusted_keys(const Options& options);
PrivateKey private_key(const std::filesystem::path& path);
// The one --key of a command that signs. Error U0143 (2) when there is none, or several.
PrivateKey signing_key(const Options& options);

std::string short_key(const std::string& key_id);  // 16 digits

}  // namespace assay
