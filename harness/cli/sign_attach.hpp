#pragma once

#include "cli/options.hpp"

namespace assay {

// assay sign RUN --attach FILE: keeps a signature that ssh-keygen made, where it is one of this run.
int attach_command(const Options& options);

}  // namespace assay
