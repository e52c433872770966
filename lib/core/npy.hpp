// NumPy's .npy format, versions 1 to 3, little-endian, C order. Pure: bytes in, values out.
//
//   file   := 93 "NUMPY" major minor length dict pad data      length: u16 (version 1) or u32 (2, 3)
//   dict   := {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }    padded with blanks, ends in \n
//
// Read before it is believed: header at most 64 KiB, rank at most 8, the product of the dimensions without
// overflow, and the data exactly as long as it says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

enum class NumericType { float32, float64, int32, int64, uint8, uint64 };
std::size_t size_of(NumericType type);

struct NumericArray {
    NumericType type = NumericType::float32;
    std::vector<std::size_t> shape;
    std::string bytes;  // raw little-endian, C order

    std::size_t count() const;
    friend bool operator==(const NumericArray&, const NumericArray&) = default;
};

// What stands before the data, whatever its type. Throws Error N0101 (exit 74).
struct NpyHeader {
    std::string descr;  // "<f4"; empty for a structured type
    bool fortran_order = false;
    std::vector<std::size_t> shape;
    std::size_t data_begin = 0;  // in the file
};
NpyHeader read_npy_header(std::string_view file);

// Throws Error N0101 (exit 74) with what was found and what was expected.
NumericArray parse_npy(std::string_view file);
std::string write_npy(const NumericArray& array);

// Values of an integer array as int64; throws Error N0102 for floating-point arrays.
std::vector<std::int64_t> integers_of(const NumericArray& array);

template <class T>
NumericArray array_of(NumericType type, std::vector<std::size_t> shape, std::span<const T> values) {
    return {type, std::move(shape),
            std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T))};
}

}  // namespace assay
