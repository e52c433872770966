// The answer in words where runs have numbers and no answers.
#pragma once

#include <string>
#include <vector>

#include "core/report.hpp"

namespace assay {

// What moves the primary response, where, and by how much. Precondition: there is one.
std::vector<std::string> number_lead(const Report& report);
bool primary_lacks_intervals(const Report& report);  // some of them, for want of seeds
// What the tests of responses rest on; none without tests.
void add_response_assumptions(const Report& report, std::vector<std::string>& out);

}  // namespace assay
