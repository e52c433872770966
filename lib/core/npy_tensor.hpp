// A .npy array as a tensor: little-endian bytes in C order, whatever the file's own order is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/safetensors.hpp"

namespace assay {

struct NpyTensor {
    std::string dtype;  // safetensors name; empty when numpy's type has none, then `descr` says which
    std::string descr;
    std::vector<std::uint64_t> shape;
    std::string bytes;
};

// Types: bool, 1 to 8 byte integers, 2 to 8 byte floats, of either byte order; C or Fortran order. Error N0101 (74) for
// a damaged file. Sizes are checked against the data that is there before anything is allocated.
NpyTensor read_npy_tensor(std::string_view file);

// The array as it lies in the file. Nothing where its bytes are not little-endian in C order, or where its type has no
// name. Error N0101 (74) as above.
std::optional<TensorView> view_npy(std::string_view file, std::string_view tensor_name);

}  // namespace assay
