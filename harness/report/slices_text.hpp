// Slices of the inputs, and single ones by name: what a table of inputs adds to the terminal's report.
#pragma once

#include "report/writer.hpp"

namespace assay {
void slices_section(Writer& w);
}  // namespace assay
