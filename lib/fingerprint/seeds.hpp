// What a stream of random numbers is known by: its generator, its seed, and what it gave first. Two programs that say
// the same seed but draw other numbers (another generator, another version of one) differ here.
#pragma once

#include <cstdint>
#include <string>

#include "core/fingerprint.hpp"

namespace assay {

// Of a stream of base/random: the digest is the SHA-256 of its first 64 draws of 64 bits, little-endian.
SeedFingerprint seed_fingerprint(const std::string& stream, std::uint64_t seed);

}  // namespace assay
