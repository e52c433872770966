// A look into a manifest without reading all of it: for lists of very many runs. Precondition of both: `text` is
// canonical JSON, as it is when its digest is its name.
#pragma once

#include <string>
#include <string_view>

namespace assay {

// The bytes of a member's value; empty when `object` has no such member or is none.
std::string_view value_in(std::string_view object, std::string_view key);
// The value of a member that is a string without escapes; else empty.
std::string text_in(std::string_view object, std::string_view key);

inline std::string request_id_in(std::string_view manifest) { return text_in(manifest, "request_id"); }

}  // namespace assay
