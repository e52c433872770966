#include "base/digest.hpp"

#include <gtest/gtest.h>

namespace assay {
namespace {

// Expected values: printf '%s' TEXT | sha256sum
TEST(Sha256, GivesTheDigestsOfTheStandard) {
    const std::pair<std::string, std::string> rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {std::string(1000, 'a'), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"},
    };
    for (const auto& [text, expected] : rows) EXPECT_EQ(sha256_hex(text), expected);
}

TEST(Sha256, StreamsToTheSameDigestWhateverTheCuts) {
    const std::string text = "one thing at a time";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Sha256 stream;
        stream.update(std::string_view(text).substr(0, cut)).update(std::string_view(text).substr(cut));
        EXPECT_EQ(to_hex(stream.finish()), sha256_hex(text)) << "cut at " << cut;
    }
}

TEST(Sha256, ItsNamesAreRecognised) {
    EXPECT_TRUE(is_sha256_hex(sha256_hex("")));
    for (const std::string& wrong :
         {std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'G'), std::string(64, 'A')}) {
        EXPECT_FALSE(is_sha256_hex(wrong)) << wrong;
    }
}

// Expected: xxhsum -H2 of an empty file, and of "abc" (version 0.8.1).
TEST(Xxh3, GivesTheDigestsOfTheReferenceProgram) {
    EXPECT_EQ(Xxh3().digest(), (Digest128{0x99aa06d3014798d8U, 0x6001c324468d497fU}));
    EXPECT_EQ(Xxh3().update("abc", 3).digest(), (Digest128{0x06b05ab6733a6185U, 0x78af5f94892f3950U}));
}

TEST(Xxh3, StartsAnewAfterReset) {
    Xxh3 hash;
    hash.update("xyz", 3).reset();
    EXPECT_EQ(hash.digest(), Xxh3().digest());
}

}  // namespace
}  // namespace assay
