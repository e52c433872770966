// Reads a safetensors file into a tensor table: names, dtypes, shapes and a digest of each tensor's bytes.
//
//   file := u64 little-endian header length, header, data
//   header := {"name": {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ..., "__metadata__": {..}}
//
// Read before it is believed: header at most 16 MiB, offsets inside the data, tensors side by side without gaps or
// overlap, each as long as dtype and shape say.
#pragma once

#include <string_view>
#include <vector>

#include "core/run.hpp"

namespace assay {

// Throws Error W0101 (exit 74) with what was found. Sorted by name.
std::vector<TensorDigest> read_safetensors(std::string_view file);

}  // namespace assay
