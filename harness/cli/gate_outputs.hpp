// Where a gate's formats go: files, standard output, and the files that GitHub names in variables.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "cli/options.hpp"
#include "core/gate_report.hpp"

namespace assay {

// Error U0108 (2): an -o whose ending is no format of a gate (.dsse.json is one with --sign). Before anything is
// judged.
void check_gate_outputs(const Options& options);

// Writes all of them from one value. One that cannot be written is said on standard error, and the others are written
// all the same: returns unreadable then, else yes.
Exit write_gate(const GateReport& report, const Options& options);

// A signature is no format of the report: it is made once, beside them.
Exit write_signed(const std::string& envelope, const std::filesystem::path& path, const Options& options);

}  // namespace assay
