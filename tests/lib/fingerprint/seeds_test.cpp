#include "fingerprint/seeds.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

// The first draws of the stream, computed by tests/lib/fingerprint/seeds_reference.py init 17.
TEST(Seeds, TheDigestOfTheFirstDraws) {
    const SeedFingerprint seed = seed_fingerprint("init", 17);
    EXPECT_EQ(seed.stream, "init");
    EXPECT_EQ(seed.seed, 17U);
    EXPECT_EQ(seed.generator, "assay-random/1 philox4x32-10");
    EXPECT_EQ(seed.draws_sha256, "bfdad072435c107e30e7ccbac724a82fb4e40a7d262df0c12bcb506eafc3b8b7");
}

TEST(Seeds, AnotherStreamOrSeedDrawsOtherNumbers) {
    const std::string draws = seed_fingerprint("init", 17).draws_sha256;
    EXPECT_NE(seed_fingerprint("init", 18).draws_sha256, draws);
    EXPECT_NE(seed_fingerprint("shuffle", 17).draws_sha256, draws);
    EXPECT_EQ(seed_fingerprint("init", 17).draws_sha256, draws);
}

}  // namespace
}  // namespace assay
