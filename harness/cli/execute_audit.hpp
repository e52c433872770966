// What `assay run` and `assay demo` have in common.
#pragma once

#include "cli/audit.hpp"
#include "cli/options.hpp"

namespace assay {

// Plans, runs what is missing, reports. Returns the exit code.
int execute_audit(const SpecSource& source, const Options& options);

}  // namespace assay
