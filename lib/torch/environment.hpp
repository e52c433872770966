// Forces what a run asked of the machine, and asks the libraries what took hold.
//
// Vector instructions, BLAS and oneDNN kernels are chosen when the libraries load, from variables that the harness set
// before the process began; threads, determinism, TF32 and flush-to-zero are set here. Either way only the library's
// own answer counts. All differences between libtorch 1.13 and 2.x that concern the environment are in this file's
// .cpp.
#pragma once

#include <string>

#include "base/json.hpp"

namespace assay {

// Sets threads of ATen and of BLAS (two settings), deterministic, tf32, onednn: off, flush_denormals for the calling
// thread. To be called once, before the first tensor operation; in a forked child again. Throws Error E0101 (exit 1 of
// the trainer) for a device that is not there.
void force_hardware(const Json& hardware);

// For each member of `hardware` what the libraries report, in the same vocabulary: equal when it took hold. A name that
// no library can be asked about is left out. Besides: aten_capability, onednn_isa, blas_core, aten_threads,
// blas_threads.
Json effective_hardware(const Json& hardware);

// Library -> version: libtorch, openblas, onednn.
Json library_versions();

// The NT_GNU_BUILD_ID of the libtorch that is loaded, as hex; "" when it has none.
std::string libtorch_build_id();

}  // namespace assay
