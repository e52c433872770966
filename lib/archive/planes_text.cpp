#include "archive/planes_text.hpp"

#include <limits>

namespace assay {
namespace {

bool is_plain(char c) { return c >= 0x21 && c <= 0x7E && c != '"' && c != '\\' && c != '%'; }

bool is_float(std::string_view dtype) { return dtype == "F64" || dtype == "F32" || dtype == "BF16" || dtype == "F16"; }

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void append_entry(const std::string& name, const PlaneTensor& tensor, std::uint64_t begin, std::string& out) {
    const bool planes = tensor.layout != '-';
    const std::uint64_t rows = planes ? tensor.width : 1;
    const std::uint64_t columns = planes ? tensor.elements : tensor.size_bytes();
    out += '"' + name + R"(":{"data_offsets":[)" + std::to_string(begin) + ',' +
           std::to_string(begin + tensor.size_bytes()) + R"(],"dtype":"U8","shape":[)" + std::to_string(rows) + ',' +
           std::to_string(columns) + "]}";
}

void append_description(const std::string& name, const PlaneTensor& tensor, std::string& out) {
    out += R"(,"t:)" + name + R"(":")" + tensor.dtype + ' ' + tensor.layout + ' ';
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
        if (i > 0) out += ',';
        out += std::to_string(tensor.shape[i]);
    }
    out += '"';
}

}  // namespace

std::string escaped_name(std::string_view name) {
    static constexpr char k_hex[] = "0123456789ABCDEF";
    std::string text;
    text.reserve(name.size());
    for (const char c : name) {
        if (is_plain(c)) {
            text += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            text += '%';
            text += k_hex[byte >> 4];
            text += k_hex[byte & 15];
        }
    }
    return text;
}

std::optional<std::string> name_from_escaped(std::string_view text) {
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_plain(text[i])) {
            name += text[i];
            continue;
        }
        if (text[i] != '%' || i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        const char byte = static_cast<char>(high * 16 + low);
        if (is_plain(byte)) return std::nullopt;  // would have been written as itself
        name += byte;
        i += 2;
    }
    return name;
}

char layout_of(std::string_view dtype) {
    if (is_float(dtype)) return 'r';
    return dtype_bytes(dtype).value_or(1) > 1 ? 'p' : '-';
}

bool layout_fits(char layout, std::string_view dtype) {
    return layout == layout_of(dtype) || (layout == '-' && is_float(dtype));
}

bool count_elements(PlaneTensor& tensor) {
    constexpr std::uint64_t k_limit = std::numeric_limits<std::int64_t>::max();
    tensor.elements = 1;
    bool empty = false;
    for (const std::uint64_t dimension : tensor.shape) empty = empty || dimension == 0;
    for (const std::uint64_t dimension : tensor.shape) {
        if (dimension > k_limit) return false;
        if (dimension != 0 && tensor.elements > k_limit / tensor.width / dimension) return false;
        if (dimension != 0) tensor.elements *= dimension;
    }
    if (empty) tensor.elements = 0;
    return true;
}

std::string planes_header(std::vector<PlaneTensor>& tensors) {
    std::string metadata(k_planes_metadata_begin), entries = "{", name;
    std::uint64_t at = 0;
    bool metadata_written = false;
    const auto write_metadata = [&] {
        if (entries.size() > 1) entries += ',';
        entries += metadata + '}';
        metadata_written = true;
    };
    for (const PlaneTensor& tensor : tensors) append_description(escaped_name(tensor.name), tensor, metadata);
    for (PlaneTensor& tensor : tensors) {
        name = escaped_name(tensor.name);
        if (!metadata_written && name > k_planes_metadata) write_metadata();
        if (entries.size() > 1) entries += ',';
        append_entry(name, tensor, at, entries);
        tensor.offset = at;
        at += tensor.size_bytes();
    }
    if (!metadata_written) write_metadata();
    entries += '}';
    entries.append((8 - entries.size() % 8) % 8, ' ');
    for (PlaneTensor& tensor : tensors) tensor.offset += 8 + entries.size();
    std::string head;
    for (int shift = 0; shift < 64; shift += 8)
        head += static_cast<char>((std::uint64_t{entries.size()} >> shift) & 0xff);
    return head + entries;
}

std::vector<Stretch> stretches_of(std::uint64_t header_bytes, const std::vector<PlaneTensor>& tensors) {
    std::vector<Stretch> stretches = {{header_bytes, FrameStyle::text}};
    for (const PlaneTensor& tensor : tensors) {
        if (tensor.layout == '-')
            stretches.push_back({tensor.size_bytes(), FrameStyle::plain});
        else
            stretches.insert(stretches.end(), tensor.width,
                             {tensor.elements, tensor.layout == 'r' ? FrameStyle::plane : FrameStyle::plain});
    }
    return stretches;
}

}  // namespace assay
