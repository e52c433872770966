// Rows of a table with a column for each setting. Included by the parts of the terminal's report only.
#pragma once

#include <string>
#include <vector>

#include "report/writer.hpp"

namespace assay {

inline constexpr std::size_t k_name_width = 19, k_column_width = 15, k_number_width = 20;

// How many settings fit side by side, one at least.
std::size_t settings_per_table(const Writer& w, std::size_t column_width = k_column_width);
// A name and the lines of each cell, centred.
void grid_row(Writer& w, const std::string& name, const std::vector<std::vector<std::string>>& cells,
              std::size_t column_width = k_column_width);

}  // namespace assay
