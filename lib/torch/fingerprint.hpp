// What libtorch adds to the fingerprint of a process: itself, its settings, its generator.
#pragma once

#include <cstdint>
#include <string>

#include "core/fingerprint.hpp"

namespace assay {

// Fields torch.*: version, build-id, build settings (as a digest), the vector instructions that it chose, threads,
// determinism and TF32 as they are now.
void add_torch_fields(Fingerprint& fingerprint);

// A stream of libtorch's own generator on the CPU: the digest is the SHA-256 of the first 64 numbers that random_ draws
// into an int64 tensor, little-endian. Draws from a generator of its own; the default one is left alone.
SeedFingerprint torch_seed_fingerprint(const std::string& stream, std::uint64_t seed);

}  // namespace assay
