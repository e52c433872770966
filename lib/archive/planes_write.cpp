#include <algorithm>
#include <utility>

#include "archive/planes.hpp"
#include "archive/planes_split.hpp"
#include "archive/planes_text.hpp"
#include "base/check.hpp"
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

PlanesWriter::PlanesWriter(std::vector<TensorView> tensors) {
    if (tensors.size() > k_planes_tensor_limit)
        throw Error("A0302", Exit::usage, "more than 1,000,000 tensors cannot be kept as one file of planes");
    struct Named {
        std::string key;
        TensorView* tensor;
    };
    std::vector<Named> sorted;
    sorted.reserve(tensors.size());
    for (TensorView& tensor : tensors) sorted.push_back({escaped_name(tensor.name), &tensor});
    std::sort(sorted.begin(), sorted.end(), [](const Named& a, const Named& b) { return a.key < b.key; });
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        planes_.push_back(described(*sorted[i].tensor));
        if (i > 0 && sorted[i - 1].key == sorted[i].key) fail(*sorted[i].tensor, "another has the same name");
        sources_.push_back(std::move(*sorted[i].tensor));
    }
    head_ = planes_header(planes_);
    if (head_.size() > 8 + k_planes_header_limit)
        throw Error("A0302", Exit::usage, "the names and shapes of these tensors take more than 16 MiB");
    size_bytes_ = head_.size();
    for (const PlaneTensor& plane : planes_) size_bytes_ += plane.size_bytes();
}

// As much as lies side by side in one plane.
std::size_t PlanesWriter::read_some(std::uint64_t offset, std::span<char> into) {
    if (offset < head_.size()) return head_.copy(into.data(), into.size(), offset);
    while (planes_[current_].offset > offset) --current_;
    while (planes_[current_].offset + planes_[current_].size_bytes() <= offset) ++current_;
    const PlaneTensor& plane = planes_[current_];
    const std::string_view bytes = sources_[current_].bytes;
    const std::uint64_t at = offset - plane.offset;
    if (plane.layout == '-') return bytes.copy(into.data(), into.size(), at);
    const std::uint64_t element = at % plane.elements;
    const std::size_t size = std::min<std::uint64_t>(plane.elements - element, into.size());
    take_plane(plane, at / plane.elements, bytes.data() + element * plane.width, size, into.data());
    return size;
}

void PlanesWriter::read(std::uint64_t offset, std::span<char> into) {
    ASSAY_CHECK(offset <= size_bytes_ && into.size() <= size_bytes_ - offset);
    while (!into.empty()) {
        const std::size_t size = read_some(offset, into);
        offset += size;
        into = into.subspan(size);
    }
}

std::string_view PlanesWriter::at(std::uint64_t offset, std::size_t size_bytes) {
    if (part_.size() < size_bytes) part_.resize(size_bytes);
    read(offset, {part_.data(), size_bytes});
    return std::string_view(part_).substr(0, size_bytes);
}

std::vector<Stretch> PlanesWriter::stretches() const { return stretches_of(head_.size(), planes_); }

std::string write_planes(std::vector<TensorView> tensors) {
    PlanesWriter writer(std::move(tensors));
    std::string file(writer.size_bytes(), '\0');
    writer.read(0, file);
    return file;
}

}  // namespace assay
