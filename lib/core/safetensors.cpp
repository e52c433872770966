#include "core/safetensors.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/on_threads.hpp"
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

std::uint64_t length_of(const TensorPlace& tensor) {
    const auto element = dtype_bytes(tensor.dtype);
    if (!element) fail("dtype '" + tensor.dtype + "'");
    std::uint64_t bytes = *element;
    for (const std::uint64_t dimension : tensor.shape) {
        if (dimension != 0 && bytes > std::numeric_limits<std::uint64_t>::max() / dimension)
            fail("the shape of " + tensor.name);
        bytes *= dimension;
    }
    return bytes;
}

TensorPlace read_place(const std::string& name, const Json& entry, std::uint64_t data_bytes) {
    TensorPlace tensor{name, entry.at("dtype").as_string(), {}};
    for (const Json& dimension : entry.at("shape").as_array()) {
        if (dimension.as_integer() < 0) fail("the shape of " + name);
        tensor.shape.push_back(static_cast<std::uint64_t>(dimension.as_integer()));
    }
    const auto& offsets = entry.at("data_offsets").as_array();
    if (offsets.size() != 2 || offsets[0].as_integer() < 0 || offsets[1].as_integer() < offsets[0].as_integer()) {
        fail("the offsets of " + name);
    }
    tensor.begin = static_cast<std::uint64_t>(offsets[0].as_integer());
    tensor.end = static_cast<std::uint64_t>(offsets[1].as_integer());
    if (tensor.end > data_bytes) fail(name + " ends after the file does");
    if (tensor.end - tensor.begin != length_of(tensor)) fail(name + " is not as long as its shape says");
    return tensor;
}

// In the order of their bytes.
std::vector<TensorPlace> places_in(std::string_view header, std::uint64_t data_bytes) {
    while (!header.empty() && header.back() == ' ') header.remove_suffix(1);
    std::vector<TensorPlace> places;
    try {
        const Json json = parse_json(header, "safetensors header");
        for (const auto& [name, entry] : json.as_object()) {
            if (name != "__metadata__") places.push_back(read_place(name, entry, data_bytes));
        }
    } catch (const Error& error) {
        if (error.code() == "W0101") throw;
        fail(error.what());
    }
    std::sort(places.begin(), places.end(), [](const TensorPlace& a, const TensorPlace& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    std::uint64_t at = 0;
    for (const TensorPlace& place : places) {
        if (place.begin != at) fail("tensors overlap or leave gaps");
        at = place.end;
    }
    if (at != data_bytes) fail("bytes after the last tensor");
    return places;
}

// Of a file of which the first 8 bytes are there.
std::uint64_t checked_header_length(std::string_view file, std::uint64_t file_bytes) {
    const std::uint64_t length = header_length(file);
    if (length > k_header_limit || length > file_bytes - 8) fail("a header of " + std::to_string(length) + " bytes");
    return length;
}

// A thread is worth its start from some megabytes on.
unsigned threads_for(const std::vector<TensorView>& tensors) {
    constexpr std::size_t k_worth_bytes = std::size_t{4} << 20;
    std::size_t bytes = 0;
    for (const TensorView& tensor : tensors) bytes += tensor.bytes.size();
    const std::size_t useful = std::min(bytes / k_worth_bytes, tensors.size());
    return static_cast<unsigned>(std::clamp<std::size_t>(useful, 1, static_cast<std::size_t>(usable_cores())));
}

}  // namespace

TensorDigest digest_of(const TensorView& tensor) {
    return {tensor.name, tensor.dtype, tensor.shape, sha256_hex(tensor.bytes)};
}

std::vector<TensorDigest> digests_of(const std::vector<TensorView>& tensors) {
    std::vector<std::size_t> order(tensors.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return tensors[a].bytes.size() > tensors[b].bytes.size();  // the last to end is a small one
    });
    std::vector<TensorDigest> digests(tensors.size());
    each_on_threads(threads_for(tensors), order.size(),
                    [&](std::size_t i) { digests[order[i]] = digest_of(tensors[order[i]]); });
    return digests;
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
    const std::uint64_t length = checked_header_length(file, file.size());
    const std::string_view data = file.substr(8 + length);
    std::vector<TensorView> tensors;
    for (TensorPlace& place : places_in(file.substr(8, length), data.size()))
        tensors.push_back({std::move(place.name), std::move(place.dtype), std::move(place.shape),
                           data.substr(place.begin, place.end - place.begin)});
    std::sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
    return tensors;
}

// Takes of the piece what belongs to the header, and reads that once it is whole.
void SafetensorsDigests::take_header(std::string_view& piece) {
    const auto take_until = [&](std::uint64_t bytes) {
        const std::size_t missing = static_cast<std::size_t>(bytes) - header_.size();
        header_ += piece.substr(0, missing);
        piece.remove_prefix(std::min(missing, piece.size()));
        return header_.size() == bytes;
    };
    if (file_bytes_ < 8) fail("it has " + std::to_string(file_bytes_) + " bytes");
    if (header_.size() < 8 && !take_until(8)) return;
    const std::uint64_t length = checked_header_length(header_, file_bytes_);
    if (!take_until(8 + length)) return;
    places_ = places_in(std::string_view(header_).substr(8), file_bytes_ - 8 - length);
    while (current_ < places_->size() && (*places_)[current_].end == 0) end_tensor();
}

void SafetensorsDigests::end_tensor() {
    TensorPlace& place = (*places_)[current_++];
    done_.push_back({std::move(place.name), std::move(place.dtype), std::move(place.shape), to_hex(digest_.finish())});
    digest_ = Sha256();
}

void SafetensorsDigests::update(std::string_view piece) {
    if (!places_) take_header(piece);
    while (!piece.empty()) {
        if (current_ == places_->size()) fail("bytes after the last tensor");
        const std::uint64_t left = (*places_)[current_].end - at_;
        const std::string_view part =
            piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size())));
        digest_.update(part);
        at_ += part.size();
        piece.remove_prefix(part.size());
        while (current_ < places_->size() && (*places_)[current_].end == at_) end_tensor();
    }
}

std::vector<TensorDigest> SafetensorsDigests::finish() {
    if (!places_ || current_ < places_->size()) fail("it ends early");
    std::sort(done_.begin(), done_.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return std::move(done_);
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

std::vector<TensorDigest> read_safetensors(std::string_view file) { return digests_of(view_safetensors(file)); }

}  // namespace assay
