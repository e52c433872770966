// Tensors of a model as a safetensors file.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

namespace assay {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// The bytes of a safetensors file: header with sorted names, tensors in C order side by side. Any device; float32,
// float64 and int64. Error W0102 (exit 70) for other types.
std::string safetensors_bytes(const NamedTensors& tensors);

}  // namespace assay
