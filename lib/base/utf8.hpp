// Text from outside: what is kept as JSON or shown on a terminal must be UTF-8 without control characters.
#pragma once

#include <string>
#include <string_view>

namespace assay {

// Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// One line that can be kept and shown: control characters become blanks, bytes that are no UTF-8 question marks.
std::string printable_line(std::string_view text);

}  // namespace assay
