#include "archive/planes.hpp"

#include <gtest/gtest.h>

#include <map>

#include "archive/planes_split.hpp"
#include "archive/planes_text.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "lib/archive/made_tensors.hpp"
#include "support/golden.hpp"

namespace assay {
namespace {

using testing::MadeTensors;
using testing::random_bytes;

std::string message_of(const std::string& file) {
    try {
        read_planes_header(file);
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "A0301");
        EXPECT_EQ(error.exit(), Exit::unreadable);
        return error.what();
    }
    return "accepted";
}

std::string with_header(std::string header, const std::string& data) {
    header.append((8 - header.size() % 8) % 8, ' ');
    std::string file;
    append_u32(file, header.size());
    append_u32(file, 0);
    return file + header + data;
}

// Bit by bit, without the shifts of the code under test.
TEST(Planes, AreTheBytesOfRotatedElements) {
    for (const auto& [dtype, width] :
         std::map<std::string, std::size_t>{{"F16", 2}, {"BF16", 2}, {"F32", 4}, {"F64", 8}}) {
        for (const std::size_t n : {1UL, 7UL, 2048UL, 2049UL, 5000UL}) {
            const std::string bytes = random_bytes(n * width, "planes." + dtype);
            const std::string file = write_planes({{"t", dtype, {n}, bytes}});
            const PlaneTensor tensor = read_planes_header(file).front();
            ASSERT_EQ(tensor.layout, 'r');
            for (std::size_t e = 0; e < n; e += n / 3 + 1) {
                for (std::size_t bit = 0; bit < 8 * width; ++bit) {
                    const std::size_t to = (bit + 1) % (8 * width);
                    const int source = bytes[e * width + bit / 8] >> (bit % 8) & 1;
                    const int planed = file[tensor.offset + to / 8 * n + e] >> (to % 8) & 1;
                    ASSERT_EQ(source, planed) << dtype << " element " << e << " bit " << bit;
                }
            }
        }
    }
}

TEST(Planes, GiveEveryDtypeBack) {
    for (const char* dtype : {"F64", "F32", "F16", "BF16", "I64", "U64", "I32", "U32", "I16", "U16", "I8", "U8", "BOOL",
                              "F8_E4M3", "F8_E5M2"}) {
        for (const std::size_t n : {0UL, 1UL, 3UL, 2047UL, 4096UL, 10001UL}) {
            const std::string bytes = random_bytes(n * *dtype_bytes(dtype), dtype);
            const std::string file = write_planes({{"t", dtype, {n}, bytes}});
            const PlaneTensor tensor = read_planes_header(file).front();
            EXPECT_EQ(tensor.dtype, dtype);
            std::string back;
            join_planes(tensor, std::string_view(file).substr(tensor.offset, tensor.size_bytes()), back);
            EXPECT_TRUE(back == bytes) << dtype << " " << n;
        }
    }
}

TEST(Planes, AreASafetensorsFileForEveryone) {
    for (const auto& [name, content] : testing::golden_contents()) {
        if (!looks_like_planes(content)) continue;
        const std::vector<PlaneTensor> tensors = read_planes_header(content);
        const std::vector<TensorView> views = view_safetensors(content);
        ASSERT_EQ(views.size(), tensors.size());
        for (std::size_t i = 0; i < views.size(); ++i) {
            EXPECT_EQ(views[i].dtype, "U8");
            EXPECT_EQ(views[i].bytes.data() - content.data(), static_cast<std::ptrdiff_t>(tensors[i].offset));
            EXPECT_EQ(views[i].bytes.size(), tensors[i].size_bytes());
        }
    }
}

TEST(Planes, TheirDigestsAreThoseOfTheTensors) {
    MadeTensors made;
    made.add("z", "F32", {2, 3}, random_bytes(24, "planes.z"));
    made.add("a %", "I64", {}, random_bytes(8, "planes.a"));
    made.add("a!", "F64", {1}, random_bytes(8, "planes.b"));
    std::vector<TensorDigest> expected;
    for (const std::size_t i : {1UL, 2UL, 0UL}) expected.push_back(digest_of(made.views[i]));
    const std::string file = write_planes(made.views);
    EXPECT_EQ(digest_planes(file), expected);
    EXPECT_EQ(read_safetensors(planes_to_safetensors(file)), expected);
    EXPECT_EQ(write_planes(view_safetensors(planes_to_safetensors(file))), file) << "there and back";
    std::swap(made.views[0], made.views[2]);
    EXPECT_EQ(write_planes(made.views), file) << "the order in which tensors come is no part of them";
}

TEST(Planes, ComeInPartsOfAnySize) {
    MadeTensors made;
    made.add("bf16", "BF16", {3, 7}, random_bytes(42, "planes.parts.bf16"));
    made.add("none", "F32", {0, 4}, "");
    made.add("f32", "F32", {1001}, random_bytes(4004, "planes.parts.f32"));
    made.add("f64", "F64", {5}, random_bytes(40, "planes.parts.f64"));
    made.add("i16", "I16", {33}, random_bytes(66, "planes.parts.i16"));
    made.add("bytes", "U8", {100}, random_bytes(100, "planes.parts.u8"));
    made.add("zeros", "F32", {50}, std::string(200, '\0'));
    const std::string file = write_planes(made.views);
    ASSERT_EQ(planes_to_safetensors(file), write_safetensors(made.views));
    for (const std::size_t size : {1UL, 7UL, 64UL, 1000UL, file.size()}) {
        PlanesWriter writer(made.views);
        ASSERT_EQ(writer.size_bytes(), file.size());
        std::string parts;
        for (std::size_t at = 0; at < file.size(); at += size) parts += writer.at(at, std::min(size, file.size() - at));
        EXPECT_TRUE(parts == file) << size;
        EXPECT_EQ(writer.at(3, 20), file.substr(3, 20)) << "and from the beginning again";
    }
}

TEST(Planes, HaveThisHeader) {
    MadeTensors made;
    made.add("b", "F32", {2, 1}, random_bytes(8, "planes.b"));
    made.add("A", "F32", {}, std::string(4, '\0'));
    made.add("i\xC3\xA9", "I16", {3}, "123456");
    const std::string file = write_planes(made.views);
    EXPECT_EQ(file.substr(8, planes_data_begin(file) - 8),
              R"({"A":{"data_offsets":[0,4],"dtype":"U8","shape":[1,4]},)"
              R"("__metadata__":{"pst":"1","t:A":"F32 - ","t:b":"F32 r 2,1","t:i%C3%A9":"I16 p 3"},)"
              R"("b":{"data_offsets":[4,12],"dtype":"U8","shape":[4,2]},)"
              R"("i%C3%A9":{"data_offsets":[12,18],"dtype":"U8","shape":[2,3]}})"
              "  ");
}

TEST(Planes, AreNotMadeOfFloatsThatAreMostlyZero) {
    EXPECT_TRUE(mostly_zero(std::string(16, '\0'), 4));
    EXPECT_TRUE(mostly_zero(std::string(8, '\0') + "12345678", 4)) << "half";
    EXPECT_FALSE(mostly_zero(std::string(4, '\0') + "12345678", 4));
    EXPECT_FALSE(mostly_zero(std::string(3, '\0') + '\x80', 4)) << "minus zero has a bit";
    EXPECT_FALSE(mostly_zero("", 4));
    EXPECT_TRUE(mostly_zero(std::string(20000, '\0'), 2)) << "more than a counter of 16 bits holds at once";
}

TEST(Planes, WhatTheFormatCannotHoldIsRefused) {
    const std::vector<TensorView> rows[] = {
        {{"a", "F31", {1}, "1234"}},
        {{"a", "F32", {2}, "1234"}},
        {{"", "F32", {1}, "1234"}},
        {{"__metadata__", "F32", {1}, "1234"}},
        {{std::string(513, 'a'), "U8", {1}, "1"}},
        {{std::string(200, ' '), "U8", {1}, "1"}},
        {{"a", "U8", std::vector<std::uint64_t>(17, 1), "1"}},
        {{"a", "U8", {1ULL << 63}, "1"}},
        {{"a", "F64", {1ULL << 31, 1ULL << 31}, "1"}},
        {{"a", "U8", {1}, "1"}, {"a", "U8", {1}, "2"}},
    };
    for (const auto& tensors : rows) {
        try {
            write_planes(tensors);
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "A0302");
        }
    }
}

TEST(PlanesDamage, EveryFlippedBitOfTheHeaderIsRefusedOrAnotherTensor) {
    for (const auto& [name, content] : testing::golden_contents()) {
        if (!looks_like_planes(content)) continue;
        const std::vector<TensorDigest> digests = digest_planes(content);
        std::string file = content;
        for (std::size_t bit = 0; bit < 8 * planes_data_begin(content); ++bit) {
            const char mask = static_cast<char>(1U << bit % 8);
            file[bit / 8] = static_cast<char>(file[bit / 8] ^ mask);
            if (message_of(file) == "accepted") {
                EXPECT_NE(digest_planes(file), digests) << name << " bit " << bit;
            }
            file[bit / 8] = static_cast<char>(file[bit / 8] ^ mask);
        }
        for (std::size_t size = 0; size < content.size(); size += size < 4096 ? 1 : 97)
            EXPECT_NE(message_of(content.substr(0, size)), "accepted");
        EXPECT_NE(message_of(content + '\0'), "accepted");
    }
}

// What tests/lib/archive/foreign_reader.py must find by itself.
TEST(Planes, DigestsOfTheGoldens) {
    std::map<std::string, std::string> contents;
    for (const auto& [name, content] : testing::golden_contents()) contents[name + ".zst"] = content;
    std::string lines;
    for (const auto& [name, content] : contents) {
        lines += name + " " + sha256_hex(content) + "\n";
        if (!looks_like_planes(content)) continue;
        std::string bytes;
        for (const PlaneTensor& tensor : read_planes_header(content)) {
            join_planes(tensor, std::string_view(content).substr(tensor.offset, tensor.size_bytes()), bytes);
            lines += name + " " + escaped_name(tensor.name) + " " + sha256_hex(bytes) + "\n";
        }
    }
    testing::expect_golden(lines, "archive/digests.txt");
}

std::map<std::string, std::string> forged_planes() {
    const auto file = [](const std::string& metadata, const std::string& entries, std::size_t data_bytes) {
        return with_header(R"({"__metadata__":{"pst":"1")" + metadata + "}" + entries + "}",
                           std::string(data_bytes, 'x'));
    };
    const auto entry = [](const std::string& name, int begin, int end, int rows, int columns) {
        return ",\"" + name + R"(":{"data_offsets":[)" + std::to_string(begin) + "," + std::to_string(end) +
               R"(],"dtype":"U8","shape":[)" + std::to_string(rows) + "," + std::to_string(columns) + "]}";
    };
    const std::string a = R"(,"t:a":"F32 r 1")", b = R"(,"t:b":"F32 r 1")";
    const std::string entry_a = entry("a", 0, 4, 4, 1), entry_b = entry("b", 4, 8, 4, 1);
    std::map<std::string, std::string> forged;
    forged["hole"] = file(a + b, entry_a + entry("b", 5, 9, 4, 1), 9);
    forged["overlap"] = file(a + b, entry_a + entry("b", 0, 4, 4, 1), 8);
    forged["unsorted"] = file(b + a, entry("b", 0, 4, 4, 1) + entry("a", 4, 8, 4, 1), 8);
    forged["entries_unsorted"] = file(a + b, entry_b + entry_a, 8);
    forged["twice"] = file(a + a, entry_a + entry_a, 8);
    forged["undescribed_tensor"] = file(a, entry_a + entry_b, 8);
    forged["missing_tensor"] = file(a + b, entry_a, 8);
    forged["bytes_after"] = file(a, entry_a, 5);
    forged["bytes_missing"] = file(a, entry_a, 3);
    forged["unknown_metadata"] = file(a + R"(,"z":"1")", entry_a, 4);
    forged["unescaped_blank"] = file(R"(,"t:a b":"F32 r 1")", entry("a b", 0, 4, 4, 1), 4);
    forged["escape_without_need"] = file(R"(,"t:%61":"F32 r 1")", entry("%61", 0, 4, 4, 1), 4);
    forged["small_escape"] = file(R"(,"t:%c3":"F32 r 1")", entry("%c3", 0, 4, 4, 1), 4);
    forged["no_name"] = file(R"(,"t:":"F32 r 1")", entry("", 0, 4, 4, 1), 4);
    forged["long_name"] = file(",\"t:" + std::string(513, 'a') + R"(":"U8 - 1")", "", 1);
    forged["other_layout"] = file(R"(,"t:a":"F32 p 1")", entry_a, 4);
    forged["plain_integers"] = file(R"(,"t:a":"I32 - 1")", entry("a", 0, 4, 1, 4), 4);
    forged["other_dtype"] = file(R"(,"t:a":"F31 r 1")", entry_a, 4);
    forged["dimension_with_zeros"] = file(R"(,"t:a":"F32 r 01")", entry_a, 4);
    forged["dimension_missing"] = file(R"(,"t:a":"F32 r 1,")", entry_a, 4);
    forged["dimension_negative"] = file(R"(,"t:a":"F32 r -1")", entry_a, 4);
    forged["dimensions_overflow"] = file(R"(,"t:a":"F32 r 4294967296,4294967296")", entry_a, 4);
    forged["many_dimensions"] = file(R"(,"t:a":"F32 r 1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1")", entry_a, 4);
    forged["huge"] = file(R"(,"t:a":"F32 r 1000000000000")", entry("a", 0, 4, 4, 1), 4);
    forged["blank_in_json"] = file(a + " ", entry_a, 4);
    forged["other_version"] = with_header(R"({"__metadata__":{"pst":"2","t:a":"F32 r 1"})" + entry_a + "}", "1234");
    forged["safetensors"] = with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "1234");
    forged["more_padding"] = with_header(R"({"__metadata__":{"pst":"1"}})" + std::string(16, ' '), "");
    forged["not_padded"] = std::string("\x1c\0\0\0\0\0\0\0", 8) + R"({"__metadata__":{"pst":"1"}})";
    forged["long_header"] = std::string("\0\0\0\2\0\0\0\0", 8) + "{}";
    forged["short"] = "1234567";
    return forged;
}

TEST(PlanesDamage, ForgedOnesAreRefusedWithTheReason) {
    std::string messages;
    for (const auto& [name, file] : forged_planes()) {
        const std::string message = message_of(file);
        EXPECT_NE(message, "accepted") << name;
        messages += name + ": " + message + "\n";
    }
    testing::expect_golden(messages, "archive/forged_planes.txt");
}

}  // namespace
}  // namespace assay
