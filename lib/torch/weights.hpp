// Tensors of a model: by name, as a table of digests, as a safetensors file.
//
// Whatever the device and the strides, what counts are the values in C order, little-endian: two modules have the same
// table exactly when every name, type, shape and bit is the same, and the table of a module is that of its safetensors
// file (fingerprint/weights.hpp). Nothing of the model is changed; no random number is drawn.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

#include "core/run.hpp"

namespace torch::nn {
class Module;
}

namespace assay {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

// Parameters, then buffers, with the names of named_parameters() and named_buffers(); a tied tensor stands under each
// of its names. Undefined tensors (an optional bias) are left out.
NamedTensors module_tensors(const torch::nn::Module& module);

// Sorted by name; `tensor_table_root` (core/run.hpp) makes one id of it. Any device. Error W0102 (exit 2) for a type
// that no tensor table has (complex, quantised) and for sparse tensors.
std::vector<TensorDigest> tensor_digests(const NamedTensors& tensors);

// The bytes of a safetensors file: header with sorted names, tensors in C order side by side. Errors as above.
std::string safetensors_bytes(const NamedTensors& tensors);

}  // namespace assay
