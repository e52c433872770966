// Reads a safetensors file into a tensor table: names, dtypes, shapes and a digest of each tensor's bytes. Pure.
//
//   file := u64 little-endian header length, header, data
//   header := {"name": {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ..., "__metadata__": {..}}
//
// Read before it is believed: header at most 16 MiB, offsets inside the data, tensors side by side without gaps or
// overlap, each as long as dtype and shape say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "core/run.hpp"

namespace assay {

// A tensor whose bytes (little-endian, C order) belong to somebody else.
struct TensorView {
    std::string name;
    std::string dtype;  // safetensors names: F32, F64, I64, ...
    std::vector<std::uint64_t> shape;
    std::string_view bytes;
};
TensorDigest digest_of(const TensorView& tensor);
// Of each, in their order. Large tensors are shared out among the cores that this process may use: SHA-256 of one is
// the work of one core, and takes as long on any number of them.
std::vector<TensorDigest> digests_of(const std::vector<TensorView>& tensors);

// The dtype of the one row that stands for a file which is not opened (.pt, .h5, .keras, .pkl): shape [bytes], digest
// of the bytes. Such files may carry time stamps, so that another digest says nothing about the weights.
inline constexpr const char* k_opaque_dtype = "BYTES";
bool is_opaque(const std::vector<TensorDigest>& tensors);

// The size of one element, or nothing for an unknown dtype.
std::optional<std::uint64_t> dtype_bytes(std::string_view dtype);

// Whether a file of another name may be one: its header's length fits, and the header begins as one.
bool looks_like_safetensors(std::string_view file);

// Where a header has a tensor, in bytes from the beginning of the data.
struct TensorPlace {
    std::string name, dtype;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0, end = 0;
};

// Digests the tensors of a file that comes in pieces; keeps no more of it than its header. Error W0101 (74).
class SafetensorsDigests {
public:
    explicit SafetensorsDigests(std::uint64_t file_bytes) : file_bytes_(file_bytes) {}
    void update(std::string_view piece);
    std::vector<TensorDigest> finish();  // sorted by name

private:
    void take_header(std::string_view& piece);
    void end_tensor();

    std::uint64_t file_bytes_, at_ = 0;  // at_: of the data
    std::string header_;
    std::optional<std::vector<TensorPlace>> places_;  // in the order of their bytes; nothing before the header is whole
    std::size_t current_ = 0;
    Sha256 digest_;
    std::vector<TensorDigest> done_;
};

// The tensors of a file, sorted by name, as parts of it. Throws Error W0101 (exit 74) with what was found.
std::vector<TensorView> view_safetensors(std::string_view file);
// The same, digested.
std::vector<TensorDigest> read_safetensors(std::string_view file);

// A file of these tensors, in the order of their names; the header is canonical JSON, padded to 8 bytes. Error W0105
// (2): a name that JSON cannot hold, since it is not UTF-8, or that the format needs itself.
std::string write_safetensors(std::vector<TensorView> tensors);

}  // namespace assay
