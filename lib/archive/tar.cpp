#include "archive/tar.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/check.hpp"
#include "base/error.hpp"

namespace assay {
namespace {

constexpr std::uint64_t k_block = 512;
constexpr std::size_t k_size_at = 124, k_checksum_at = 148;

std::uint64_t padding_of(std::uint64_t size) { return (k_block - size % k_block) % k_block; }

// `digits` octal digits at `out`.
void write_octal(char* out, std::size_t digits, std::uint64_t value) {
    for (std::size_t i = digits; i-- > 0; value >>= 3) out[i] = static_cast<char>('0' + (value & 7));
}

bool is_zero(std::string_view bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
}

class TarReader {
public:
    TarReader(const Window& archive, std::string_view name, const TarLimits& limits)
        : archive_(archive), name_(name), limits_(limits) {}

    std::vector<TarMember> read() {
        if (archive_.size_bytes > limits_.bytes)
            fail("it has more than " + std::to_string(limits_.bytes) + " bytes, the limit");
        if (archive_.size_bytes % k_block != 0) fail("its size is no multiple of 512 bytes: it was cut or extended");
        std::array<char, k_block> header{};
        for (;;) {
            read_block(header);
            if (is_zero({header.data(), header.size()})) break;
            if (members_.size() == limits_.members)
                fail("more than " + std::to_string(limits_.members) + " members, the limit");
            take(header);
        }
        read_block(header);
        if (!is_zero({header.data(), header.size()})) fail("data behind the end mark");
        if (at_ != archive_.size_bytes) fail(std::to_string(archive_.size_bytes - at_) + " bytes behind the end mark");
        return std::move(members_);
    }

private:
    [[noreturn]] void fail(const std::string& why) const {
        const std::string before = members_.empty() ? "" : ", after member " + members_.back().name;
        throw Error("A0110", Exit::unreadable,
                    std::string(name_) + " is damaged, or no archive of assay: " + why + " (byte " +
                        std::to_string(at_) + before + ")",
                    "take it from its source again");
    }

    void read_block(std::span<char> into) {
        if (archive_.size_bytes - at_ < into.size()) fail("it ends too early");
        archive_.read(at_, into);
        at_ += into.size();
    }

    void take(const std::array<char, k_block>& header) {
        at_ -= k_block;  // messages name the header
        const std::string name(header.data(), ::strnlen(header.data(), 100));
        if (!is_tar_name(name)) fail("a member whose name is no plain file name");
        std::uint64_t size = 0;
        for (std::size_t i = k_size_at; i < k_size_at + 11; ++i) {
            if (header[i] < '0' || header[i] > '7') fail("member " + name + ": its size is no number");
            size = size * 8 + static_cast<std::uint64_t>(header[i] - '0');
        }
        if (tar_header(name, size) != header)
            fail("member " + name +
                 ": another header than assay writes (a link, a folder, an owner, an extension, damage)");
        if (!names_.insert(name).second) fail("member " + name + " twice");
        at_ += k_block;
        if (size > archive_.size_bytes - at_) fail("member " + name + " is cut off");
        members_.push_back({name, at_, size});
        at_ += size;
        std::array<char, k_block> padding{};
        const std::span<char> part(padding.data(), static_cast<std::size_t>(padding_of(size)));
        read_block(part);
        if (!is_zero({part.data(), part.size()})) fail("member " + name + ": padding that is not zero");
    }

    const Window& archive_;
    std::string_view name_;
    TarLimits limits_;
    std::uint64_t at_ = 0;
    std::vector<TarMember> members_;
    std::set<std::string> names_;
};

}  // namespace

bool is_tar_name(std::string_view name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !name.empty() && name.size() <= 100 && plain(name[0]) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

std::array<char, 512> tar_header(std::string_view name, std::uint64_t size_bytes) {
    ASSAY_CHECK(name.size() <= 100 && size_bytes < k_tar_member_bytes);
    std::array<char, k_block> header{};
    std::copy(name.begin(), name.end(), header.begin());
    std::memcpy(&header[100], "0000644\0000000000\0000000000", 24);
    write_octal(&header[k_size_at], 11, size_bytes);
    std::memset(&header[136], '0', 11);  // the time: 1970
    std::memset(&header[k_checksum_at], ' ', 8);
    header[156] = '0';
    std::memcpy(&header[257], "ustar\00000", 8);
    std::uint64_t sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    write_octal(&header[k_checksum_at], 6, sum);
    header[k_checksum_at + 6] = '\0';
    return header;
}

std::vector<TarMember> read_tar(const Window& archive, std::string_view archive_name, const TarLimits& limits) {
    return TarReader(archive, archive_name, limits).read();
}

void TarWriter::begin(std::string_view name, std::uint64_t size_bytes) {
    ASSAY_CHECK(is_tar_name(name));
    const auto header = tar_header(name, size_bytes);
    sink_({header.data(), header.size()});
}

void TarWriter::pad(std::uint64_t size_bytes) {
    sink_(std::string(static_cast<std::size_t>(padding_of(size_bytes)), '\0'));
}

void TarWriter::add(std::string_view name, std::string_view data) {
    begin(name, data.size());
    sink_(data);
    pad(data.size());
}

void TarWriter::add(std::string_view name, const Window& data) {
    add(name, data.size_bytes, [&](const Sink& sink) { each_piece(data, sink); });
}

void TarWriter::add(std::string_view name, std::uint64_t size_bytes, const std::function<void(const Sink&)>& write) {
    begin(name, size_bytes);
    std::uint64_t written = 0;
    write([&](std::string_view piece) {
        written += piece.size();
        sink_(piece);
    });
    ASSAY_CHECK(written == size_bytes);
    pad(size_bytes);
}

void TarWriter::finish() { sink_(std::string(2 * k_block, '\0')); }

std::uint64_t TarWriter::member_bytes(std::uint64_t size_bytes) {
    return k_block + size_bytes + padding_of(size_bytes);
}

}  // namespace assay
