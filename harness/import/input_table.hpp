// A table of the held-out inputs, in CSV, as a value. Grammar: audits/README.md.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/input_table.hpp"

namespace assay {

// A line of column names, then a line for each held-out input, in the order of the predictions. The column `id` names
// it; each other column is a slice, and an empty cell stands in none of its values. TableError (exit 2), all errors at
// once (up to 20), each with its place: I0111 columns, I0112 lines and ids, I0113 values.
InputTable read_input_table(std::string_view bytes, const std::filesystem::path& path);

}  // namespace assay
