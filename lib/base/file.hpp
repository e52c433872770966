// Files, durably. Every function throws Error F0001 (exit 74) naming the path, what was tried and the
// system's reason; what was there before stays as it was.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// The whole file; Error when it has more than `limit_bytes`.
std::string read_file(const std::filesystem::path& path, std::size_t limit_bytes = std::size_t{1} << 32);
// Nothing where there is no such file.
std::optional<std::string> read_file_if_there(const std::filesystem::path& path, std::size_t limit_bytes);

// New content or the old one, never a mixture, also after a power cut: written beside the target, fsync,
// rename, fsync of the folder.
void write_file_atomic(const std::filesystem::path& path, std::string_view bytes);

void make_directories(const std::filesystem::path& path);
void sync_directory(const std::filesystem::path& path);

// Names in a folder, sorted by bytes; empty when there is no such folder.
std::vector<std::string> list_directory(const std::filesystem::path& path);

// A fresh folder under `parent` (default: the system's temporary folder), removed with all it holds.
class TemporaryDirectory {
public:
    explicit TemporaryDirectory(const std::filesystem::path& parent = {});
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace assay
