#include <algorithm>
#include <cstring>
#include <limits>

#include "archive/planes.hpp"
#include "archive/planes_split.hpp"
#include "archive/planes_text.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

[[noreturn]] void fail(const TensorView& tensor, const std::string& what) {
    throw Error("A0302", Exit::usage, "tensor '" + tensor.name + "' cannot be kept as planes: " + what);
}

PlaneTensor described(const TensorView& tensor) {
    PlaneTensor plane{tensor.name, tensor.dtype, '-', tensor.shape, 1, 0, 0};
    const auto width = dtype_bytes(tensor.dtype);
    if (!width) fail(tensor, "dtype '" + tensor.dtype + "' is not known");
    plane.width = *width;
    if (tensor.shape.size() > k_planes_rank_limit) fail(tensor, "it has more than 16 dimensions");
    if (tensor.name.empty() || tensor.name == k_planes_metadata) fail(tensor, "a name that the format needs itself");
    if (escaped_name(tensor.name).size() > k_planes_name_limit) fail(tensor, "its name is longer than 512 bytes");
    if (!count_elements(plane) || plane.size_bytes() != tensor.bytes.size()) {
        fail(tensor, std::to_string(tensor.bytes.size()) + " bytes do not fit its shape");
    }
    plane.layout = layout_of(tensor.dtype);
    if (plane.layout == 'r' && mostly_zero(tensor.bytes, plane.width)) plane.layout = '-';
    return plane;
}

}  // namespace

void write_planes(const std::vector<TensorView>& tensors, std::string& file) {
    if (tensors.size() > k_planes_tensor_limit)
        throw Error("A0302", Exit::usage, "more than 1,000,000 tensors cannot be kept as one file of planes");
    struct Pair {
        std::string key;
        PlaneTensor plane;
        const TensorView* source;
    };
    std::vector<Pair> pairs;
    pairs.reserve(tensors.size());
    for (const TensorView& tensor : tensors) pairs.push_back({escaped_name(tensor.name), described(tensor), &tensor});
    std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.key < b.key; });
    std::vector<PlaneTensor> planes;
    planes.reserve(pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (i > 0 && pairs[i - 1].key == pairs[i].key) fail(*pairs[i].source, "another has the same name");
        planes.push_back(pairs[i].plane);
    }
    const std::string head = planes_header(planes);
    if (head.size() > 8 + k_planes_header_limit)
        throw Error("A0302", Exit::usage, "the names and shapes of these tensors take more than 16 MiB");
    std::uint64_t total = head.size();
    for (const PlaneTensor& plane : planes) total += plane.size_bytes();
    file.resize(total);
    std::memcpy(file.data(), head.data(), head.size());
    char* out = file.data() + head.size();
    for (std::size_t i = 0; i < planes.size(); ++i) {
        split_planes(planes[i], pairs[i].source->bytes.data(), out);
        out += planes[i].size_bytes();
    }
}

std::string write_planes(const std::vector<TensorView>& tensors) {
    std::string file;
    write_planes(tensors, file);
    return file;
}

}  // namespace assay
