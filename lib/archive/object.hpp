// An object: the bytes of one file as independent zstd frames with a seek table and a digest of what is stored.
//
//   object     := frame{N} hash_frame seek_frame                             N >= 1, integers little-endian
//   frame      := zstd frame (RFC 8878) of at most 1 MiB of content: content size and checksum present, no
//                 dictionary, window at most 1 MiB; an empty object is one empty frame
//   hash_frame := 5D 2A 4D 18 | 14 00 00 00 | "X318" | XXH3-128(frames || seek_frame), big-endian          28 bytes
//   seek_frame := 5E 2A 4D 18 | u32 8N+9 | N x {u32 stored, u32 content} | u32 N | 00 | B1 EA 92 8F   17 + 8N bytes
//
// Both trailers are skippable frames: `zstd -d` gives the content, and readers of zstd's seekable format find their
// table. An object's name is the SHA-256 of its content, never of these bytes: another zstd may write other ones.
// The digest of the stored bytes finds every damage, also the one that would not change the content.
//
// Readers throw Error A0201 (exit 74) with the frame and what is wrong with it, and allocate no more than two frames
// and the seek table (at most 16 MiB), whatever an object claims.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive/window.hpp"

namespace assay {

constexpr std::size_t k_frame_limit = std::size_t{1} << 20;

// How a stretch of content is compressed.
enum class FrameStyle {
    text,   // level 9: documents, logs
    plain,  // level 3: what is no text and no planes
    plane,  // a byte plane of numbers: its skewed bytes by their frequencies, its random ones as they are
    delta,  // level 1: planes of differences, which are long runs of zeros or small
};

// A stretch of content with one style. Frames begin at each that is 4 KiB or longer, and every 1 MiB inside it;
// shorter ones share a frame with their neighbours.
struct Stretch {
    std::uint64_t size_bytes = 0;
    FrameStyle style = FrameStyle::text;
};

// Content as it is asked for, front to back: `size_bytes` of it from `offset` on, valid until the next call.
using ContentAt = std::function<std::string_view(std::uint64_t offset, std::size_t size_bytes)>;

// Makes objects; keeps its compressor and buffers from one to the next. Not thread-safe: one for each thread. Equal
// content and stretches give equal bytes with the same zstd library, on every machine and in any number of threads.
class ObjectEncoder {
public:
    ObjectEncoder();
    ~ObjectEncoder();
    ObjectEncoder(ObjectEncoder&&) noexcept;
    ObjectEncoder& operator=(ObjectEncoder&&) noexcept;

    // Hands out the object frame by frame, so that neither it nor its content need be in memory. Precondition: the
    // stretches cover the content exactly. Error A0104 (70) when zstd fails, A0109 (2) of more than 2 million frames.
    void encode(const ContentAt& content, std::span<const Stretch> stretches, const TakeBytes& take);
    // Replaces `object`, whose memory is used again. No stretches mean that all of the content is text.
    void encode(std::string_view content, std::span<const Stretch> stretches, std::string& object);

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string encode_object(std::string_view content, std::span<const Stretch> stretches = {});

// Reads an object piece by piece. The source must outlive it. Not thread-safe.
class ObjectReader {
public:
    // Checks the trailers and that the seek table adds up. `name` stands in messages. With `content_bytes` the
    // content must be that long.
    ObjectReader(std::string name, std::uint64_t stored_bytes, ReadAt read,
                 std::optional<std::uint64_t> content_bytes = {});
    // The same of an object in memory, which is not copied.
    ObjectReader(std::string name, std::string_view object, std::optional<std::uint64_t> content_bytes = {});
    ~ObjectReader();
    ObjectReader(ObjectReader&&) noexcept;
    ObjectReader& operator=(ObjectReader&&) noexcept;

    std::uint64_t content_bytes() const;
    std::size_t frames() const;

    // Compares the stored bytes with their digest; decompresses nothing.
    void check_stored();
    // Hands out the content in order, one frame at a time; every frame is decompressed and checked.
    void each_frame(const TakeBytes& take);
    // All of the content; replaces `content`, whose memory is used again, and grows it only as frames prove true.
    void read_all(std::string& content);
    // A part of the content; decompresses only the frames that hold it, and none twice in a row. Error A0201 beyond the
    // end.
    void read(std::uint64_t offset, std::span<char> into);

private:
    struct State;
    std::unique_ptr<State> state_;
};

// The content of an object in memory: stored bytes, frames and sizes checked. `content_bytes` as above; more than
// `limit_bytes` of content are an Error A0203 (74).
std::string decode_object(std::string_view object, std::string_view name,
                          std::optional<std::uint64_t> content_bytes = {},
                          std::uint64_t limit_bytes = std::uint64_t{4} << 30);

}  // namespace assay
