// A file of planes as its differences from another, for runs that repeat a recipe on other kernels. Pure.
//
//   delta := "PSTD1\0\0\0" | the base's name (a SHA-256, 32 bytes) | u64 bytes of the target | the target, in its
//   order, where
//            each tensor of layout `r` or `p` that the base has too (name, dtype, layout, dimensions) is the byte
//            planes of z; everything else verbatim
//   m(x) := top bit set ? ~x : x | top bit          floats as integers in the order of their values
//   d    := m(target) - m(base) modulo 2^w,  z := (d << 1) ^ (d >> sign)            small either way, so high planes
//   are 0
//
// Of the same seed on another machine a delta is 1.4 to 37 times smaller; XOR gives less in every pair; across seeds it
// gives nothing (archive.md 3.4). The ratio itself says how far two runs parted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "archive/object.hpp"

namespace assay {

constexpr std::size_t k_delta_head_bytes = 48;

// The name, 64 hex digits, is what the base is found by: whatever its owner looks it up with. Precondition: both are
// files of planes (Error A0301 otherwise).
std::string make_delta(std::string_view target, std::string_view base, std::string_view base_name);

// The name of the base that a delta needs, from its first 48 bytes. Error A0601 (74): it is none.
std::string delta_base(std::string_view delta);

// Error A0601 (74): no delta, or one of a base of another name, with what does not fit. Another base of that name gives
// another target: the caller knows the target's digest.
std::string apply_delta(std::string_view delta, std::string_view base, std::string_view base_name);

// How an object of this delta is compressed.
std::vector<Stretch> delta_stretches(std::string_view delta, std::string_view target);

// Whether a delta of so many stored bytes is worth a base: a third smaller at least (archive.md 3.4).
constexpr bool delta_is_worth(std::uint64_t delta_bytes, std::uint64_t full_bytes) {
    return delta_bytes * 13 < full_bytes * 10;
}

}  // namespace assay
