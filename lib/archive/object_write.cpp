// For one parameter of compression, literalCompressionMode. No function of it is used that zstd does not keep.
#define ZSTD_STATIC_LINKING_ONLY
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "archive/object.hpp"
#include "archive/object_frames.hpp"
#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::size_t k_small_stretch = 4096;
constexpr std::size_t k_sample_bytes = 16384;
constexpr double k_random_bits = 7.875;  // order-0 entropy of a byte above which zstd keeps a block as it is
constexpr double k_skewed_bits = 2;      // below it matches may be worth more: no code is shorter than one bit

std::string_view sample_of(std::string_view bytes) {
    const std::size_t size = std::min(bytes.size(), k_sample_bytes);
    return bytes.substr((bytes.size() - size) / 2, size);
}

// Order-0 entropy in bits a byte, of a sample spread over all of it: the rows of a unit that died look like no others.
// Four tables, since equal neighbours would wait for each other's count.
double entropy_bits(std::string_view bytes) {
    constexpr std::size_t k_piece = 1024, k_pieces = k_sample_bytes / k_piece;
    const std::size_t piece = bytes.size() <= k_sample_bytes ? bytes.size() : k_piece;
    const std::size_t step = bytes.size() <= k_sample_bytes ? bytes.size() : bytes.size() / k_pieces;
    std::array<std::array<std::uint32_t, 256>, 4> counts{};
    std::size_t seen = 0;
    for (std::size_t at = 0; seen < k_sample_bytes && at + piece <= bytes.size() && piece > 0; at += step) {
        const char* const begin = bytes.data() + at;
        for (std::size_t i = 0; i < piece; ++i) ++counts[i % 4][static_cast<unsigned char>(begin[i])];
        seen += piece;
    }
    double sum = 0;
    for (std::size_t value = 0; value < 256; ++value) {
        const double n = counts[0][value] + counts[1][value] + counts[2][value] + counts[3][value];
        if (n > 0) sum += n * std::log2(n);
    }
    const auto size = static_cast<double>(seen);
    return seen == 0 ? 0 : std::log2(size) - sum / size;
}

// Content that gains nothing, in blocks of a frame as they are; a compressor would look for matches first.
void append_raw_frame(std::string_view content, std::string& out) {
    out += k_zstd_magic;
    out += '\xA4';  // one segment, content size in 4 bytes, checksum
    append_u32(out, content.size());
    const std::uint64_t checksum = XXH64(content.data(), content.size(), 0);
    do {
        const std::string_view block = content.substr(0, k_block_limit);
        content.remove_prefix(block.size());
        const std::uint64_t head = (content.empty() ? 1U : 0U) | (std::uint64_t{block.size()} << 3);
        for (int shift = 0; shift < 24; shift += 8) out += static_cast<char>((head >> shift) & 0xff);
        out += block;
    } while (!content.empty());
    append_u32(out, checksum);
}

// A plane of exponents has no matches but spurious ones, each of which costs more than the frequencies of its bytes
// (archive.md 3.2: level 3 loses 22%). These parameters hardly find any; the other two forbid them, where this zstd
// knows them: twice as fast, and half a percent smaller. Any zstd reads what comes of either.
constexpr std::pair<ZSTD_cParameter, int> k_plane_parameters[] = {
    {ZSTD_c_strategy, ZSTD_fast}, {ZSTD_c_minMatch, 7}, {ZSTD_c_hashLog, 6}, {ZSTD_c_windowLog, 17}};

void set_plane_parameters(ZSTD_CCtx* context) {
    for (const auto& [parameter, value] : k_plane_parameters) ZSTD_CCtx_setParameter(context, parameter, value);
    const std::size_t known = ZSTD_CCtx_setParameter(context, ZSTD_c_literalCompressionMode, ZSTD_ps_enable);
    if (ZSTD_isError(known) == 0) ZSTD_CCtx_setParameter(context, ZSTD_c_targetLength, ZSTD_TARGETLENGTH_MAX);
}

std::uint64_t total_of(std::span<const Stretch> stretches) {
    std::uint64_t total = 0;
    for (const Stretch& stretch : stretches) total += stretch.size_bytes;
    return total;
}

// The stretches as frames will see them: short neighbours are one, in the style that most of their bytes have. Text
// stays by itself: it has matches, and planes are packed without.
std::vector<Stretch> joined(std::span<const Stretch> stretches) {
    std::vector<Stretch> all;
    std::array<std::uint64_t, 4> styles{};
    bool open = false;
    for (const Stretch& stretch : stretches) {
        if (stretch.size_bytes == 0) continue;
        const bool small = stretch.size_bytes < k_small_stretch;
        const bool text = stretch.style == FrameStyle::text;
        const bool mixed = open && text != (all.back().style == FrameStyle::text);
        if (!small || !open || mixed || all.back().size_bytes >= k_frame_limit - k_small_stretch) {
            all.push_back({0, stretch.style});
            styles = {};
        }
        open = small;
        all.back().size_bytes += stretch.size_bytes;
        styles[static_cast<std::size_t>(stretch.style)] += stretch.size_bytes;
        all.back().style = static_cast<FrameStyle>(std::max_element(styles.begin(), styles.end()) - styles.begin());
    }
    return all;
}

}  // namespace

struct ObjectEncoder::State {
    // One compressor for each style, so that none is set up again for every frame.
    std::array<ZSTD_CCtx*, 4> contexts{};
    std::unique_ptr<char[]> room;  // a compressed frame; fresh memory costs a third of the time
    std::string raw;               // one that is not
    std::string seek_rows;
    Xxh3 stored;

    ~State() {
        for (ZSTD_CCtx* context : contexts) ZSTD_freeCCtx(context);
    }

    ZSTD_CCtx* context(FrameStyle style) {
        ZSTD_CCtx*& context = contexts[static_cast<std::size_t>(style)];
        if (context != nullptr) return context;
        context = ZSTD_createCCtx();
        ASSAY_CHECK(context != nullptr);
        constexpr std::array<int, 4> k_levels = {9, 3, 1, 1};  // text, plain, plane, delta
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, k_levels[static_cast<std::size_t>(style)]);
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
        if (style == FrameStyle::plane) set_plane_parameters(context);
        return context;
    }

    std::string_view compressed(std::string_view content, FrameStyle style) {
        const std::size_t bound = ZSTD_compressBound(k_frame_limit);
        if (room == nullptr) room = std::make_unique_for_overwrite<char[]>(bound);
        const std::size_t size = ZSTD_compress2(context(style), room.get(), bound, content.data(), content.size());
        if (ZSTD_isError(size) != 0)
            throw Error("A0104", Exit::bug, std::string("zstd could not compress: ") + ZSTD_getErrorName(size));
        return {room.get(), size};
    }

    // A plane of few values may hold long matches after all; a sample of it tells.
    FrameStyle better_style(std::string_view content, FrameStyle style, double bits) {
        if (style != FrameStyle::plane || bits >= k_skewed_bits) return style;
        if (bits <= 0) return FrameStyle::plain;
        const std::string_view sample = sample_of(content);
        const std::size_t as_plain = compressed(sample, FrameStyle::plain).size();
        return as_plain < compressed(sample, FrameStyle::plane).size() ? FrameStyle::plain : FrameStyle::plane;
    }

    void put_frame(std::string_view content, FrameStyle style, bool random, const TakeBytes& take) {
        std::string_view frame;
        if (random) {
            raw.clear();
            append_raw_frame(content, raw);
            frame = raw;
        } else {
            frame = compressed(content, style);
        }
        append_u32(seek_rows, frame.size());
        append_u32(seek_rows, content.size());
        stored.update(frame.data(), frame.size());
        take(frame);
    }

    void put_stretch(const ContentAt& content, std::uint64_t offset, Stretch stretch, const TakeBytes& take) {
        const bool gated = stretch.style == FrameStyle::plane || stretch.style == FrameStyle::delta;
        for (bool first = true; first || stretch.size_bytes > 0; first = false) {
            const std::size_t size = std::min<std::uint64_t>(stretch.size_bytes, k_frame_limit);
            const std::string_view frame = content(offset, size);
            const double bits = gated ? entropy_bits(frame) : 0;
            if (first) stretch.style = better_style(frame, stretch.style, bits);
            put_frame(frame, stretch.style, bits > k_random_bits, take);
            offset += size;
            stretch.size_bytes -= size;
        }
    }

    void encode(const ContentAt& content, std::span<const Stretch> stretches, const TakeBytes& take) {
        seek_rows.clear();
        stored.reset();
        std::uint64_t offset = 0;
        for (const Stretch& stretch : joined(stretches)) {
            put_stretch(content, offset, stretch, take);
            offset += stretch.size_bytes;
        }
        if (seek_rows.empty()) put_stretch(content, 0, {0, FrameStyle::text}, take);
        put_trailers(take);
    }

    void put_trailers(const TakeBytes& take) {
        const std::size_t n = seek_rows.size() / k_seek_row_bytes;
        if (n > k_frames_limit) throw Error("A0109", Exit::usage, "an object of more than 2 million pieces");
        std::string seek_frame(k_seek_frame_magic);
        append_u32(seek_frame, seek_rows.size() + 9);
        seek_frame += seek_rows;
        append_u32(seek_frame, n);
        seek_frame += '\0';
        seek_frame += k_seek_table_magic;
        stored.update(seek_frame.data(), seek_frame.size());
        take(hash_frame(stored.digest()) + seek_frame);
    }
};

ObjectEncoder::ObjectEncoder() : state_(std::make_unique<State>()) {}
ObjectEncoder::~ObjectEncoder() = default;
ObjectEncoder::ObjectEncoder(ObjectEncoder&&) noexcept = default;
ObjectEncoder& ObjectEncoder::operator=(ObjectEncoder&&) noexcept = default;

void ObjectEncoder::encode(const ContentAt& content, std::span<const Stretch> stretches, const TakeBytes& take) {
    state_->encode(content, stretches, take);
}

void ObjectEncoder::encode(std::string_view content, std::span<const Stretch> stretches, std::string& object) {
    const Stretch text{content.size(), FrameStyle::text};
    if (stretches.empty()) stretches = {&text, 1};
    ASSAY_CHECK(total_of(stretches) == content.size());
    object.clear();
    state_->encode([&](std::uint64_t offset, std::size_t size) { return content.substr(offset, size); }, stretches,
                   [&](std::string_view bytes) { object += bytes; });
}

std::string encode_object(std::string_view content, std::span<const Stretch> stretches) {
    std::string object;
    ObjectEncoder().encode(content, stretches, object);
    return object;
}

}  // namespace assay
