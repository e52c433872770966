// An object as it is stored: its content in zstd frames. The only place that knows how objects are packed.
//
// Every function throws Error A0102 (74) that begins with `name` when the stored bytes are not the packed content.
#pragma once

#include <string>
#include <string_view>

#include "archive/window.hpp"
#include "core/run.hpp"

namespace assay {

// Of an object, packed or not: the store and the archives hold no larger one.
inline constexpr std::uint64_t k_object_bytes = std::uint64_t{4} << 30;

std::string pack_object(std::string_view content);

// The content, compared with its digest. At most 4 GiB.
std::string unpack_object(std::string_view stored, const MemberRef& content, std::string_view name);

// Whether the stored bytes are whole: all are read, none is unpacked.
void check_stored(const Window& stored, const MemberRef& content, std::string_view name);
// Unpacks all of it piece by piece, in memory that does not grow with it, and compares it with its digest.
void check_content(const Window& stored, const MemberRef& content, std::string_view name);

}  // namespace assay
