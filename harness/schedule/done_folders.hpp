// Folders of runs that are stored and wait for their removal: many at once, since a file system that has just deleted
// files searches long for a place for the next new one (ext4: minutes).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace assay {

class DoneFolders {
public:
    DoneFolders() = default;
    ~DoneFolders() { remove(); }
    DoneFolders(const DoneFolders&) = delete;
    DoneFolders& operator=(const DoneFolders&) = delete;

    void add(const std::filesystem::path& folder) { folders_.push_back(folder); }
    void holds(std::uint64_t bytes) { bytes_ += bytes; }
    bool are_many() const;
    void remove();

private:
    std::vector<std::filesystem::path> folders_;
    std::uint64_t bytes_ = 0;
};

}  // namespace assay
