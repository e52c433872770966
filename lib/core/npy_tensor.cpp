#include "core/npy_tensor.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "core/npy.hpp"

namespace assay {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw Error("N0101", Exit::unreadable, "not a readable .npy array: " + what);
}

struct Type {
    std::string_view code, dtype;
    std::size_t size;
};
constexpr Type k_types[] = {
    {"f2", "F16", 2}, {"f4", "F32", 4}, {"f8", "F64", 8}, {"i1", "I8", 1},  {"i2", "I16", 2}, {"i4", "I32", 4},
    {"i8", "I64", 8}, {"u1", "U8", 1},  {"u2", "U16", 2}, {"u4", "U32", 4}, {"u8", "U64", 8}, {"b1", "BOOL", 1},
};

const Type* type_of(const std::string& descr) {
    if (descr.size() != 3 || std::string_view("<>|").find(descr[0]) == std::string_view::npos) return nullptr;
    for (const Type& type : k_types) {
        if (descr.substr(1) == type.code && (descr[0] != '|' || type.size == 1)) return &type;
    }
    return nullptr;
}

// The product of the dimensions and the element's size; nothing allocates before it was compared with the data.
std::size_t bytes_of(const std::vector<std::size_t>& shape, std::size_t element) {
    std::size_t total = element;
    for (const std::size_t dimension : shape) {
        if (dimension != 0 && total > std::numeric_limits<std::size_t>::max() / dimension)
            fail("a shape beyond memory");
        total *= dimension;
    }
    return total;
}

// Column-major to row-major: the index counts up in C order, its last digit fastest.
std::string in_c_order(std::string_view data, const std::vector<std::size_t>& shape, std::size_t element) {
    std::string out(data.size(), '\0');
    std::vector<std::size_t> index(shape.size(), 0), stride(shape.size(), element);
    for (std::size_t i = 1; i < shape.size(); ++i) stride[i] = stride[i - 1] * shape[i - 1];
    std::size_t from = 0;
    for (std::size_t to = 0; to < out.size(); to += element) {
        data.copy(out.data() + to, element, from);
        for (std::size_t i = shape.size(); i-- > 0;) {
            from += stride[i];
            if (++index[i] < shape[i]) break;
            from -= stride[i] * shape[i];
            index[i] = 0;
        }
    }
    return out;
}

std::string_view data_of(std::string_view file, const NpyHeader& header, const Type& type) {
    const std::string_view data = file.substr(header.data_begin);
    if (data.size() != bytes_of(header.shape, type.size)) {
        fail(std::to_string(data.size()) + " bytes of data; its shape needs " +
             std::to_string(bytes_of(header.shape, type.size)));
    }
    return data;
}

}  // namespace

NpyTensor read_npy_tensor(std::string_view file) {
    const NpyHeader header = read_npy_header(file);
    NpyTensor tensor{"", header.descr, {header.shape.begin(), header.shape.end()}, ""};
    const Type* const type = type_of(header.descr);
    if (type == nullptr) return tensor;
    const std::string_view data = data_of(file, header, *type);
    tensor.dtype = type->dtype;
    const bool reorder = header.fortran_order && header.shape.size() > 1 && !data.empty();
    tensor.bytes = reorder ? in_c_order(data, header.shape, type->size) : std::string(data);
    if (header.descr[0] == '>') {
        for (std::size_t at = 0; at < tensor.bytes.size(); at += type->size) {
            const auto begin = tensor.bytes.begin() + static_cast<std::ptrdiff_t>(at);
            std::reverse(begin, begin + static_cast<std::ptrdiff_t>(type->size));
        }
    }
    return tensor;
}

std::optional<TensorView> view_npy(std::string_view file, std::string_view tensor_name) {
    const NpyHeader header = read_npy_header(file);
    const Type* const type = type_of(header.descr);
    const bool other_order = header.fortran_order && header.shape.size() > 1;
    if (type == nullptr || other_order || (header.descr[0] == '>' && type->size > 1)) return std::nullopt;
    return TensorView{std::string(tensor_name),
                      std::string(type->dtype),
                      {header.shape.begin(), header.shape.end()},
                      data_of(file, header, *type)};
}

}  // namespace assay
