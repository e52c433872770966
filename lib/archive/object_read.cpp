#include <zstd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "archive/object.hpp"
#include "archive/object_frames.hpp"
#include "base/check.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::size_t k_read_bytes = std::size_t{1} << 16;  // pieces of stored bytes that are only digested

// Window and content size of a frame as its header gives them (RFC 8878, 3.1.1.1), or why it is not one of ours.
struct FrameHead {
    std::uint64_t content_bytes = 0, window_bytes = 0;
    const char* problem = nullptr;
};

FrameHead read_frame_head(std::string_view frame) {
    FrameHead head;
    if (frame.size() < 6 || !frame.starts_with(k_zstd_magic)) return {0, 0, "it is not a zstd frame"};
    const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(frame[i])}; };
    const std::uint64_t flags = byte(4);
    const bool single_segment = (flags & 0x20) != 0;
    if ((flags & 0x03) != 0) return {0, 0, "it wants a dictionary"};
    if ((flags & 0x08) != 0) return {0, 0, "a reserved bit is set"};
    if ((flags & 0x04) == 0) return {0, 0, "it has no checksum"};
    const std::uint64_t size_flag = flags >> 6;
    if (size_flag == 0 && !single_segment) return {0, 0, "it does not say how long its content is"};
    std::size_t at = 5;
    if (!single_segment) {
        const std::uint64_t base = std::uint64_t{1} << std::min<std::uint64_t>(10 + (byte(at) >> 3), 41);
        head.window_bytes = base + base / 8 * (byte(at) & 7);
        ++at;
    }
    const std::size_t width = std::size_t{1} << size_flag;
    if (frame.size() < at + width) return {0, 0, "it ends inside its head"};
    for (std::size_t i = 0; i < width; ++i) head.content_bytes |= byte(at + i) << (8 * i);
    if (size_flag == 1) head.content_bytes += 256;
    if (single_segment) head.window_bytes = head.content_bytes;
    return head;
}

}  // namespace

struct ObjectReader::State {
    struct Row {
        std::uint32_t stored = 0, content = 0;
    };
    std::string name;
    std::uint64_t stored_bytes = 0;
    ReadAt read;
    std::string_view whole;  // instead of `read`, when all of it is in memory
    std::vector<Row> rows;
    std::uint64_t frames_bytes = 0, content_bytes = 0;
    ZSTD_DCtx* context = nullptr;
    std::string stored, content;  // one frame or piece each
    std::size_t held = 0;         // the frame that is in `content`, once it has one
    struct Cursor {
        std::size_t index = 0;
        std::uint64_t stored = 0, begin = 0;  // where the frame and its content begin
    } at;

    ~State() { ZSTD_freeDCtx(context); }

    [[noreturn]] void fail(const std::string& what) const {
        throw Error("A0201", Exit::unreadable, name + " is damaged: " + what,
                    "restore it from a copy; what it holds cannot be trusted");
    }
    [[noreturn]] void fail_frame(std::size_t index, const std::string& what) const {
        fail("frame " + std::to_string(index + 1) + " of " + std::to_string(rows.size()) + ": " + what);
    }

    // Valid until the next call.
    std::string_view bytes_at(std::uint64_t offset, std::size_t size) {
        if (!read) return whole.substr(offset, size);
        if (stored.size() < size) stored.resize(size);
        read(offset, {stored.data(), size});
        return {stored.data(), size};
    }

    void open(std::optional<std::uint64_t> expected);
    void read_table(std::uint64_t n);
    void check_stored();
    void decode(std::size_t index, std::uint64_t offset, char* into);
    std::string_view decode(std::size_t index, std::uint64_t offset) {
        if (content.size() < rows[index].content) content.resize(rows[index].content);
        held = rows.size();
        decode(index, offset, content.data());
        held = index;
        return {content.data(), rows[index].content};
    }
    void read_part(std::uint64_t offset, std::span<char> into);
};

void ObjectReader::State::open(std::optional<std::uint64_t> expected) {
    constexpr std::size_t k_foot = 9;
    if (stored_bytes < k_hash_frame_bytes + k_seek_frame_rest + k_seek_row_bytes)
        fail("it has " + std::to_string(stored_bytes) + " bytes, too few for an object");
    const std::string foot(bytes_at(stored_bytes - k_foot, k_foot));
    if (foot.substr(5) != k_seek_table_magic || foot[4] != 0) fail("it does not end with a seek table");
    const std::uint64_t n = load_u32(foot.data());
    if (n == 0 || n > k_frames_limit) fail("it claims " + std::to_string(n) + " frames");
    const std::uint64_t trailers = k_hash_frame_bytes + k_seek_frame_rest + n * k_seek_row_bytes;
    if (trailers > stored_bytes) fail("its seek table is longer than the file");
    frames_bytes = stored_bytes - trailers;
    read_table(n);
    if (expected && *expected != content_bytes)
        fail("its content is " + std::to_string(content_bytes) + " bytes long, expected " + std::to_string(*expected));
}

// Everything adds up before anything is decompressed.
void ObjectReader::State::read_table(std::uint64_t n) {
    const std::string head(bytes_at(frames_bytes, k_hash_frame_bytes + 8));
    if (!head.starts_with(k_hash_frame_head)) fail("the digest of its stored bytes is not where it should be");
    const std::string_view seek = std::string_view(head).substr(k_hash_frame_bytes);
    if (!seek.starts_with(k_seek_frame_magic) || load_u32(seek.data() + 4) != n * k_seek_row_bytes + 9)
        fail("its seek table does not begin where it should");
    rows.resize(n);
    std::uint64_t offset = frames_bytes + head.size(), stored_sum = 0;
    for (std::size_t done = 0; done < n;) {
        const std::size_t some = std::min<std::size_t>(n - done, k_read_bytes / k_seek_row_bytes);
        const std::string_view piece = bytes_at(offset, some * k_seek_row_bytes);
        for (std::size_t i = 0; i < some; ++i, ++done) {
            rows[done] = {load_u32(piece.data() + 8 * i), load_u32(piece.data() + 8 * i + 4)};
            if (rows[done].content > k_frame_limit) fail_frame(done, "more than 1 MiB of content");
            if (rows[done].content == 0 && n != 1) fail_frame(done, "no content");
            if (rows[done].stored > ZSTD_compressBound(k_frame_limit)) fail_frame(done, "stored in more than 1 MiB");
            stored_sum += rows[done].stored;
            content_bytes += rows[done].content;
        }
        offset += piece.size();
    }
    if (stored_sum != frames_bytes) fail("its seek table does not add up to the file");
}

void ObjectReader::State::check_stored() {
    Xxh3 digest;
    const auto update = [&](std::uint64_t begin, std::uint64_t end) {
        while (begin < end) {
            const std::string_view piece = bytes_at(begin, std::min<std::uint64_t>(end - begin, k_read_bytes));
            digest.update(piece.data(), piece.size());
            begin += piece.size();
        }
    };
    update(0, frames_bytes);
    update(frames_bytes + k_hash_frame_bytes, stored_bytes);
    if (bytes_at(frames_bytes, k_hash_frame_bytes) != hash_frame(digest.digest()))
        fail("the stored bytes do not match their digest");
}

void ObjectReader::State::decode(std::size_t index, std::uint64_t offset, char* into) {
    const Row& row = rows[index];
    if (context == nullptr) {
        context = ZSTD_createDCtx();
        ASSAY_CHECK(context != nullptr);
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 20);
    }
    const std::string_view frame = bytes_at(offset, row.stored);
    const FrameHead head = read_frame_head(frame);
    if (head.problem != nullptr) fail_frame(index, head.problem);
    if (head.content_bytes != row.content) fail_frame(index, "its length is not that of the seek table");
    if (head.window_bytes > k_frame_limit) fail_frame(index, "a window of more than 1 MiB");
    if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size())
        fail_frame(index, "it does not end where the seek table says");
    const std::size_t size = ZSTD_decompressDCtx(context, into, row.content, frame.data(), frame.size());
    if (ZSTD_isError(size) != 0) fail_frame(index, std::string("zstd: ") + ZSTD_getErrorName(size));
    if (size != row.content) fail_frame(index, "its content is too short");
}

// The cursor goes from frame to frame; whole frames are decompressed to where they are wanted.
void ObjectReader::State::read_part(std::uint64_t offset, std::span<char> into) {
    if (offset > content_bytes || into.size() > content_bytes - offset)
        fail("something at byte " + std::to_string(offset) + " is wanted, and it ends before that");
    while (!into.empty()) {
        while (at.begin > offset) {
            --at.index;
            at.stored -= rows[at.index].stored;
            at.begin -= rows[at.index].content;
        }
        while (at.begin + rows[at.index].content <= offset) {
            at.stored += rows[at.index].stored;
            at.begin += rows[at.index].content;
            ++at.index;
        }
        const std::size_t from = offset - at.begin,
                          size = std::min<std::size_t>(rows[at.index].content - from, into.size());
        if (size == rows[at.index].content) {
            decode(at.index, at.stored, into.data());
        } else {
            if (content.empty() || held != at.index) decode(at.index, at.stored);
            std::copy_n(content.data() + from, size, into.data());
        }
        offset += size;
        into = into.subspan(size);
    }
}

ObjectReader::ObjectReader(std::string name, std::uint64_t stored_bytes, ReadAt read,
                           std::optional<std::uint64_t> content_bytes)
    : state_(std::make_unique<State>()) {
    state_->name = std::move(name);
    state_->stored_bytes = stored_bytes;
    state_->read = std::move(read);
    state_->open(content_bytes);
}
ObjectReader::ObjectReader(std::string name, std::string_view object, std::optional<std::uint64_t> content_bytes)
    : state_(std::make_unique<State>()) {
    state_->name = std::move(name);
    state_->stored_bytes = object.size();
    state_->whole = object;
    state_->open(content_bytes);
}
ObjectReader::~ObjectReader() = default;
ObjectReader::ObjectReader(ObjectReader&&) noexcept = default;
ObjectReader& ObjectReader::operator=(ObjectReader&&) noexcept = default;

std::uint64_t ObjectReader::content_bytes() const { return state_->content_bytes; }
std::size_t ObjectReader::frames() const { return state_->rows.size(); }
void ObjectReader::check_stored() { state_->check_stored(); }

void ObjectReader::each_frame(const TakeBytes& take) {
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < state_->rows.size(); ++i) {
        take(state_->decode(i, offset));
        offset += state_->rows[i].stored;
    }
}

void ObjectReader::read_all(std::string& content) {
    std::uint64_t stored = 0, begin = 0;
    for (std::size_t i = 0; i < state_->rows.size(); ++i) {
        const auto& row = state_->rows[i];
        if (content.size() < begin + row.content) {
            // Doubled, so that what is claimed costs nothing before half of it is there.
            content.resize(std::min(state_->content_bytes, std::max(begin + row.content, 2 * begin)));
        }
        state_->decode(i, stored, content.data() + begin);
        stored += row.stored;
        begin += row.content;
    }
    content.resize(begin);
}

void ObjectReader::read(std::uint64_t offset, std::span<char> into) { state_->read_part(offset, into); }

std::string decode_object(std::string_view object, std::string_view name, std::optional<std::uint64_t> content_bytes,
                          std::uint64_t limit_bytes) {
    ObjectReader reader(std::string(name), object, content_bytes);
    reader.check_stored();
    if (reader.content_bytes() > limit_bytes) {
        throw Error("A0203", Exit::unreadable,
                    std::string(name) + " holds " + std::to_string(reader.content_bytes()) + " bytes; the limit is " +
                        std::to_string(limit_bytes));
    }
    std::string content;
    reader.read_all(content);
    return content;
}

}  // namespace assay
