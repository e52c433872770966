// The actions of assay archive that have a file of their own. Options in, exit code out.
#pragma once

#include <cstddef>
#include <string>

#include "cli/options.hpp"

namespace assay {

int archive_export(const Options& options);
int archive_import(const Options& options);
int archive_checkpoint(const Options& options);

// The argument behind the action's name. Error U0140 (2) without it: "assay archive export needs a run or an audit".
std::string action_argument(const Options& options, std::size_t index, const char* what);
// Error U0105 (2): more arguments than that, the action's name among them.
void take_arguments(const Options& options, std::size_t most);

}  // namespace assay
