// What is known of the held-out inputs beside their labels: a name for each, and slices of them. Only the analysis
// reads it; no trainer does, and no run is another one because of it.
//
//   {"format":"assay-inputs/1","ids":["a","b"],"slices":[{"name":"writer","of":[1,0],"values":["w7"]}]}
//
// `of`: per input 0 for none, k for the k-th value. At most k_slices_max slices of k_slice_values_max values; ids,
// names and values of at most k_input_text_bytes bytes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace assay {

inline constexpr std::size_t k_slices_max = 20, k_slice_values_max = 50, k_input_text_bytes = 256;
// A slice with fewer inputs says little: one more flip is 3 points.
inline constexpr std::size_t k_small_slice = 30;

struct Slice {
    std::string name;                 // "writer"
    std::vector<std::string> values;  // distinct, sorted by bytes: their order tells nothing of the order of inputs
    std::vector<std::size_t> of;      // [input]: 0 none, k: values[k - 1]
    friend bool operator==(const Slice&, const Slice&) = default;
};

struct InputTable {
    std::vector<std::string> ids;  // distinct, in the order of the held-out inputs
    std::vector<Slice> slices;
    friend bool operator==(const InputTable&, const InputTable&) = default;
};

Json to_json(const InputTable& table);
// Error A0108 (exit 74) where it is not what is written above.
InputTable input_table_from_json(const Json& json);

// The inputs with this value of the slice, in their order; k from 1.
std::vector<std::size_t> inputs_with(const Slice& slice, std::size_t k);

}  // namespace assay
