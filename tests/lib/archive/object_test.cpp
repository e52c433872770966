#include "archive/object.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "archive/object_frames.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "lib/archive/made_tensors.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {

using testing::frames_of;
using testing::made_object;
using testing::MadeFrame;
using testing::random_bytes;

std::vector<Stretch> stretches_of(const std::string& content) {
    return looks_like_planes(content) ? planes_stretches(content) : std::vector<Stretch>();
}

std::string message_of(const std::string& object, std::optional<std::uint64_t> expected = {}) {
    try {
        decode_object(object, "x.zst", expected);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "A0201");
        EXPECT_EQ(error.exit(), Exit::unreadable);
        return error.what();
    }
    return "accepted";
}

TEST(Object, GivesBackWhatWasPutIn) {
    for (const std::size_t size : {0UL, 1UL, 4095UL, 131072UL, 131073UL, 1048576UL, 1048577UL, 3000000UL}) {
        for (const FrameStyle style : {FrameStyle::text, FrameStyle::plain, FrameStyle::plane, FrameStyle::delta}) {
            for (const bool random : {true, false}) {
                const std::string content = random ? random_bytes(size, "object.content") : std::string(size, 'a');
                const Stretch stretch{size, style};
                const std::string object = encode_object(content, {&stretch, 1});
                EXPECT_EQ(decode_object(object, "x", size), content) << size;
                EXPECT_EQ(ObjectReader("x", object.size(),
                                       [&](std::uint64_t offset, std::span<char> into) {
                                           object.copy(into.data(), into.size(), offset);
                                       })
                              .frames(),
                          std::max<std::size_t>(1, (size + k_frame_limit - 1) / k_frame_limit));
            }
        }
    }
}

TEST(Object, RandomPlanesAreStoredAsTheyAre) {
    const std::string content = random_bytes(1U << 20, "object.random");
    const Stretch stretch{content.size(), FrameStyle::plane};
    const std::string object = encode_object(content, {&stretch, 1});
    EXPECT_EQ(object.size(), content.size() + 13 + 8 * 3 + 28 + 17 + 8);  // head and checksum, block heads, trailers
    EXPECT_NE(object.find(content.substr(0, k_block_limit)), std::string::npos);
}

TEST(Object, AnEncoderThatIsUsedAgainGivesTheSameBytes) {
    ObjectEncoder encoder;
    for (int round = 0; round < 2; ++round) {
        for (const auto& [name, content] : testing::golden_contents()) {
            std::string object;
            encoder.encode(content, stretches_of(content), object);
            EXPECT_EQ(object, encode_object(content, stretches_of(content))) << name;
        }
    }
}

TEST(Object, ShortStretchesShareFramesAndLongOnesDoNot) {
    const std::size_t sizes[] = {100, 200, 4096, 50, 60, 5000, 4095};
    std::vector<Stretch> stretches;
    std::string content;
    for (const std::size_t size : sizes) {
        stretches.push_back({size, FrameStyle::plane});
        content += random_bytes(size, "object.stretches");
    }
    std::vector<std::uint64_t> frames;
    for (const MadeFrame& frame : frames_of(encode_object(content, stretches))) frames.push_back(frame.content_bytes);
    EXPECT_EQ(frames, (std::vector<std::uint64_t>{300, 4096, 110, 5000, 4095}));
}

TEST(Object, PartsAreThoseOfTheContent) {
    const std::string content = random_bytes(2'500'000, "object.range");
    const std::string object = encode_object(content);
    std::uint64_t read_bytes = 0;
    ObjectReader reader("x", object.size(), [&](std::uint64_t offset, std::span<char> into) {
        read_bytes += into.size();
        object.copy(into.data(), into.size(), offset);
    });
    const auto part = [&](std::uint64_t offset, std::uint64_t size) {
        std::string bytes(size, '\0');
        reader.read(offset, bytes);
        return bytes;
    };
    Random random(1, "object.ranges");
    for (int i = 0; i < 50; ++i) {
        const std::uint64_t offset = random.below(content.size() + 1);
        const std::uint64_t limit = i % 5 == 0 ? content.size() : 100'000;  // some are several frames long
        const std::uint64_t size = random.below(std::min<std::uint64_t>(content.size() - offset, limit) + 1);
        EXPECT_TRUE(part(offset, size) == content.substr(offset, size)) << offset << " " << size;
    }
    part(0, 10);
    read_bytes = 0;
    part(2'200'000, 10);
    EXPECT_LT(read_bytes, 500'000U) << "more than the one frame was read";
    part(2'300'000, 10);
    EXPECT_LT(read_bytes, 500'000U) << "it was read twice";
    EXPECT_EQ(part(content.size(), 0), "");
    for (const auto& [offset, size] :
         {std::pair<std::uint64_t, std::uint64_t>{2'500'000, 1}, {2'500'001, 0}, {1, 2'500'000}}) {
        EXPECT_THROW(part(offset, size), Error);
    }
}

// Goldens hold stored bytes; another zstd may write others, so the content is what is compared.
TEST(Object, ReadsTheGoldens) {
    for (const auto& [name, content] : testing::golden_contents()) {
        const std::filesystem::path path =
            std::filesystem::path(ASSAY_SOURCE_DIR) / "fixtures/golden/archive" / (name + ".zst");
        if (std::getenv("ASSAY_ACCEPT") != nullptr) {
            make_directories(path.parent_path());
            write_file_atomic(path, encode_object(content, stretches_of(content)));
        }
        const std::string object = read_file(path);
        EXPECT_EQ(decode_object(object, name, content.size()), content) << name;
        EXPECT_LE(object.size(), 32768U) << name;
    }
}

std::string golden(const std::string& name) {
    return read_file(std::filesystem::path(ASSAY_SOURCE_DIR) / "fixtures/golden/archive" / (name + ".zst"));
}

TEST(ObjectDamage, EveryFlippedBitIsFound) {
    for (const auto& [name, content] : testing::golden_contents()) {
        std::string object = golden(name);
        std::size_t missed = 0;
        for (std::size_t bit = 0; bit < 8 * object.size(); ++bit) {
            const char mask = static_cast<char>(1U << bit % 8);
            object[bit / 8] = static_cast<char>(object[bit / 8] ^ mask);
            try {
                decode_object(object, name);
                ++missed;
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), "A0201");
            }
            object[bit / 8] = static_cast<char>(object[bit / 8] ^ mask);
        }
        EXPECT_EQ(missed, 0U) << name << ": of " << 8 * object.size();
    }
}

TEST(ObjectDamage, EveryOtherLengthIsFound) {
    for (const auto& [name, content] : testing::golden_contents()) {
        const std::string object = golden(name);
        for (std::size_t size = 0; size < object.size(); ++size)
            EXPECT_NE(message_of(object.substr(0, size)), "accepted") << name << " " << size;
        for (std::size_t more = 1; more <= 1024; ++more) {
            EXPECT_NE(message_of(object + std::string(more, '\0')), "accepted") << name << " " << more;
            EXPECT_NE(message_of(std::string(more, '\0') + object), "accepted") << name << " " << more;
        }
    }
}

// True in digest and table, and refused all the same: what a forger would write.
std::map<std::string, std::string> forged_objects() {
    const std::string raw = std::string(k_zstd_magic) + "\xA4";
    const auto raw_frame = [&](const std::string& content) {
        const Stretch stretch{content.size(), FrameStyle::plane};
        return frames_of(encode_object(content, {&stretch, 1})).front().bytes;
    };
    const std::string text = encode_object(std::string(5000, 'a') + random_bytes(5000, "object.forged"));
    const MadeFrame whole = frames_of(text).front();
    const auto with_byte = [&](std::size_t at, char value) {
        std::string bytes = whole.bytes;
        bytes[at] = value;
        return made_object({{bytes, whole.content_bytes}});
    };
    const char flags = whole.bytes[4];
    std::map<std::string, std::string> forged;
    forged["content_longer"] = made_object({{whole.bytes, whole.content_bytes + 1}});
    forged["content_shorter"] = made_object({{whole.bytes, whole.content_bytes - 1}});
    forged["content_too_long"] = made_object({{whole.bytes, k_frame_limit + 1}});
    forged["dictionary"] = with_byte(4, static_cast<char>(flags | 1));
    forged["no_checksum"] = with_byte(4, static_cast<char>(flags & ~4));
    forged["reserved_bit"] = with_byte(4, static_cast<char>(flags | 8));
    forged["no_content_size"] = with_byte(4, 4);
    forged["wide_window"] = made_object(
        {{std::string(k_zstd_magic) + std::string("\x44\x58\x10\x27", 4) + whole.bytes.substr(7), 10000 + 256}});
    forged["two_frames_as_one"] = made_object({{whole.bytes + whole.bytes, whole.content_bytes}});
    forged["skippable_frame"] = made_object({{std::string("\x50\x2A\x4D\x18\4\0\0\0abcd", 12), 0}});
    forged["empty_frames"] = made_object({{raw_frame(""), 0}, {raw_frame(""), 0}});
    forged["frame_cut"] = made_object({{whole.bytes.substr(0, whole.bytes.size() - 5), whole.content_bytes}});
    forged["no_frame"] = made_object({});
    forged["not_zstd"] = made_object({{"hello, world", 12}});
    std::string many = made_object({whole});
    many.replace(many.size() - 9, 4, std::string("\xff\xff\xff\xff", 4));
    forged["many_frames"] = many;
    return forged;
}

TEST(ObjectDamage, ForgedOnesAreRefusedWithTheReason) {
    std::string messages;
    for (const auto& [name, object] : forged_objects()) {
        const std::string message = message_of(object);
        EXPECT_NE(message, "accepted") << name;
        messages += name + ": " + message + "\n";
    }
    messages += "wrong_length: " + message_of(golden("text"), 17) + "\n";
    testing::expect_golden(messages, "archive/forged_objects.txt");
}

// A frame of one repeated byte grows 32,768 times: the reader's memory must not follow what is claimed.
TEST(ObjectDamage, ABombIsReadInPieces) {
    const std::string zeros(k_frame_limit, '\0');
    const MadeFrame frame = frames_of(encode_object(zeros)).front();
    const std::string object = made_object(std::vector<MadeFrame>(2000, frame));
    ObjectReader reader("bomb", object.size(), [&](std::uint64_t offset, std::span<char> into) {
        object.copy(into.data(), into.size(), offset);
    });
    std::uint64_t seen = 0;
    reader.each_frame([&](std::string_view content) { seen += content.size(); });
    EXPECT_EQ(seen, 2000 * k_frame_limit);
    EXPECT_LT(object.size(), 300'000U);
    try {
        decode_object(object, "bomb", {}, 1U << 30);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "A0203");
    }
}

}  // namespace
}  // namespace assay
