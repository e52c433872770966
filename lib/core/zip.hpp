// Reads zip archives as numpy writes them: members stored or deflated, in the layout of APPNOTE 6.3 without encryption,
// several disks and zip64 sizes. Pure.
//
// Read before it is believed: members lie inside the archive and do not overlap, their number and the sum of their
// sizes are bounded, no deflated member claims more than deflate can give (1032 : 1), and what comes out has the length
// and the CRC that the archive names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct ZipMember {
    std::string name;
    std::uint64_t size = 0;   // of the content
    std::string_view packed;  // part of the archive
    bool deflated = false;
    std::uint32_t crc32 = 0;
};

struct ZipLimits {
    std::size_t members = 100'000;
    std::uint64_t bytes = std::uint64_t{4} << 30;  // of all contents together
};

bool looks_like_zip(std::string_view file);
// Throws Error W0103 (exit 74) with what was found. In the order of the archive's directory, each name once.
std::vector<ZipMember> zip_members(std::string_view file, const ZipLimits& limits = {});
// Throws Error W0103 (exit 74) when it is not what the directory says. Grows with what really comes out.
std::string zip_content(const ZipMember& member);

}  // namespace assay
