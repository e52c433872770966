// The weights of a stored run as one file that every reader of safetensors opens.
#pragma once

#include <string>
#include <string_view>

#include "archive/store.hpp"

namespace assay {

// Bit for bit what the trainer saved: its own file where that was safetensors, else the same tensors in one. Error
// U0144 (2) when the store has no weights of the run.
std::string weights_as_safetensors(const Store& store, std::string_view run_id);

}  // namespace assay
