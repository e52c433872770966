// Where two runs part: the first row of their step digests that differs.
#pragma once

#include <optional>
#include <string>

#include "core/npy.hpp"

namespace assay {

// "they part in step 3, in the batch"; nothing when they are the same. Rows of steps.npy, as the trainer protocol has
// them.
std::optional<std::string> steps_parting(const NumericArray& a, const NumericArray& b);

}  // namespace assay
