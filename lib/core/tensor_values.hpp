// The elements of a tensor as numbers, whatever its dtype.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace assay {

// How to read one element (little-endian) of a dtype, and how far two are apart. Differences of 64-bit integers are
// computed before they are rounded to double.
struct ElementReader {
    std::uint64_t bytes = 0;
    double (*value)(const char* at) = nullptr;
    double (*distance)(const char* a, const char* b) = nullptr;  // |a - b|; NaN when one of them is
};
// Nothing for dtypes that are not read as numbers (8-bit floats).
std::optional<ElementReader> element_reader(std::string_view dtype);

}  // namespace assay
