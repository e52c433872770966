#include "archive/planes_split.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/check.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace assay {
namespace {

static_assert(std::endian::native == std::endian::little);

// Elements are joined in blocks that stay in the nearest cache.
constexpr std::size_t k_block = 2048;

// A byte of a word, rotated or not, is what is lowest after these shifts. The lowest byte of a rotated word ends with
// the sign; all others need one shift only, and the other one moves everything out.
struct Shifts {
    int right, left;
};
template <class Word, bool rotate>
Shifts shifts_of(std::uint64_t plane) {
    constexpr int k_bits = 8 * sizeof(Word);
    if (rotate && plane == 0) return {k_bits - 1, 1};
    return {static_cast<int>(8 * plane) - (rotate ? 1 : 0), k_bits};
}

#ifdef __SSE2__
__m128i load(const char* bytes) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)); }
void store(char* bytes, __m128i value) { _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes), value); }

// Sixteen elements at a time, as many as there are; returns how many.
std::size_t take_vectors(const char* in, std::size_t n, Shifts shifts, std::uint32_t, char* out) {
    const __m128i right = _mm_cvtsi32_si128(shifts.right), left = _mm_cvtsi32_si128(shifts.left);
    const auto part = [&](const char* at) {
        const __m128i word = load(at);
        return _mm_and_si128(_mm_or_si128(_mm_srl_epi32(word, right), _mm_sll_epi32(word, left)), _mm_set1_epi32(0xff));
    };
    std::size_t i = 0;
    for (; i + 16 <= n; i += 16, in += 64)
        store(out + i, _mm_packus_epi16(_mm_packs_epi32(part(in), part(in + 16)),
                                        _mm_packs_epi32(part(in + 32), part(in + 48))));
    return i;
}

std::size_t take_vectors(const char* in, std::size_t n, Shifts shifts, std::uint16_t, char* out) {
    const __m128i right = _mm_cvtsi32_si128(shifts.right), left = _mm_cvtsi32_si128(shifts.left);
    const auto part = [&](const char* at) {
        const __m128i word = load(at);
        return _mm_and_si128(_mm_or_si128(_mm_srl_epi16(word, right), _mm_sll_epi16(word, left)), _mm_set1_epi16(0xff));
    };
    std::size_t i = 0;
    for (; i + 16 <= n; i += 16, in += 32) store(out + i, _mm_packus_epi16(part(in), part(in + 16)));
    return i;
}
#endif

template <class Word>
std::size_t take_vectors(const char*, std::size_t, Shifts, Word, char*) {
    return 0;
}

template <class Word, bool rotate>
void take(const char* in, std::size_t n, std::uint64_t plane, char* out) {
    for (std::size_t i = take_vectors(in, n, shifts_of<Word, rotate>(plane), Word{0}, out); i < n; ++i) {
        Word word = 0;
        std::memcpy(&word, in + i * sizeof(Word), sizeof(Word));
        if constexpr (rotate) word = std::rotl(word, 1);
        out[i] = static_cast<char>(word >> (8 * plane));
    }
}

#ifdef __SSE2__
template <bool rotated>
std::uint64_t join_vectors(const char* planes, std::uint64_t n, char* bytes, std::uint32_t) {
    const auto back = [](__m128i w) { return rotated ? _mm_or_si128(_mm_srli_epi32(w, 1), _mm_slli_epi32(w, 31)) : w; };
    std::uint64_t i = 0;
    for (; i + 16 <= n; i += 16, bytes += 64) {
        const __m128i a = load(planes + i), b = load(planes + n + i), c = load(planes + 2 * n + i),
                      d = load(planes + 3 * n + i);
        const __m128i ab = _mm_unpacklo_epi8(a, b), cd = _mm_unpacklo_epi8(c, d);
        const __m128i ab_high = _mm_unpackhi_epi8(a, b), cd_high = _mm_unpackhi_epi8(c, d);
        store(bytes, back(_mm_unpacklo_epi16(ab, cd)));
        store(bytes + 16, back(_mm_unpackhi_epi16(ab, cd)));
        store(bytes + 32, back(_mm_unpacklo_epi16(ab_high, cd_high)));
        store(bytes + 48, back(_mm_unpackhi_epi16(ab_high, cd_high)));
    }
    return i;
}

template <bool rotated>
std::uint64_t join_vectors(const char* planes, std::uint64_t n, char* bytes, std::uint16_t) {
    const auto back = [](__m128i w) { return rotated ? _mm_or_si128(_mm_srli_epi16(w, 1), _mm_slli_epi16(w, 15)) : w; };
    std::uint64_t i = 0;
    for (; i + 16 <= n; i += 16, bytes += 32) {
        const __m128i a = load(planes + i), b = load(planes + n + i);
        store(bytes, back(_mm_unpacklo_epi8(a, b)));
        store(bytes + 16, back(_mm_unpackhi_epi8(a, b)));
    }
    return i;
}
#endif

template <bool rotated, class Word>
std::uint64_t join_vectors(const char*, std::uint64_t, char*, Word) {
    return 0;
}

template <class Word, bool rotate>
void join(const char* planes, std::uint64_t n, char* bytes) {
    Word block[k_block];
    for (std::uint64_t begin = join_vectors<rotate>(planes, n, bytes, Word{0}); begin < n; begin += k_block) {
        const std::size_t size = std::min<std::uint64_t>(k_block, n - begin);
        const auto* const in = reinterpret_cast<const unsigned char*>(planes + begin);
        for (std::size_t i = 0; i < size; ++i) block[i] = in[i];
        for (std::size_t k = 1; k < sizeof(Word); ++k)
            for (std::size_t i = 0; i < size; ++i)
                block[i] = static_cast<Word>(block[i] | static_cast<Word>(Word{in[k * n + i]} << (8 * k)));
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

void take_plane(const PlaneTensor& tensor, std::uint64_t plane, const char* elements, std::size_t count, char* out) {
    for_width(tensor.width, [&](auto zero) {
        using Word = decltype(zero);
        tensor.layout == 'r' ? take<Word, true>(elements, count, plane, out)
                             : take<Word, false>(elements, count, plane, out);
    });
}

void split_planes(const PlaneTensor& tensor, const char* bytes, char* planes) {
    if (tensor.layout == '-') {
        if (tensor.elements > 0) std::memcpy(planes, bytes, tensor.size_bytes());
        return;
    }
    for (std::uint64_t plane = 0; plane < tensor.width; ++plane)
        take_plane(tensor, plane, bytes, tensor.elements, planes + plane * tensor.elements);
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
