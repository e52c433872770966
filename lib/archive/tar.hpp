// The one kind of tar that assay writes and reads: plain files in ustar headers, and nothing else.
//
//   archive := member* 1024 zero bytes                                    the file ends there
//   member  := header(name, size) data, padded with zeros to 512 bytes
//   header  := name[100] "0000644\0" "0000000\0" "0000000\0" size(11 octal, NUL) "00000000000\0" checksum(6 octal, NUL,
//              blank) '0' ... "ustar\0" "00", everything else zero
//
// A reader makes each header anew from its name and size and compares all 512 bytes, so no field can carry anything:
// no links, folders, owners, times, extensions; and the same members are the same bytes. `tar xf` reads it.
// (archive.md 8.4, 10)
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/window.hpp"

namespace assay {

struct TarMember {
    std::string name;
    std::uint64_t offset = 0;  // of its data, from the begin of the archive
    std::uint64_t size_bytes = 0;
};

struct TarLimits {
    std::size_t members = 4096;
    std::uint64_t bytes = std::uint64_t{1} << 40;
};

inline constexpr std::uint64_t k_tar_member_bytes = std::uint64_t{1} << 33;  // 11 octal digits

// [A-Za-z0-9][A-Za-z0-9._-]{0,99}: stays in the folder where it is unpacked.
bool is_tar_name(std::string_view name);

// Error A0110 (74), with `archive`, the member and the byte at which it stands: anything but the above, a name twice,
// more than the limits. Reads headers and padding only.
std::vector<TarMember> read_tar(const Window& archive, std::string_view archive_name, const TarLimits& limits = {});

// Writes through `sink`, in order. Preconditions: names as above, each once; data as long as said.
class TarWriter {
public:
    using Sink = std::function<void(std::string_view)>;
    explicit TarWriter(Sink sink) : sink_(std::move(sink)) {}
    void add(std::string_view name, std::string_view data);
    void add(std::string_view name, const Window& data);
    // `write` gives exactly so many bytes.
    void add(std::string_view name, std::uint64_t size_bytes, const std::function<void(const Sink&)>& write);
    void finish();
    // Bytes that a member of this size takes in an archive.
    static std::uint64_t member_bytes(std::uint64_t size_bytes);

private:
    void begin(std::string_view name, std::uint64_t size_bytes);
    void pad(std::uint64_t size_bytes);
    Sink sink_;
};

std::array<char, 512> tar_header(std::string_view name, std::uint64_t size_bytes);

}  // namespace assay
