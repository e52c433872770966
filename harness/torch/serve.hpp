// Warm mode: one preloaded process that forks a child for each run (harness/trainer/README.md).
#pragma once

#include "torch/trainer.hpp"

namespace assay {

// Reads requests from standard input, one JSON line each, until its end and that of the last child. libtorch and the
// data are loaded before the first fork; there is no OpenMP region, no backward pass and no CUDA call before it, so a
// child is what a cold process is. Returns the exit code.
int serve();

}  // namespace assay
