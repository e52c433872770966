// What the terminal's report says of numbers: beside the answers, or instead of them.
#pragma once

#include "report/writer.hpp"

namespace assay {
// A few lines for each response but the primary one; nothing without responses.
void numbers_section(Writer& w);
// Runs without answers: everything about the primary response, then the others. Precondition: there is one.
void numbers_report(Writer& w);
}  // namespace assay
