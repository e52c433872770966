// The fingerprint of a model's weights: per tensor name, dtype, shape and SHA-256 of the little-endian bytes in C
// order. The same whatever the file: .safetensors, .npz and .npy of the same tensors have the same id.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "core/run.hpp"
#include "core/safetensors.hpp"

namespace assay {

// The tensors of a file. `tensors` are parts of `storage`; movable, not copyable.
struct WeightFile {
    std::string container;  // "safetensors", "npz", "npy"; "bytes": not opened, `note` says why
    std::string note;
    std::vector<TensorView> tensors;  // sorted by name; a tied tensor stands under each of its names
    std::deque<std::string> storage;
    std::string sha256;  // of the whole file
    std::uint64_t size_bytes = 0;

    WeightFile() = default;
    WeightFile(WeightFile&&) = default;
    WeightFile& operator=(WeightFile&&) = default;
    WeightFile(const WeightFile&) = delete;
    WeightFile& operator=(const WeightFile&) = delete;
};

// What kind of file it is is read from its first bytes; where `file_name` ends in .safetensors, .npz or .npy it must be
// that, so that a damaged file is never taken for one of a kind that is not opened. The one array of a .npy file is
// called arr_0, as numpy.savez would call it. Errors W0101, W0103, W0104, N0101 (74).
WeightFile read_weights(std::string bytes, std::string_view file_name);

struct TensorNumbers {
    std::uint64_t values = 0, nan = 0, infinite = 0;
    double sum_of_squares = 0;  // of the finite values
};
// Nothing for a dtype that is not read as numbers (8-bit floats).
std::optional<TensorNumbers> numbers_of(const TensorView& tensor);

struct WeightsFingerprint {
    std::string id;  // the root of the tensor table; of a file that is not opened, the SHA-256 of its bytes
    std::string container, note;
    std::string file_sha256;
    std::uint64_t file_size = 0;
    std::vector<TensorDigest> tensors;
    TensorNumbers numbers;                       // of all tensors that are read as numbers
    std::uint64_t not_read = 0;                  // tensors that are not
    std::vector<std::vector<std::string>> tied;  // groups of names with the same dtype, shape and bytes
};
WeightsFingerprint weights_fingerprint(const WeightFile& file);

// {"schema":"assay/fingerprint/1","kind":"weights","id",...}, lib/fingerprint/fingerprint-1.schema.json.
Json weights_json(const WeightsFingerprint& fingerprint);
// Error E0202 (74): not such a document, or its id does not fit its tensors. Names are as they were in the file:
// whoever shows them makes them printable.
WeightsFingerprint weights_from_json(const Json& json);

}  // namespace assay
