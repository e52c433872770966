#include "archive/planes_split.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "base/check.hpp"

namespace assay {
namespace {

static_assert(std::endian::native == std::endian::little);

// Elements are taken in blocks that stay in the nearest cache, each plane in a loop of its own: a loop with one
// cursor is what the compiler makes vectors of.
constexpr std::size_t k_block = 2048;

template <class Word, bool rotate>
void split(const char* bytes, std::uint64_t n, char* planes) {
    Word block[k_block];
    for (std::uint64_t begin = 0; begin < n; begin += k_block) {
        const std::size_t size = std::min<std::uint64_t>(k_block, n - begin);
        std::memcpy(block, bytes + begin * sizeof(Word), size * sizeof(Word));
        if constexpr (rotate)
            for (std::size_t i = 0; i < size; ++i) block[i] = static_cast<Word>(std::rotl(block[i], 1));
        for (std::size_t k = 0; k < sizeof(Word); ++k) {
            char* const out = planes + k * n + begin;
            for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(block[i] >> (8 * k));
        }
    }
}

template <class Word, bool rotate>
void join(const char* planes, std::uint64_t n, char* bytes) {
    Word block[k_block];
    for (std::uint64_t begin = 0; begin < n; begin += k_block) {
        const std::size_t size = std::min<std::uint64_t>(k_block, n - begin);
        const auto* const in = reinterpret_cast<const unsigned char*>(planes + begin);
        if constexpr (sizeof(Word) == 2) {
            for (std::size_t i = 0; i < size; ++i) block[i] = static_cast<Word>(in[i] | in[n + i] << 8);
        } else if constexpr (sizeof(Word) == 4) {
            for (std::size_t i = 0; i < size; ++i)
                block[i] = Word{in[i]} | Word{in[n + i]} << 8 | Word{in[2 * n + i]} << 16 | Word{in[3 * n + i]} << 24;
        } else {
            for (std::size_t i = 0; i < size; ++i) block[i] = in[i];
            for (std::size_t k = 1; k < sizeof(Word); ++k)
                for (std::size_t i = 0; i < size; ++i) block[i] |= Word{in[k * n + i]} << (8 * k);
        }
        if constexpr (rotate)
            for (std::size_t i = 0; i < size; ++i) block[i] = static_cast<Word>(std::rotr(block[i], 1));
        std::memcpy(bytes + begin * sizeof(Word), block, size * sizeof(Word));
    }
}

template <class Word>
std::uint64_t count_zeros(std::string_view bytes) {
    std::uint64_t zeros = 0;
    Word block[k_block];
    for (std::size_t begin = 0; begin < bytes.size(); begin += sizeof(block)) {
        const std::size_t size = std::min(sizeof(block), bytes.size() - begin) / sizeof(Word);
        std::memcpy(block, bytes.data() + begin, size * sizeof(Word));
        Word here = 0;  // as wide as the elements, or the loop makes no vectors; 2048 fit
        for (std::size_t i = 0; i < size; ++i) here = static_cast<Word>(here + (block[i] == 0 ? 1 : 0));
        zeros += here;
    }
    return zeros;
}

// Calls `with` with a zero of the word that is `width` bytes wide.
template <class With>
auto for_width(std::uint64_t width, With with) {
    if (width == 2) return with(std::uint16_t{0});
    if (width == 4) return with(std::uint32_t{0});
    ASSAY_CHECK(width == 8);
    return with(std::uint64_t{0});
}

}  // namespace

void split_planes(const PlaneTensor& tensor, const char* bytes, char* planes) {
    if (tensor.layout == '-') {
        if (tensor.elements > 0) std::memcpy(planes, bytes, tensor.size_bytes());
        return;
    }
    for_width(tensor.width, [&](auto zero) {
        using Word = decltype(zero);
        tensor.layout == 'r' ? split<Word, true>(bytes, tensor.elements, planes)
                             : split<Word, false>(bytes, tensor.elements, planes);
    });
}

void join_planes(const PlaneTensor& tensor, const char* planes, char* bytes) {
    if (tensor.layout == '-') {
        if (tensor.elements > 0) std::memcpy(bytes, planes, tensor.size_bytes());
        return;
    }
    for_width(tensor.width, [&](auto zero) {
        using Word = decltype(zero);
        tensor.layout == 'r' ? join<Word, true>(planes, tensor.elements, bytes)
                             : join<Word, false>(planes, tensor.elements, bytes);
    });
}

bool mostly_zero(std::string_view bytes, std::uint64_t width) {
    if (bytes.empty()) return false;
    const std::uint64_t zeros =
        for_width(width, [&](auto zero) -> std::uint64_t { return count_zeros<decltype(zero)>(bytes); });
    return 2 * zeros >= bytes.size() / width;
}

}  // namespace assay
