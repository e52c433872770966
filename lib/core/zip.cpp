#include "core/zip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {

constexpr std::size_t k_end_size = 22, k_directory_size = 46, k_local_size = 30;
constexpr std::uint64_t k_largest_ratio = 1032;  // of deflate: a block of 258 bytes for two bits

[[noreturn]] void fail(const std::string& what) {
    throw Error("W0103", Exit::unreadable, "not a readable zip archive: " + what);
}

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return value;
}

struct Directory {
    std::size_t begin = 0, size = 0, members = 0;
};

// The record at the end, behind which a comment of up to 64 KiB may stand.
Directory find_directory(std::string_view file) {
    if (file.size() < k_end_size) fail("it has " + std::to_string(file.size()) + " bytes");
    const std::size_t lowest = file.size() - std::min<std::size_t>(file.size(), k_end_size + 0xffff);
    for (std::size_t at = file.size() - k_end_size + 1; at-- > lowest;) {
        if (!file.substr(at).starts_with("PK\5\6")) continue;
        if (at + k_end_size + number_at(file, at + 20, 2) != file.size()) continue;
        const Directory directory{number_at(file, at + 16, 4), number_at(file, at + 12, 4),
                                  number_at(file, at + 10, 2)};
        if (number_at(file, at + 4, 2) != 0 || number_at(file, at + 8, 2) != directory.members) fail("several disks");
        if (directory.begin == 0xffffffff || directory.members == 0xffff) fail("zip64, more than 4 GiB");
        if (directory.begin > at || directory.size != at - directory.begin) fail("its directory is not where it says");
        return directory;
    }
    fail("no directory at its end");
}

// Where the packed bytes of a member lie: behind its local header, whose name and extra field have their own lengths.
std::string_view packed_bytes(std::string_view file, const std::string& name, std::size_t local,
                              std::size_t packed_size, std::size_t directory) {
    if (local > directory || directory - local < k_local_size) fail(name + " lies outside the archive");
    if (!file.substr(local).starts_with("PK\3\4")) fail(name + " has no header where it should be");
    const std::size_t begin = local + k_local_size + number_at(file, local + 26, 2) + number_at(file, local + 28, 2);
    if (begin > directory || packed_size > directory - begin) fail(name + " ends after its archive does");
    return file.substr(begin, packed_size);
}

void refuse_overlap(std::vector<ZipMember> members) {
    std::sort(members.begin(), members.end(), [](const ZipMember& a, const ZipMember& b) {
        return a.packed.data() != b.packed.data() ? a.packed.data() < b.packed.data()
                                                  : a.packed.size() < b.packed.size();
    });
    for (std::size_t i = 1; i < members.size(); ++i) {
        const ZipMember& before = members[i - 1];
        if (before.packed.data() + before.packed.size() > members[i].packed.data())
            fail(before.name + " and " + members[i].name + " overlap");
    }
}

std::string inflated(const ZipMember& member) {
    z_stream stream{};
    if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail("zlib does not start");
    std::string out;
    std::array<char, 65536> window;
    std::string_view rest = member.packed;
    int status = Z_OK;
    while (status == Z_OK && out.size() <= member.size) {
        if (stream.avail_in == 0 && !rest.empty()) {
            const std::size_t part = std::min<std::size_t>(rest.size(), 1U << 20);
            stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest.data()));
            stream.avail_in = static_cast<uInt>(part);
            rest.remove_prefix(part);
        }
        stream.next_out = reinterpret_cast<Bytef*>(window.data());
        stream.avail_out = static_cast<uInt>(window.size());
        status = ::inflate(&stream, Z_NO_FLUSH);
        out.append(window.data(), window.size() - stream.avail_out);
    }
    const bool used_all = rest.empty() && stream.avail_in == 0;
    ::inflateEnd(&stream);
    if (status != Z_STREAM_END || !used_all) fail(member.name + " does not inflate");
    return out;
}

}  // namespace

bool looks_like_zip(std::string_view file) { return file.starts_with("PK\3\4") || file.starts_with("PK\5\6"); }

std::vector<ZipMember> zip_members(std::string_view file, const ZipLimits& limits) {
    const Directory directory = find_directory(file);
    if (directory.members > limits.members) fail(std::to_string(directory.members) + " members");
    std::vector<ZipMember> members;
    std::set<std::string> names;
    std::uint64_t total = 0;
    std::size_t at = directory.begin;
    const std::size_t end = directory.begin + directory.size;
    for (std::size_t i = 0; i < directory.members; ++i) {
        if (end - at < k_directory_size || !file.substr(at).starts_with("PK\1\2")) fail("its directory is damaged");
        const std::size_t name_size = number_at(file, at + 28, 2);
        const std::size_t entry_size =
            k_directory_size + name_size + number_at(file, at + 30, 2) + number_at(file, at + 32, 2);
        if (entry_size > end - at) fail("its directory is damaged");
        ZipMember member;
        member.name = file.substr(at + k_directory_size, name_size);
        if (printable_line(member.name) != member.name) fail("a member's name is no text");
        if (!names.insert(member.name).second) fail(member.name + " is there twice");
        const std::uint32_t method = number_at(file, at + 10, 2), packed_size = number_at(file, at + 20, 4);
        if ((number_at(file, at + 8, 2) & 1U) != 0) fail(member.name + " is encrypted");
        if (method != 0 && method != 8) fail(member.name + " is packed by method " + std::to_string(method));
        member.deflated = method == 8;
        member.crc32 = number_at(file, at + 16, 4);
        member.size = number_at(file, at + 24, 4);
        if (packed_size == 0xffffffff || member.size == 0xffffffff) fail("zip64, more than 4 GiB");
        member.packed = packed_bytes(file, member.name, number_at(file, at + 42, 4), packed_size, directory.begin);
        if (!member.deflated && member.size != packed_size) fail(member.name + " has two sizes");
        if (member.size > k_largest_ratio * packed_size) fail(member.name + " claims more than deflate can give");
        total += member.size;
        if (total > limits.bytes) fail("more than " + std::to_string(limits.bytes) + " bytes of content");
        members.push_back(std::move(member));
        at += entry_size;
    }
    if (at != end) fail("its directory is damaged");
    refuse_overlap(members);
    return members;
}

std::string zip_content(const ZipMember& member) {
    std::string content = member.deflated ? inflated(member) : std::string(member.packed);
    if (content.size() != member.size) fail(member.name + " has another size than its directory says");
    const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
    if (static_cast<std::uint32_t>(crc) != member.crc32) fail(member.name + " is damaged: its CRC is another");
    return content;
}

}  // namespace assay
