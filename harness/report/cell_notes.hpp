// What the cells of "changing one thing" hold beyond the table, in a line each.
#pragma once

#include "report/writer.hpp"

namespace assay {
// Which runs the intervals hang on; and, unless the report is brief, the farthest cell by other distances.
void cell_notes(Writer& w);
}  // namespace assay
