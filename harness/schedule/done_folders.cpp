#include "schedule/done_folders.hpp"

namespace assay {

bool DoneFolders::are_many() const { return bytes_ > std::uint64_t{256} << 20; }

void DoneFolders::remove() {
    std::error_code ignored;
    for (const std::filesystem::path& folder : folders_) std::filesystem::remove_all(folder, ignored);
    folders_.clear();
    bytes_ = 0;
}

}  // namespace assay
