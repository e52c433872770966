#include "archive/window.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/check.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::size_t k_piece = std::size_t{1} << 20;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
    throw Error("F0001", Exit::unreadable, "cannot read " + path.string() + ": " + why);
}

struct OpenFile {
    OpenFile() = default;
    ~OpenFile() {
        if (fd >= 0) ::close(fd);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int fd = -1;
};

std::string words_of(int error) { return std::error_code(error, std::generic_category()).message(); }

void read_exactly(int fd, const std::filesystem::path& path, std::uint64_t offset, std::span<char> into) {
    while (!into.empty()) {
        const ssize_t got = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail(path, words_of(errno));
        if (got == 0) fail(path, "it became shorter while it was read");
        offset += static_cast<std::uint64_t>(got);
        into = into.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace

Window file_window(const std::filesystem::path& path) {
    const auto file = std::make_shared<OpenFile>();  // before anything is open that could be left so
    file->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0) fail(path, words_of(errno));
    struct stat info {};
    if (::fstat(file->fd, &info) != 0) fail(path, words_of(errno));
    if (S_ISDIR(info.st_mode)) fail(path, words_of(EISDIR));
    if (!S_ISREG(info.st_mode)) fail(path, "it is not a plain file");
    return {[file, path](std::uint64_t offset, std::span<char> into) { read_exactly(file->fd, path, offset, into); },
            static_cast<std::uint64_t>(info.st_size)};
}

Window memory_window(std::string_view bytes) {
    return {[bytes](std::uint64_t offset, std::span<char> into) {
                ASSAY_CHECK(offset <= bytes.size() && into.size() <= bytes.size() - offset);
                if (!into.empty()) std::memcpy(into.data(), bytes.data() + offset, into.size());
            },
            bytes.size()};
}

Window owned_window(std::string bytes) {
    const auto owned = std::make_shared<const std::string>(std::move(bytes));
    const Window view = memory_window(*owned);
    return {[owned, read = view.read](std::uint64_t offset, std::span<char> into) { read(offset, into); },
            owned->size()};
}

Window part_of(const Window& whole, std::uint64_t offset, std::uint64_t size_bytes) {
    ASSAY_CHECK(offset <= whole.size_bytes && size_bytes <= whole.size_bytes - offset);
    return {[read = whole.read, offset](std::uint64_t at, std::span<char> into) { read(offset + at, into); },
            size_bytes};
}

std::string read_all(const Window& window) {
    std::string bytes(window.size_bytes, '\0');
    window.read(0, bytes);
    return bytes;
}

void each_piece(const Window& window, const TakeBytes& take) {
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(window.size_bytes, k_piece)), '\0');
    for (std::uint64_t at = 0; at < window.size_bytes; at += piece.size()) {
        piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(window.size_bytes - at, k_piece)));
        window.read(at, piece);
        take(piece);
    }
}

std::string sha256_of(const Window& window) {
    Sha256 digest;
    each_piece(window, [&](std::string_view piece) { digest.update(piece); });
    return to_hex(digest.finish());
}

}  // namespace assay
