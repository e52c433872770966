#include "archive/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"

namespace assay {
namespace {

[[noreturn]] void fail(std::string_view what, const Files::Path& path, int error) {
    const std::string reason = std::error_code(error, std::generic_category()).message();
    std::string help;
    if (error == ENOSPC) help = "free some space on that disk and run the same command again; nothing stored was lost";
    if (error == EROFS || error == EACCES) help = "choose a folder that can be written, with --store DIR";
    throw Error("F0001", Exit::unreadable, "cannot " + std::string(what) + " " + path.string() + ": " + reason, help);
}

bool is_missing(int error) { return error == ENOENT || error == ENOTDIR; }

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

void write_all(int fd, std::string_view bytes, const Files::Path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("write", path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

class SystemFiles : public Files {
public:
    std::optional<Info> info(const Path& path) override {
        struct stat found {};
        if (::lstat(path.c_str(), &found) != 0) {
            if (is_missing(errno)) return std::nullopt;
            fail("read", path, errno);
        }
        return Info{static_cast<std::uint64_t>(found.st_size), nanoseconds(found.st_mtim), S_ISDIR(found.st_mode)};
    }
    std::optional<std::string> read(const Path& path, std::size_t limit_bytes) override {
        return read_file_if_there(path, limit_bytes);
    }
    std::optional<Window> window(const Path& path) override {
        if (::access(path.c_str(), F_OK) != 0 && is_missing(errno)) return std::nullopt;
        return file_window(path);
    }
    std::vector<std::string> list(const Path& folder) override { return list_directory(folder); }

    using Files::create;
    void create(const Path& path, const GiveBytes& bytes) override {
        const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
        if (fd < 0) fail("create", path, errno);
        try {
            bytes([&](std::string_view piece) { write_all(fd, piece, path); });
            // One that fails is final: asked again, the kernel may call lost pages written.
            if (::fsync(fd) != 0) fail("write to disk", path, errno);
        } catch (...) {
            ::close(fd);
            ::unlink(path.c_str());
            throw;
        }
        ::close(fd);
    }
    bool link(const Path& from, const Path& to) override {
        if (::link(from.c_str(), to.c_str()) == 0) return true;
        const int error = errno;
        if (error == EEXIST) return false;
        // Over NFS the answer can be lost though the link was made: then both names are one file.
        struct stat found {
        }, made{};
        if (::stat(from.c_str(), &found) == 0 && ::stat(to.c_str(), &made) == 0 && found.st_dev == made.st_dev &&
            found.st_ino == made.st_ino)
            return true;
        if (error != EPERM && error != EOPNOTSUPP && error != EMLINK) fail("create", to, error);
        if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
        if (errno == EEXIST) return false;
        fail("create", to, errno);
    }
    bool rename(const Path& from, const Path& to) override {
        if (::rename(from.c_str(), to.c_str()) == 0) return true;
        if (errno == ENOENT) return false;
        fail("move", from, errno);
    }
    bool remove(const Path& path) override {
        if (::unlink(path.c_str()) == 0) return true;
        if (is_missing(errno)) return false;
        if ((errno == EISDIR || errno == EPERM) && ::rmdir(path.c_str()) == 0) return true;
        if (errno == ENOTEMPTY || is_missing(errno)) return false;
        fail("remove", path, errno);
    }
    bool make_folder(const Path& path) override {
        if (::mkdir(path.c_str(), 0777) == 0) return true;
        if (errno == EEXIST) return false;
        fail("create the folder", path, errno);
    }
    bool touch(const Path& path) override {
        if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0) return true;
        if (is_missing(errno)) return false;
        if (errno == EACCES || errno == EPERM || errno == EROFS) return true;  // somebody else's; gc has its own grace
        fail("change the time of", path, errno);
    }
    void sync_folder(const Path& path) override { sync_directory(path); }
    std::int64_t now_ns() override {
        timespec time{};
        ::clock_gettime(CLOCK_REALTIME, &time);
        return nanoseconds(time);
    }
};

}  // namespace

std::shared_ptr<Files> system_files() { return std::make_shared<SystemFiles>(); }

}  // namespace assay
