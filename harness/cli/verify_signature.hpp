// A signature that stands apart (*.dsse.json): is it true, and is what it speaks of there as it was?
#pragma once

#include <string>

#include "archive/store_check.hpp"
#include "cli/keys.hpp"
#include "cli/options.hpp"

namespace assay {

// Its first byte tells a signature from an archive.
bool is_signature_file(const std::string& name);

struct SignatureFileCheck {
    std::string headline;  // "is a true signature of 5 runs by 3fa2b1c0d4e5f607 (key.pub.pem)"; "" when it is not true
    StoreCheck check;      // findings; runs: subjects that are there
};
// Subjects are looked for in the store that the options name. Error A0401 (74) when it is no signature.
SignatureFileCheck verify_signature_file(const std::string& name, const TrustedKeys& keys, const Options& options);

}  // namespace assay
