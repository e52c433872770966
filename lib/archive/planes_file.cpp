#include "archive/planes_file.hpp"

#include <algorithm>
#include <cstring>

#include "archive/planes.hpp"
#include "archive/planes_split.hpp"
#include "archive/planes_text.hpp"
#include "base/error.hpp"
#include "core/npy_tensor.hpp"
#include "core/zip.hpp"

namespace assay {
namespace {

constexpr std::string_view k_container("\0file", 5);
constexpr std::uint64_t k_container_limit = std::uint64_t{16} << 20;

[[noreturn]] void fail(const std::string& what) {
    throw Error("A0301", Exit::unreadable, "not the planes of a file: " + what);
}

std::optional<std::vector<TensorView>> tensors_in_npz(std::string_view file) {
    constexpr std::string_view k_ending = ".npy";
    std::vector<TensorView> tensors;
    for (const ZipMember& member : zip_members(file)) {
        if (member.deflated || !member.name.ends_with(k_ending)) return std::nullopt;
        auto tensor = view_npy(member.packed, member.name.substr(0, member.name.size() - k_ending.size()));
        if (!tensor) return std::nullopt;
        tensors.push_back(std::move(*tensor));
    }
    return tensors;
}

std::optional<std::vector<TensorView>> tensors_of_kind(std::string_view file) {
    if (file.starts_with("\x93NUMPY")) {
        const auto tensor = view_npy(file, "arr_0");
        return tensor ? std::optional(std::vector<TensorView>{*tensor}) : std::nullopt;
    }
    if (looks_like_safetensors(file)) return view_safetensors(file);
    return looks_like_zip(file) ? tensors_in_npz(file) : std::nullopt;
}

// A part of the file; those of no bytes lie at its begin.
struct Extent {
    std::uint64_t begin = 0, size = 0;
};

Extent extent_of(std::string_view file, const TensorView& tensor) {
    if (tensor.bytes.empty()) return {};
    return {static_cast<std::uint64_t>(tensor.bytes.data() - file.data()), tensor.bytes.size()};
}

std::vector<std::size_t> in_file_order(const std::vector<Extent>& extents) {
    std::vector<std::size_t> order(extents.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(extents[a].begin, extents[a].size) < std::pair(extents[b].begin, extents[b].size);
    });
    return order;
}

// Where the tensors begin, and all that lies between them.
std::string container_of(std::string_view file, const std::vector<Extent>& extents) {
    std::string container;
    for (const Extent& extent : extents)
        for (int shift = 0; shift < 64; shift += 8) container += static_cast<char>((extent.begin >> shift) & 0xff);
    std::uint64_t at = 0;
    for (const std::size_t i : in_file_order(extents)) {
        container += file.substr(at, extents[i].begin - at);
        at = extents[i].begin + extents[i].size;
    }
    container += file.substr(at);
    return container;
}

// Puts a file together again.
class Joiner {
public:
    Joiner(const Window& planes, const TakeBytes& take) : planes_(planes), take_(take) {}

    void run(std::uint64_t file_bytes) {
        read_header();
        check(file_bytes);
        std::uint64_t at = 0;
        for (const std::size_t i : in_file_order(extents_)) {
            if (extents_[i].begin > at) take_verbatim(extents_[i].begin - at);
            each_piece_of_tensor(tensors_[i], planes_.read, take_);
            at = extents_[i].begin + extents_[i].size;
        }
        if (!verbatim_.empty()) take_(verbatim_);
    }

private:
    std::string bytes_at(std::uint64_t offset, std::uint64_t size) const {
        std::string bytes(size, '\0');
        planes_.read(offset, bytes);
        return bytes;
    }

    void read_header() {
        const std::string first = bytes_at(0, std::min<std::uint64_t>(8, planes_.size_bytes));
        const std::uint64_t begin = std::min(planes_data_begin(first), planes_.size_bytes);
        tensors_ = read_planes_header(bytes_at(0, begin), planes_.size_bytes);
        const auto found = std::find_if(tensors_.begin(), tensors_.end(),
                                        [](const PlaneTensor& tensor) { return tensor.name == k_container; });
        if (found == tensors_.end()) fail("its container is missing");
        const PlaneTensor container = *found;
        tensors_.erase(found);
        if (container.dtype != "U8" || container.size_bytes() > k_container_limit + 8 * tensors_.size() ||
            container.size_bytes() < 8 * tensors_.size())
            fail("a container of " + std::to_string(container.size_bytes()) + " bytes");
        container_ = bytes_at(container.offset, container.size_bytes());
        for (std::size_t i = 0; i < tensors_.size(); ++i) {
            std::uint64_t begins = 0;
            std::memcpy(&begins, container_.data() + 8 * i, 8);
            extents_.push_back({begins, tensors_[i].size_bytes()});
        }
        verbatim_ = std::string_view(container_).substr(8 * tensors_.size());
    }

    void check(std::uint64_t file_bytes) const {
        std::uint64_t total = verbatim_.size(), at = 0, left = verbatim_.size();
        for (const Extent& extent : extents_) total += extent.size;
        if (total != file_bytes)
            fail("one of " + std::to_string(total) + " bytes, expected " + std::to_string(file_bytes));
        for (const std::size_t i : in_file_order(extents_)) {
            if (extents_[i].begin < at || extents_[i].begin - at > left) fail("tensors that overlap or leave gaps");
            left -= extents_[i].begin - at;
            at = extents_[i].begin + extents_[i].size;
        }
    }

    void take_verbatim(std::uint64_t size) {
        take_(verbatim_.substr(0, size));
        verbatim_.remove_prefix(size);
    }

    const Window& planes_;
    const TakeBytes& take_;
    std::vector<PlaneTensor> tensors_;
    std::vector<Extent> extents_;
    std::string container_;
    std::string_view verbatim_;
};

}  // namespace

std::optional<std::vector<TensorView>> tensors_in_file(std::string_view file) {
    try {
        return tensors_of_kind(file);
    } catch (const Error&) {  // it only begins as one
        return std::nullopt;
    }
}

std::optional<FilePlanes> file_planes(std::string_view file, const std::vector<TensorView>& tensors) {
    struct Named {
        std::string name;
        const TensorView* tensor;
    };
    std::vector<Named> sorted;
    for (const TensorView& tensor : tensors) sorted.push_back({escaped_name(tensor.name), &tensor});
    std::sort(sorted.begin(), sorted.end(), [](const Named& a, const Named& b) { return a.name < b.name; });
    std::vector<TensorView> all;
    std::vector<Extent> extents;
    std::uint64_t inside = 0;
    for (const Named& named : sorted) {
        all.push_back(*named.tensor);
        extents.push_back(extent_of(file, *named.tensor));
        inside += extents.back().size;
    }
    if (file.size() - inside > k_container_limit) return std::nullopt;
    auto container = std::make_unique<const std::string>(container_of(file, extents));
    all.push_back({std::string(k_container), "U8", {container->size()}, *container});
    try {
        return FilePlanes{std::move(container), PlanesWriter(std::move(all))};
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::optional<std::string> planes_of_file(std::string_view file, const std::vector<TensorView>& tensors) {
    auto made = file_planes(file, tensors);
    if (!made) return std::nullopt;
    std::string planes(made->planes.size_bytes(), '\0');
    made->planes.read(0, planes);
    return planes;
}

void each_piece_of_file(const Window& planes, std::uint64_t file_bytes, const TakeBytes& take) {
    Joiner(planes, take).run(file_bytes);
}

}  // namespace assay
