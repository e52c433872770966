#include "archive/planes_split.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "base/check.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace assay {
namespace {

static_assert(std::endian::native == std::endian::little);

// Elements are taken in blocks that stay in the nearest cache, each plane in a loop of its own: a loop with one
// cursor is what the compiler makes vectors of.
constexpr std::size_t k_block = 2048;

#ifdef __SSE2__
// Four planes of 16 elements at a time: halves of 16 bits first, then their bytes. `size` is a multiple of 16.
template <bool rotate>
void split_vectors(const char* bytes, std::size_t size, std::uint64_t n, char* planes) {
    const __m128i low_byte = _mm_set1_epi16(0xff);
    const auto store = [&](std::size_t plane, std::size_t at, __m128i a, __m128i b) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(planes + plane * n + at), _mm_packus_epi16(a, b));
    };
    for (std::size_t i = 0; i < size; i += 16) {
        __m128i word[4];
        for (std::size_t k = 0; k < 4; ++k) {
            word[k] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 4 * i + 16 * k));
            if constexpr (rotate) word[k] = _mm_or_si128(_mm_slli_epi32(word[k], 1), _mm_srli_epi32(word[k], 31));
        }
        __m128i low[2], high[2];  // signed packing keeps 16 bits that were extended by their sign
        for (std::size_t k = 0; k < 2; ++k) {
            low[k] = _mm_packs_epi32(_mm_srai_epi32(_mm_slli_epi32(word[2 * k], 16), 16),
                                     _mm_srai_epi32(_mm_slli_epi32(word[2 * k + 1], 16), 16));
            high[k] = _mm_packs_epi32(_mm_srai_epi32(word[2 * k], 16), _mm_srai_epi32(word[2 * k + 1], 16));
        }
        store(0, i, _mm_and_si128(low[0], low_byte), _mm_and_si128(low[1], low_byte));
        store(1, i, _mm_srli_epi16(low[0], 8), _mm_srli_epi16(low[1], 8));
        store(2, i, _mm_and_si128(high[0], low_byte), _mm_and_si128(high[1], low_byte));
        store(3, i, _mm_srli_epi16(high[0], 8), _mm_srli_epi16(high[1], 8));
    }
}
#endif

template <class Word, bool rotate>
void split(const char* bytes, std::uint64_t n, char* planes) {
    std::uint64_t begin = 0;
#ifdef __SSE2__
    if constexpr (sizeof(Word) == 4) {
        begin = n - n % 16;
        split_vectors<rotate>(bytes, begin, n, planes);
    }
#endif
    Word block[k_block];
    for (; begin < n; begin += k_block) {
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

// Of a sample spread evenly: 16 pieces of 1,024 elements, or all.
template <class Word>
bool half_zero(std::string_view bytes) {
    constexpr std::size_t k_pieces = 16, k_piece = 1024;
    const std::size_t n = bytes.size() / sizeof(Word), piece = std::min(n, k_piece);
    const std::size_t step = std::max<std::size_t>(piece, n / k_pieces);
    std::size_t zeros = 0, seen = 0;
    Word block[k_piece];
    for (std::size_t begin = 0; begin < n && seen < k_pieces * k_piece; begin += step) {
        const std::size_t size = std::min(piece, n - begin);
        std::memcpy(block, bytes.data() + begin * sizeof(Word), size * sizeof(Word));
        Word here = 0;  // as wide as the elements, or the loop makes no vectors; 1,024 fit
        for (std::size_t i = 0; i < size; ++i) here = static_cast<Word>(here + (block[i] == 0 ? 1 : 0));
        zeros += here;
        seen += size;
    }
    return n > 0 && 2 * zeros >= seen;
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
    return for_width(width, [&](auto zero) { return half_zero<decltype(zero)>(bytes); });
}

}  // namespace assay
