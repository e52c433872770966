// Numbers of runs in words and digits.
#pragma once

#include <string>

#include "core/report.hpp"

namespace assay {

// The number that the audit is about, where its runs have no answers; else nothing.
const Response* primary_response(const Report& report);

std::string source_words(const Response& response);  // "computed", "reported"
// Two digits of the spread are shown: "0.943" where runs differ by 0.006.
std::string to_spread(double value, const NumberPlace& place);
std::string signed_digits(double value);             // "+0.0213", "-1.2e-5"
std::string without_interval(const Figure& figure);  // "(3 units)"
std::string difference_text(const Figure& figure);   // "+0.0213 [+0.0105, +0.0321]", "0", "+0.02 (3 units)"
// "no change in 8 pairs", or the difference.
std::string change_text(const NumberCell& cell);

}  // namespace assay
