#include "archive/delta.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "archive/planes.hpp"
#include "archive/planes_split.hpp"
#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::string_view k_magic("PSTD1\0\0\0", 8);

[[noreturn]] void fail(const std::string& what) {
    throw Error("A0601", Exit::unreadable, "not a readable delta: " + what);
}

template <class Word>
constexpr Word k_top = static_cast<Word>(Word{1} << (8 * sizeof(Word) - 1));

template <class Word>
Word ordered(Word x) {
    return static_cast<Word>((x & k_top<Word>) != 0 ? ~x : x | k_top<Word>);
}
template <class Word>
Word unordered(Word m) {
    return static_cast<Word>((m & k_top<Word>) != 0 ? m ^ k_top<Word> : ~m);
}
template <class Word>
Word folded(Word d) {
    return static_cast<Word>(static_cast<Word>(d << 1) ^
                             ((d & k_top<Word>) != 0 ? static_cast<Word>(~Word{0}) : Word{0}));
}
template <class Word>
Word unfolded(Word z) {
    return static_cast<Word>((z >> 1) ^ ((z & 1) != 0 ? static_cast<Word>(~Word{0}) : Word{0}));
}

// In place: `bytes` of the target become differences, or the other way round.
template <class Word>
void change(std::string& bytes, const std::string& base, bool to_difference) {
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(Word)) {
        Word x = 0, b = 0;
        std::memcpy(&x, bytes.data() + at, sizeof(Word));
        std::memcpy(&b, base.data() + at, sizeof(Word));
        x = to_difference ? folded<Word>(static_cast<Word>(ordered(x) - ordered(b)))
                          : unordered<Word>(static_cast<Word>(unfolded(x) + ordered(b)));
        std::memcpy(bytes.data() + at, &x, sizeof(Word));
    }
}

void change(std::string& bytes, const std::string& base, std::uint64_t width, bool to_difference) {
    ASSAY_CHECK(bytes.size() == base.size() && bytes.size() % width == 0);
    if (width == 2) return change<std::uint16_t>(bytes, base, to_difference);
    if (width == 4) return change<std::uint32_t>(bytes, base, to_difference);
    ASSAY_CHECK(width == 8);
    change<std::uint64_t>(bytes, base, to_difference);
}

using ByName = std::map<std::string_view, const PlaneTensor*>;

ByName by_name(const std::vector<PlaneTensor>& tensors) {
    ByName names;
    for (const PlaneTensor& tensor : tensors) names[tensor.name] = &tensor;
    return names;
}

// The base's tensor that this one is kept as a difference from, or none.
const PlaneTensor* partner(const PlaneTensor& tensor, const ByName& base) {
    const auto found = base.find(tensor.name);
    if (tensor.layout == '-' || found == base.end()) return nullptr;
    const PlaneTensor& other = *found->second;
    const bool same = other.dtype == tensor.dtype && other.layout == tensor.layout && other.shape == tensor.shape;
    return same ? &other : nullptr;
}

std::string part(std::string_view file, const PlaneTensor& tensor) {
    std::string bytes;
    join_planes(tensor, file.substr(tensor.offset, tensor.size_bytes()), bytes);
    return bytes;
}

// The layout in which differences lie: planes that nothing is rotated in.
PlaneTensor as_differences(const PlaneTensor& tensor) {
    PlaneTensor planes = tensor;
    planes.layout = 'p';
    return planes;
}

}  // namespace

std::string make_delta(std::string_view target, std::string_view base, std::string_view base_name) {
    ASSAY_CHECK(is_sha256_hex(base_name));
    const std::vector<PlaneTensor> tensors = read_planes_header(target), base_tensors = read_planes_header(base);
    const ByName names = by_name(base_tensors);
    std::string delta(k_magic);
    for (std::size_t i = 0; i < base_name.size(); i += 2) {
        unsigned byte = 0;
        std::from_chars(base_name.data() + i, base_name.data() + i + 2, byte, 16);
        delta += static_cast<char>(byte);
    }
    for (int shift = 0; shift < 64; shift += 8)
        delta += static_cast<char>((std::uint64_t{target.size()} >> shift) & 0xff);
    delta += target;
    for (const PlaneTensor& tensor : tensors) {
        const PlaneTensor* const other = partner(tensor, names);
        if (other == nullptr) continue;
        std::string bytes = part(target, tensor);
        change(bytes, part(base, *other), tensor.width, true);
        split_planes(as_differences(tensor), bytes.data(), delta.data() + k_delta_head_bytes + tensor.offset);
    }
    return delta;
}

std::string delta_base(std::string_view delta) {
    if (delta.size() < k_delta_head_bytes || !delta.starts_with(k_magic)) fail("it does not begin as one");
    const auto* const digest = reinterpret_cast<const std::uint8_t*>(delta.data() + k_magic.size());
    return to_hex({digest, 32});
}

std::string apply_delta(std::string_view delta, std::string_view base, std::string_view base_name) {
    if (delta_base(delta) != base_name) fail("it is one of another base");
    std::uint64_t size = 0;
    std::memcpy(&size, delta.data() + k_delta_head_bytes - 8, 8);
    std::string target(delta.substr(k_delta_head_bytes));
    if (size != target.size())
        fail("it is of " + std::to_string(target.size()) + " bytes and claims " + std::to_string(size));
    const std::vector<PlaneTensor> tensors = read_planes_header(target), base_tensors = read_planes_header(base);
    const ByName names = by_name(base_tensors);
    for (const PlaneTensor& tensor : tensors) {
        const PlaneTensor* const other = partner(tensor, names);
        if (other == nullptr) continue;
        std::string bytes;
        join_planes(as_differences(tensor), std::string_view(target).substr(tensor.offset, tensor.size_bytes()), bytes);
        change(bytes, part(base, *other), tensor.width, false);
        split_planes(tensor, bytes.data(), target.data() + tensor.offset);
    }
    return target;
}

std::vector<Stretch> delta_stretches(std::string_view delta, std::string_view target) {
    ASSAY_CHECK(delta.size() == k_delta_head_bytes + target.size());
    std::vector<Stretch> stretches = planes_stretches(target);
    for (Stretch& stretch : stretches)
        if (stretch.style == FrameStyle::plane) stretch.style = FrameStyle::delta;
    stretches.front().size_bytes += k_delta_head_bytes;
    return stretches;
}

}  // namespace assay
