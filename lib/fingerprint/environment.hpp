// The fingerprint of an environment: all probes, one after the other.
#pragma once

#include "core/fingerprint.hpp"
#include "fingerprint/machine.hpp"

namespace assay {

Fingerprint environment_fingerprint(const Machine& machine);

// Of this process, as it is now: what is not loaded yet is not in it. `load_system_libraries`: first opens the BLAS,
// oneDNN and OpenMP that a program started here would get, for a process that has none of its own. Starts no program,
// changes nothing that computes; not thread-safe against dlopen elsewhere.
Fingerprint this_environment(bool load_system_libraries = false);

}  // namespace assay
