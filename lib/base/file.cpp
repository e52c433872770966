#include "base/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/error.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(std::string_view what, const fs::path& path, int error) {
    const std::string reason = std::error_code(error, std::generic_category()).message();
    std::string help;
    if (error == ENOSPC) help = "free some space on that disk and run the same command again; nothing stored was lost";
    if (error == EROFS || error == EACCES) help = "choose a folder that can be written, with --store DIR";
    throw Error("F0001", Exit::unreadable, "cannot " + std::string(what) + " " + path.string() + ": " + reason, help);
}

class Descriptor {
public:
    Descriptor(const fs::path& path, int flags, mode_t mode, std::string_view what)
        : path_(path), fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
        if (fd_ < 0) fail(what, path, errno);
    }
    Descriptor(const fs::path& path, int fd) : path_(path), fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

    void write_and_sync(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
            if (written < 0) {
                if (errno == EINTR) continue;
                fail("write", path_, errno);
            }
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        if (::fsync(fd_) != 0) fail("write to disk", path_, errno);
    }

private:
    fs::path path_;
    int fd_;
};

// A name that no other process of this machine uses now; a crashed one's leftovers are overwritten.
fs::path beside(const fs::path& path) {
    static unsigned counter = 0;
    return path.parent_path() / ("." + path.filename().string() + "." + std::to_string(::getpid()) + "." +
                                 std::to_string(counter++) + ".tmp");
}

void write_new(const fs::path& path, std::string_view bytes) {
    try {
        Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, 0644, "create");
        file.write_and_sync(bytes);
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
}

std::string read_all(const Descriptor& file, const fs::path& path, std::size_t limit_bytes) {
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) fail("read", path, errno);
    if (S_ISDIR(info.st_mode)) fail("read", path, EISDIR);
    if (static_cast<std::size_t>(info.st_size) > limit_bytes) fail("read (too large)", path, EFBIG);
    std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t done = 0;
    for (;;) {
        if (done == bytes.size()) bytes.resize(done + 4096);  // grows for pipes and /proc, which have no size
        const ssize_t got = ::read(file.get(), bytes.data() + done, bytes.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("read", path, errno);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
        if (done > limit_bytes) fail("read (too large)", path, EFBIG);
        if (S_ISREG(info.st_mode) && done == static_cast<std::size_t>(info.st_size)) break;  // one call less
    }
    bytes.resize(done);
    return bytes;
}

}  // namespace

std::string read_file(const fs::path& path, std::size_t limit_bytes) {
    return read_all(Descriptor(path, O_RDONLY, 0, "read"), path, limit_bytes);
}

std::optional<std::string> read_file_if_there(const fs::path& path, std::size_t limit_bytes) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (fd < 0) fail("read", path, errno);
    return read_all(Descriptor(path, fd), path, limit_bytes);
}

void write_file_atomic(const fs::path& path, std::string_view bytes) {
    const fs::path temporary = beside(path);
    write_new(temporary, bytes);
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(temporary.c_str());
        fail("replace", path, error);
    }
    sync_directory(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

void make_directories(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) fail("create the folder", path, error.value());
}

void sync_directory(const fs::path& path) {
    const Descriptor folder(path, O_RDONLY | O_DIRECTORY, 0, "open the folder");
    if (::fsync(folder.get()) != 0 && errno != EINVAL) fail("write to disk", path, errno);
}

// std::filesystem's iterator ends the program where memory runs out, and ends the list where a read fails.
std::vector<std::string> list_directory(const fs::path& path) {
    struct Close {
        void operator()(DIR* folder) const { ::closedir(folder); }
    };
    std::vector<std::string> names;
    const std::unique_ptr<DIR, Close> folder(::opendir(path.c_str()));
    if (folder == nullptr && errno == ENOENT) return names;
    if (folder == nullptr) fail("list", path, errno);
    for (;;) {
        errno = 0;
        const dirent* const entry = ::readdir(folder.get());
        if (entry == nullptr && errno != 0) fail("list", path, errno);
        if (entry == nullptr) break;
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

TemporaryDirectory::TemporaryDirectory(const fs::path& parent) {
    std::string pattern = ((parent.empty() ? fs::temp_directory_path() : parent) / "assay-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) fail("create a folder like", pattern, errno);
    path_ = pattern;
}
TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace assay
