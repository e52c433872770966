#include "core/npy.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

constexpr std::string_view k_magic = "\x93NUMPY";
constexpr std::size_t k_header_limit = 64 * 1024;
constexpr std::size_t k_rank_limit = 8;

struct TypeName {
    NumericType type;
    std::string_view descr;
    std::size_t size;
};
constexpr TypeName k_types[] = {
    {NumericType::float32, "<f4", 4}, {NumericType::float64, "<f8", 8}, {NumericType::int32, "<i4", 4},
    {NumericType::int64, "<i8", 8},   {NumericType::uint8, "|u1", 1},   {NumericType::uint64, "<u8", 8},
};

const TypeName& name_of(NumericType type) {
    return *std::find_if(std::begin(k_types), std::end(k_types), [&](const TypeName& t) { return t.type == type; });
}

[[noreturn]] void fail(const std::string& what) {
    throw Error("N0101", Exit::unreadable, "not a readable .npy array: " + what);
}

// The text after "'key':" in the header's dictionary, without leading blanks.
std::string_view value_of(std::string_view header, std::string_view key) {
    const std::string quoted = "'" + std::string(key) + "':";
    const std::size_t at = header.find(quoted);
    if (at == std::string_view::npos) fail("its header has no '" + std::string(key) + "'");
    std::string_view rest = header.substr(at + quoted.size());
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    return rest;
}

// The text between quotes; empty for a structured type, which is a list.
std::string read_descr(std::string_view header) {
    const std::string_view rest = value_of(header, "descr");
    const std::size_t end = rest.size() > 1 ? rest.find('\'', 1) : std::string_view::npos;
    if (rest.empty() || rest.front() != '\'' || end == std::string_view::npos) return "";
    return std::string(rest.substr(1, end - 1));
}

NumericType type_of(const std::string& descr) {
    if (descr.empty()) fail("a structured or damaged dtype");
    for (const TypeName& type : k_types) {
        if (type.descr == descr) return type.type;
    }
    fail("dtype '" + descr + "'; expected one of <f4 <f8 <i4 <i8 |u1 <u8");
}

std::vector<std::size_t> read_shape(std::string_view header) {
    std::string_view rest = value_of(header, "shape");
    const std::size_t end = rest.find(')');
    if (rest.empty() || rest.front() != '(' || end == std::string_view::npos) fail("a damaged shape");
    std::vector<std::size_t> shape;
    for (const std::string& part : split(rest.substr(1, end - 1), ',')) {
        std::string digits;
        for (const char c : part) {
            if (c == ' ') continue;
            if (c < '0' || c > '9' || digits.size() > 18) fail("a damaged shape");
            digits += c;
        }
        if (!digits.empty()) shape.push_back(static_cast<std::size_t>(std::stoull(digits)));
        if (shape.size() > k_rank_limit) fail("more than 8 dimensions");
    }
    return shape;
}

// Product of the dimensions times the element size, or nothing when it overflows.
std::optional<std::size_t> bytes_of(const std::vector<std::size_t>& shape, std::size_t element) {
    std::size_t total = element;
    for (const std::size_t dimension : shape) {
        if (dimension != 0 && total > std::numeric_limits<std::size_t>::max() / dimension) return std::nullopt;
        total *= dimension;
    }
    return total;
}

}  // namespace

std::size_t size_of(NumericType type) { return name_of(type).size; }

std::size_t NumericArray::count() const { return bytes.size() / size_of(type); }

NpyHeader read_npy_header(std::string_view file) {
    if (!file.starts_with(k_magic) || file.size() < 10) fail("it does not begin with the .npy signature");
    const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(file[at])); };
    const std::size_t major = byte(6);
    if (major < 1 || major > 3) fail("format version " + std::to_string(major) + "; expected 1, 2 or 3");
    const std::size_t prefix = major == 1 ? 10 : 12;
    if (file.size() < prefix) fail("it ends inside the header");
    std::size_t length = byte(8) | byte(9) << 8;
    if (major > 1) length |= byte(10) << 16 | byte(11) << 24;
    if (length > k_header_limit) fail("a header of " + std::to_string(length) + " bytes");
    if (file.size() < prefix + length) fail("it ends inside the header");
    const std::string_view header = file.substr(prefix, length);
    NpyHeader read{read_descr(header), false, read_shape(header), prefix + length};
    read.fortran_order = !value_of(header, "fortran_order").starts_with("False");
    return read;
}

NumericArray parse_npy(std::string_view file) {
    NpyHeader header = read_npy_header(file);
    NumericArray array{type_of(header.descr), std::move(header.shape), ""};
    if (header.fortran_order && array.shape.size() > 1) fail("Fortran order; save it with numpy.ascontiguousarray");
    const auto expected = bytes_of(array.shape, size_of(array.type));
    const std::string_view data = file.substr(header.data_begin);
    if (!expected || data.size() != *expected) {
        fail(std::to_string(data.size()) + " bytes of data; its shape needs " +
             (expected ? std::to_string(*expected) : std::string("more than memory can hold")));
    }
    array.bytes = std::string(data);
    return array;
}

std::string write_npy(const NumericArray& array) {
    std::string header =
        "{'descr': '" + std::string(name_of(array.type).descr) + "', 'fortran_order': False, 'shape': (";
    for (std::size_t i = 0; i < array.shape.size(); ++i) {
        header += std::to_string(array.shape[i]);
        if (i + 1 < array.shape.size() || array.shape.size() == 1) header += i + 1 < array.shape.size() ? ", " : ",";
    }
    header += "), }";
    const std::size_t unpadded = 10 + header.size() + 1;
    header.append((64 - unpadded % 64) % 64, ' ');
    header += '\n';
    std::string file(k_magic);
    file += '\x01';
    file += '\0';
    file += static_cast<char>(header.size() & 0xff);
    file += static_cast<char>(header.size() >> 8);
    return file + header + array.bytes;
}

std::vector<std::int64_t> integers_of(const NumericArray& array) {
    std::vector<std::int64_t> values(array.count());
    const char* data = array.bytes.data();
    const auto load = [&]<class T>(std::size_t i, T) {
        T value;
        std::memcpy(&value, data + i * sizeof(T), sizeof(T));
        return value;
    };
    for (std::size_t i = 0; i < values.size(); ++i) {
        switch (array.type) {
            case NumericType::int64:
                values[i] = load(i, std::int64_t{});
                break;
            case NumericType::int32:
                values[i] = load(i, std::int32_t{});
                break;
            case NumericType::uint8:
                values[i] = load(i, std::uint8_t{});
                break;
            case NumericType::uint64:
                values[i] = static_cast<std::int64_t>(load(i, std::uint64_t{}));
                break;
            case NumericType::float32:
            case NumericType::float64:
                throw Error("N0102", Exit::unreadable,
                            "expected whole numbers, got an array of floating-point numbers");
        }
    }
    return values;
}

}  // namespace assay
