#include "core/safetensors.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {

constexpr std::uint64_t k_header_limit = 16U << 20;

[[noreturn]] void fail(const std::string& what) {
    throw Error("W0101", Exit::unreadable, "not a readable safetensors file: " + what);
}

// Of a file of at least 8 bytes.
std::uint64_t header_length(std::string_view file) {
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < 8; ++i) length |= std::uint64_t{static_cast<unsigned char>(file[i])} << (8 * i);
    return length;
}

struct Extent {
    std::uint64_t begin = 0, end = 0;
};

std::uint64_t length_of(const std::string& name, const TensorView& tensor) {
    const auto element = dtype_bytes(tensor.dtype);
    if (!element) fail("dtype '" + tensor.dtype + "'");
    std::uint64_t bytes = *element;
    for (const std::uint64_t dimension : tensor.shape) {
        if (dimension != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / dimension)
            fail("the shape of " + name);
        bytes *= dimension;
    }
    return bytes;
}

TensorView read_tensor(const std::string& name, const Json& entry, std::string_view data, Extent& extent) {
    TensorView tensor{name, entry.at("dtype").as_string(), {}, {}};
    for (const Json& dimension : entry.at("shape").as_array()) {
        if (dimension.as_integer() < 0) fail("the shape of " + name);
        tensor.shape.push_back(static_cast<std::uint64_t>(dimension.as_integer()));
    }
    const auto& offsets = entry.at("data_offsets").as_array();
    if (offsets.size() != 2 || offsets[0].as_integer() < 0 || offsets[1].as_integer() < offsets[0].as_integer()) {
        fail("the offsets of " + name);
    }
    extent = {static_cast<std::uint64_t>(offsets[0].as_integer()), static_cast<std::uint64_t>(offsets[1].as_integer())};
    if (extent.end > data.size()) fail(name + " ends after the file does");
    if (extent.end - extent.begin != length_of(name, tensor)) fail(name + " is not as long as its shape says");
    tensor.bytes = data.substr(extent.begin, extent.end - extent.begin);
    return tensor;
}

}  // namespace

TensorDigest digest_of(const TensorView& tensor) {
    return {tensor.name, tensor.dtype, tensor.shape, sha256_hex(tensor.bytes)};
}

bool is_opaque(const std::vector<TensorDigest>& tensors) {
    return tensors.size() == 1 && tensors.front().dtype == k_opaque_dtype;
}

std::optional<std::uint64_t> dtype_bytes(std::string_view dtype) {
    static const std::map<std::string, std::uint64_t, std::less<>> k_sizes = {
        {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"U16", 2}, {"I16", 2}, {"F16", 2},
        {"BF16", 2}, {"U32", 4}, {"I32", 4}, {"F32", 4},     {"U64", 8},     {"I64", 8}, {"F64", 8},
    };
    const auto it = k_sizes.find(dtype);
    return it == k_sizes.end() ? std::nullopt : std::optional(it->second);
}

bool looks_like_safetensors(std::string_view file) {
    if (file.size() < 10 || file[8] != '{') return false;
    return header_length(file) <= std::min<std::uint64_t>(k_header_limit, file.size() - 8);
}

std::vector<TensorView> view_safetensors(std::string_view file) {
    if (file.size() < 8) fail("it has " + std::to_string(file.size()) + " bytes");
    const std::uint64_t length = header_length(file);
    if (length > k_header_limit || length > file.size() - 8) fail("a header of " + std::to_string(length) + " bytes");
    const std::string_view data = file.substr(8 + length);
    std::string_view header = file.substr(8, length);
    while (!header.empty() && header.back() == ' ') header.remove_suffix(1);

    std::vector<TensorView> tensors;
    std::vector<Extent> extents;
    try {
        const Json json = parse_json(header, "safetensors header");
        for (const auto& [name, entry] : json.as_object()) {
            if (name == "__metadata__") continue;
            extents.emplace_back();
            tensors.push_back(read_tensor(name, entry, data, extents.back()));
        }
    } catch (const Error& error) {
        if (error.code() == "W0101") throw;
        fail(error.what());
    }
    std::sort(extents.begin(), extents.end(),
              [](const Extent& a, const Extent& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
    std::uint64_t at = 0;
    for (const Extent& extent : extents) {
        if (extent.begin != at) fail("tensors overlap or leave gaps");
        at = extent.end;
    }
    if (at != data.size()) fail("bytes after the last tensor");
    return tensors;
}

std::string write_safetensors(std::vector<TensorView> tensors) {
    std::sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
    Json::Object header;
    std::uint64_t at = 0;
    for (const TensorView& tensor : tensors) {
        if (!is_utf8(tensor.name) || tensor.name == "__metadata__" || header.contains(tensor.name))
            throw Error("W0105", Exit::usage,
                        "safetensors cannot hold a tensor of the name '" + printable_line(tensor.name) + "'");
        header[tensor.name] = Json::Object{{"dtype", tensor.dtype},
                                           {"shape", Json::Array(tensor.shape.begin(), tensor.shape.end())},
                                           {"data_offsets", Json::Array{at, at + tensor.bytes.size()}}};
        at += tensor.bytes.size();
    }
    std::string text = canonical_json(header);
    text.append((8 - text.size() % 8) % 8, ' ');
    std::string file;
    file.reserve(8 + text.size() + at);
    for (int shift = 0; shift < 64; shift += 8) file += static_cast<char>((std::uint64_t{text.size()} >> shift) & 0xff);
    file += text;
    for (const TensorView& tensor : tensors) file += tensor.bytes;
    return file;
}

std::vector<TensorDigest> read_safetensors(std::string_view file) {
    std::vector<TensorDigest> digests;
    for (const TensorView& tensor : view_safetensors(file)) digests.push_back(digest_of(tensor));
    return digests;
}

}  // namespace assay
