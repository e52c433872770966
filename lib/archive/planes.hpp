// Plane-safetensors (.pst): tensors as byte planes, in a valid safetensors file. Pure.
//
//   file   := u64 little-endian header length H | header | data
//   header := {"__metadata__":{"pst":"1","t:<name>":"<DTYPE> <layout> <d0,d1,...>"...},
//              "<name>":{"data_offsets":[a,b],"dtype":"U8","shape":[w,n]}...}
//             canonical JSON (RFC 8785), then blanks up to a multiple of 8; H <= 16 MiB
//
// layout `r`: element e of w bytes is rotated left by one bit, which makes the exponent one byte; byte k of it goes to
//             plane k: data[a + k*n + e]. F64 F32 BF16 F16.
// layout `p`: planes without rotation: integers of more than one byte.
// layout `-`: as it is, shape [1, n*w]: one byte an element, and floats of which half or more are zero bits.
//
// Tensors lie in the order of their names' bytes from 0 to the end, side by side. A name is printable ASCII without
// `"`, `\` and `%`; any other byte is written %XX; at most 512 bytes. At most 1,000,000 tensors of at most 16
// dimensions. Given tensors and layouts have one header only, and the reader refuses every other (Error A0301, exit 74,
// with what it found): nothing can hide between them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive/object.hpp"
#include "core/safetensors.hpp"

namespace assay {

constexpr std::size_t k_planes_header_limit = std::size_t{16} << 20;

struct PlaneTensor {
    std::string name;  // without escapes
    std::string dtype;
    char layout = '-';
    std::vector<std::uint64_t> shape;
    std::uint64_t elements = 0, width = 0;
    std::uint64_t offset = 0;  // of its first byte in the file
    std::uint64_t size_bytes() const { return elements * width; }
};

// A file of planes, made part by part as it is asked for: beside the tensors it takes memory for one part only.
class PlanesWriter {
public:
    // The tensors in any order; their bytes as safetensors has them, which must stay. Error A0302 (2): two of one name,
    // a name or a shape that the format cannot hold, bytes that do not fit the shape.
    explicit PlanesWriter(std::vector<TensorView> tensors);

    std::uint64_t size_bytes() const { return size_bytes_; }
    void read(std::uint64_t offset, std::span<char> into);
    // Valid until the next call.
    std::string_view at(std::uint64_t offset, std::size_t size_bytes);
    std::vector<Stretch> stretches() const;  // as planes_stretches

private:
    std::size_t read_some(std::uint64_t offset, std::span<char> into);
    std::vector<TensorView> sources_;  // in the order of planes_
    std::vector<PlaneTensor> planes_;
    std::string head_, part_;
    std::uint64_t size_bytes_ = 0;
    std::size_t current_ = 0;  // the tensor that was read last
};

// All of it. Errors as PlanesWriter has them.
std::string write_planes(std::vector<TensorView> tensors);

// Whether the bytes claim to be such a file: enough to choose a reader, not to believe it.
bool looks_like_planes(std::string_view file);

// The tensors of a file of which the first 8 + H bytes are at hand; `file_bytes` is all of it. Offsets are checked.
std::vector<PlaneTensor> read_planes_header(std::string_view begin, std::uint64_t file_bytes);
std::vector<PlaneTensor> read_planes_header(std::string_view file);

// H + 8 of a file that begins with these 8 bytes. Error A0301.
std::uint64_t planes_data_begin(std::string_view first_bytes);

// A tensor's bytes in their usual order. `planes`: its size_bytes() bytes in the file.
void join_planes(const PlaneTensor& tensor, std::string_view planes, std::string& bytes);

// The same of a file that is not in memory: front to back, in memory for 1 MiB of each plane.
void each_piece_of_tensor(const PlaneTensor& tensor, const ReadAt& planes, const TakeBytes& take);

// How an object of this file is to be compressed: the header, then each plane. Precondition: read_planes_header reads
// it.
std::vector<Stretch> planes_stretches(std::string_view file);

// The tensors' names and digests, of their usual bytes: what the same file as safetensors gives.
std::vector<TensorDigest> digest_planes(std::string_view file);

// An ordinary safetensors file of the same tensors. Errors as write_safetensors has them.
std::string planes_to_safetensors(std::string_view file);

}  // namespace assay
