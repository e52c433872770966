// The kernels of planes: elements to byte planes and back. Written so that the compiler makes vectors of them.
#pragma once

#include <string_view>

#include "archive/planes.hpp"

namespace assay {

// Byte `plane` of each of `count` elements, in the layout `r` or `p`. Nothing need be aligned; `out` must not overlap.
void take_plane(const PlaneTensor& tensor, std::uint64_t plane, const char* elements, std::size_t count, char* out);

// Reads and writes size_bytes() bytes; neither end need be aligned, and they must not overlap.
void split_planes(const PlaneTensor& tensor, const char* bytes, char* planes);
void join_planes(const PlaneTensor& tensor, const char* planes, char* bytes);

// Whether at least half of the elements have no bit set (and there are any), by a sample of 16,384.
bool mostly_zero(std::string_view bytes, std::uint64_t width);

}  // namespace assay
