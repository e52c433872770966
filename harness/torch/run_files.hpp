// What is the same around every training by libtorch: the machine is forced and asked, and the files are written. No
// torch header here.
#pragma once

#include "base/json.hpp"
#include "torch/train.hpp"
#include "trainer/protocol.hpp"

namespace assay {

// What the libraries report of the hardware block, after it was forced. Error E0102 (exit 1 of the trainer) for a level
// that did not take hold: nothing is trained then.
Json forced_hardware(const Json& asked);

// $ASSAY_TRACE: first (also without it), all, none.
Traced traced_steps();

// Every file of the run; predictions.npy is the last one.
void write_results(const TrainerInput& input, const Training& training, Json effective);

}  // namespace assay
