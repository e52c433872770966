// Base64 (RFC 4648), strictly.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

std::string to_base64(std::string_view bytes);
// The standard alphabet or the one for URLs, as DSSE allows; padding may be left out. Nothing else, no blanks, and only
// the one text that bytes have.
std::optional<std::string> from_base64(std::string text);

}  // namespace assay
