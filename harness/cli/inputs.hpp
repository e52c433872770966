// The table of held-out inputs on its way: a file of the user's, an object of the store, a value for the analysis.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "archive/store.hpp"
#include "cli/audit.hpp"
#include "core/input_table.hpp"

namespace assay {

// TableError (exit 2) where the file is no table of inputs.
InputTable read_input_file(const std::filesystem::path& csv);
// What the store keeps: canonical, so that equal tables are one object.
std::string input_table_bytes(const InputTable& table);
MemberRef reference_to(const std::string& bytes);

// What the plan's table says; nothing where it has none.
std::optional<InputTable> stored_inputs(const Store& store, const Plan& plan);

// Error I0114 (exit 2) where the table has another number of lines than the runs have inputs. Of a built-in trainer
// that is known before anything runs.
void check_input_count(std::size_t lines, const Plan& plan);
void check_input_count(std::size_t lines, const std::vector<RunData>& runs);
// Of a trainer of the user's it is known when its first run is stored. True when this run told.
bool check_input_count(std::size_t lines, const Store& store, const RunRecord& run);

}  // namespace assay
