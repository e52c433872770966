// The sections of the terminal's report below the table of pairs. Each is empty where nothing was measured.
#pragma once

#include "report/writer.hpp"

namespace assay {
void how_much_section(Writer& w);  // rounding and seeds on one axis; directions of factors
void shares_section(Writer& w);
void hardware_section(Writer& w);
void inputs_section(Writer& w);
void control_section(Writer& w);
}  // namespace assay
