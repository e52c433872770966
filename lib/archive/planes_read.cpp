#include <algorithm>
#include <charconv>
#include <cstring>

#include "archive/planes.hpp"
#include "archive/planes_split.hpp"
#include "archive/planes_text.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw Error("A0301", Exit::unreadable, "not a readable file of planes: " + what);
}

// The text up to `end`, which is taken too.
std::string_view take_until(std::string_view& text, std::string_view end) {
    const std::size_t at = text.find(end);
    if (at == std::string_view::npos) fail("the descriptions of its tensors are cut off");
    const std::string_view taken = text.substr(0, at);
    text.remove_prefix(at + end.size());
    return taken;
}

std::vector<std::uint64_t> read_shape(std::string_view text, const std::string& name) {
    std::vector<std::uint64_t> shape;
    while (!text.empty()) {
        const std::string_view digits = text.substr(0, text.find(','));
        std::uint64_t dimension = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), dimension);
        if (error != std::errc() || end != digits.data() + digits.size()) fail("the shape of " + name);
        shape.push_back(dimension);
        if (shape.size() > k_planes_rank_limit) fail(name + " has more than 16 dimensions");
        text.remove_prefix(std::min(text.size(), digits.size() + 1));
    }
    return shape;
}

PlaneTensor read_description(std::string_view key, std::string_view text) {
    if (key.size() > k_planes_name_limit) fail("a name of more than 512 bytes");
    auto name = name_from_escaped(key);
    if (!name || name->empty() || key == k_planes_metadata) fail("the name '" + escaped_name(key) + "'");
    PlaneTensor tensor;
    tensor.name = std::move(*name);
    const std::size_t blank = text.find(' ');
    tensor.dtype = text.substr(0, blank);
    const auto width = dtype_bytes(tensor.dtype);
    if (!width || text.size() < blank + 3 || text[blank + 2] != ' ') fail("the description of " + std::string(key));
    tensor.width = *width;
    tensor.layout = text[blank + 1];
    if (!layout_fits(tensor.layout, tensor.dtype)) fail("the layout of " + std::string(key));
    tensor.shape = read_shape(text.substr(blank + 3), std::string(key));
    if (!count_elements(tensor)) fail("the shape of " + std::string(key));
    return tensor;
}

// Only what describes the tensors is read. Everything else of the header follows from it, so it is written anew and
// compared: sorted keys, offsets side by side, padding.
std::vector<PlaneTensor> read_descriptions(std::string_view header) {
    // No name holds a quotation mark, so this stands at one place only.
    const std::size_t begin = header.find(k_planes_metadata_begin);
    if (begin == std::string_view::npos) fail("no description of its tensors as pst 1");
    std::string_view text = header.substr(begin + k_planes_metadata_begin.size());
    constexpr std::string_view k_next = R"(,"t:)";
    std::vector<PlaneTensor> tensors;
    std::string_view before;
    while (text.starts_with(k_next)) {
        text.remove_prefix(k_next.size());
        const std::string_view key = take_until(text, R"(":")");
        const std::string_view description = take_until(text, "\"");
        if (!tensors.empty() && key <= before) fail("its tensors are not sorted by name");
        before = key;
        tensors.push_back(read_description(key, description));
        if (tensors.size() > k_planes_tensor_limit) fail("more than 1,000,000 tensors");
    }
    if (!text.starts_with("}")) fail("unknown metadata");
    return tensors;
}

}  // namespace

bool looks_like_planes(std::string_view file) {
    if (!looks_like_safetensors(file)) return false;
    const std::string_view header = file.substr(8, planes_data_begin(file) - 8);
    return header.find(k_planes_metadata_begin) != std::string_view::npos;
}

std::uint64_t planes_data_begin(std::string_view first_bytes) {
    if (first_bytes.size() < 8) fail("it has " + std::to_string(first_bytes.size()) + " bytes");
    std::uint64_t length = 0;
    std::memcpy(&length, first_bytes.data(), 8);
    if (length > k_planes_header_limit) fail("a header of " + std::to_string(length) + " bytes");
    return 8 + length;
}

std::vector<PlaneTensor> read_planes_header(std::string_view begin, std::uint64_t file_bytes) {
    const std::uint64_t data = planes_data_begin(begin);
    if (data > begin.size() || data > file_bytes) fail("a header of " + std::to_string(data - 8) + " bytes");
    std::vector<PlaneTensor> tensors = read_descriptions(begin.substr(8, data - 8));
    std::uint64_t total = data;
    for (const PlaneTensor& tensor : tensors) {
        if (tensor.size_bytes() > file_bytes - total) fail(escaped_name(tensor.name) + " ends after the file does");
        total += tensor.size_bytes();
    }
    if (total != file_bytes) fail("bytes after the last tensor");
    if (planes_header(tensors) != begin.substr(0, data))
        fail("its header is not in the one form that its tensors have");
    return tensors;
}

std::vector<PlaneTensor> read_planes_header(std::string_view file) { return read_planes_header(file, file.size()); }

void join_planes(const PlaneTensor& tensor, std::string_view planes, std::string& bytes) {
    bytes.resize(planes.size());
    join_planes(tensor, planes.data(), bytes.data());
}

void each_piece_of_tensor(const PlaneTensor& tensor, const ReadAt& planes, const TakeBytes& take) {
    constexpr std::uint64_t k_piece = k_frame_limit;  // so that no frame is unpacked twice
    PlaneTensor part = tensor;
    const std::uint64_t rows = tensor.layout == '-' ? 1 : tensor.width, columns = tensor.size_bytes() / rows;
    if (rows == 1) part.width = 1;
    std::string in_planes, joined;
    for (std::uint64_t begin = 0; begin < columns; begin += part.elements) {
        part.elements = std::min(columns - begin, k_piece);
        in_planes.resize(part.size_bytes());
        for (std::uint64_t row = 0; row < rows; ++row)
            planes(tensor.offset + row * columns + begin, {in_planes.data() + row * part.elements, part.elements});
        if (rows == 1) {
            take(in_planes);
        } else {
            join_planes(part, in_planes, joined);
            take(joined);
        }
    }
}

std::vector<Stretch> planes_stretches(std::string_view file) {
    return stretches_of(planes_data_begin(file), read_planes_header(file));
}

std::vector<TensorDigest> digest_planes(std::string_view file) {
    std::vector<TensorDigest> digests;
    std::string bytes;
    for (const PlaneTensor& tensor : read_planes_header(file)) {
        join_planes(tensor, file.substr(tensor.offset, tensor.size_bytes()), bytes);
        digests.push_back(digest_of({tensor.name, tensor.dtype, tensor.shape, bytes}));
    }
    std::sort(digests.begin(), digests.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return digests;
}

std::string planes_to_safetensors(std::string_view file) {
    std::vector<std::string> storage;
    std::vector<TensorView> views;
    for (const PlaneTensor& tensor : read_planes_header(file)) {
        join_planes(tensor, file.substr(tensor.offset, tensor.size_bytes()), storage.emplace_back());
        views.push_back({tensor.name, tensor.dtype, tensor.shape, {}});
    }
    for (std::size_t i = 0; i < views.size(); ++i) views[i].bytes = storage[i];
    return write_safetensors(std::move(views));
}

}  // namespace assay
