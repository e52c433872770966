// The answer in words, made from measured figures only.
#pragma once

#include <string>
#include <vector>

#include "core/report.hpp"

namespace assay {

// What a person must know first: training that does not repeat, runs that cannot be used, then what changes the answers
// and where. "No label changed in 36 pairs", never "has no effect".
std::vector<std::string> lead_sentences(const Report& report);
std::vector<std::string> next_steps(const Report& report);
std::vector<std::string> assumption_sentences(const Report& report);

// "8.4%"; "<0.1%" and ">99.9%" for what would round to none or all and is neither.
std::string share_text(double share);

}  // namespace assay
