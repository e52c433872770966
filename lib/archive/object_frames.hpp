// The bytes that surround an object's content; shared by its writer and its reader (object.hpp has the grammar).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace assay {

constexpr std::size_t k_hash_frame_bytes = 28;
constexpr std::string_view k_hash_frame_head("\x5D\x2A\x4D\x18\x14\0\0\0X318", 12);
constexpr std::string_view k_seek_frame_magic("\x5E\x2A\x4D\x18", 4);
constexpr std::string_view k_seek_table_magic("\xB1\xEA\x92\x8F", 4);
constexpr std::string_view k_zstd_magic("\x28\xB5\x2F\xFD", 4);
constexpr std::size_t k_seek_row_bytes = 8, k_seek_frame_rest = 17;
constexpr std::size_t k_frames_limit = (std::size_t{16} << 20) / k_seek_row_bytes;  // a table of 16 MiB
constexpr std::size_t k_block_limit = std::size_t{1} << 17;

inline void append_u32(std::string& out, std::uint64_t value) {
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xff);
}

inline std::uint32_t load_u32(const char* at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= std::uint32_t{static_cast<unsigned char>(at[i])} << (8 * i);
    return value;
}

inline std::string hash_frame(const Digest128& digest) {
    std::string frame(k_hash_frame_head);
    for (const std::uint64_t half : {digest.high, digest.low})
        for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>((half >> shift) & 0xff);
    return frame;
}

}  // namespace assay
