#include "core/safetensors.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/random.hpp"

namespace assay {
namespace {

std::string file_of(const std::string& header, const std::string& data) {
    std::string file;
    for (int shift = 0; shift < 64; shift += 8)
        file += static_cast<char>((std::uint64_t{header.size()} >> shift) & 0xff);
    return file + header + data;
}

const std::string k_header =
    R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}  )";

TEST(Safetensors, GivesADigestForEachTensor) {
    const auto tensors = read_safetensors(file_of(k_header, "12345678abcd"));
    ASSERT_EQ(tensors.size(), 2U);
    EXPECT_EQ(tensors[0], (TensorDigest{"a", "I64", {}, sha256_hex("12345678")}));
    EXPECT_EQ(tensors[1], (TensorDigest{"b", "F32", {1}, sha256_hex("abcd")}));
}

// The digests of a file in pieces of `size` bytes; the error's text where it is refused.
std::string in_pieces(const std::string& file, std::size_t size, std::vector<TensorDigest>& digests) {
    try {
        SafetensorsDigests stream(file.size());
        for (std::size_t at = 0; at < file.size(); at += size) stream.update(std::string_view(file).substr(at, size));
        digests = stream.finish();
        return "";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "W0101");
        return error.what();
    }
}

TEST(Safetensors, LargeTensorsAreSharedOutAndKeepTheirOrder) {
    std::vector<std::string> bytes;
    std::vector<TensorView> tensors;
    for (const std::size_t size : {0U, 9'000'000U, 4U, 8'000'000U, 100U})
        bytes.emplace_back(size, static_cast<char>('a' + bytes.size()));
    for (std::size_t i = 0; i < bytes.size(); ++i)
        tensors.push_back({"t" + std::to_string(i), "U8", {bytes[i].size()}, bytes[i]});
    std::vector<TensorDigest> one_by_one;
    for (const TensorView& tensor : tensors) one_by_one.push_back(digest_of(tensor));
    EXPECT_EQ(digests_of(tensors), one_by_one);
}

TEST(Safetensors, PiecesOfAnySizeGiveTheSameDigests) {
    const std::string files[] = {
        file_of(k_header, "12345678abcd"), file_of("{}", ""),
        file_of(
            R"({"e":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"f":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
            R"("g":{"dtype":"F32","shape":[0,4],"data_offsets":[3,3]},"h":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}})",
            "abcd")};
    for (const std::string& file : files) {
        for (std::size_t size = 1; size <= file.size(); ++size) {
            std::vector<TensorDigest> digests;
            EXPECT_EQ(in_pieces(file, size, digests), "") << size;
            EXPECT_EQ(digests, read_safetensors(file)) << size;
        }
    }
}

TEST(Safetensors, PiecesThatDoNotAddUpAreRefused) {
    const std::string whole = file_of(k_header, "12345678abcd");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        std::vector<TensorDigest> digests;
        EXPECT_NE(in_pieces(whole.substr(0, length), 7, digests), "") << length;
    }
    std::vector<TensorDigest> digests;
    EXPECT_NE(in_pieces(whole + "x", 7, digests), "");
    SafetensorsDigests early(whole.size());  // a source that gives less than it said, or more
    early.update(std::string_view(whole).substr(0, whole.size() - 1));
    EXPECT_THROW(early.finish(), Error);
    SafetensorsDigests late(whole.size());
    late.update(whole);
    EXPECT_THROW(late.update("x"), Error);
}

TEST(Safetensors, RefusesWhatDoesNotAddUp) {
    const auto one = [](const std::string& shape, const std::string& offsets, const std::string& dtype = "F32") {
        return R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
    };
    const std::string rows[] = {
        "",
        "1234567",
        file_of(k_header, "12345678abc"),
        file_of(k_header, "12345678abcde"),
        file_of(one("[2]", "[0,4]"), "1234"),
        file_of(one("[1]", "[0,8]"), "12345678"),
        file_of(one("[1]", "[4,8]"), "12345678"),
        file_of(one("[1]", "[4,0]"), "1234"),
        file_of(one("[-1]", "[0,4]"), "1234"),
        file_of(one("[4294967296,4294967296]", "[0,4]"), "1234"),
        file_of(one("[1]", "[0,4]", "F31"), "1234"),
        file_of("{", ""),
        std::string(8, '\xff') + "{}",
    };
    for (const std::string& file : rows) {
        try {
            read_safetensors(file);
            ADD_FAILURE() << "accepted: " << file.substr(8);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "W0101");
        }
    }
}

// Stream "safetensors.damage" of seed 1: 20,000 damaged files are read or refused, nothing else.
TEST(Safetensors, SurvivesDamagedFiles) {
    const std::string good = file_of(k_header, "12345678abcd");
    Random random(1, "safetensors.damage");
    for (int i = 0; i < 20'000; ++i) {
        std::string file = good;
        for (std::uint64_t n = random.below(4) + 1; n > 0; --n)
            file[random.below(file.size())] = static_cast<char>(random.below(256));
        if (random.below(3) == 0) file.resize(random.below(file.size() + 1));
        try {
            read_safetensors(file);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "W0101");
        }
    }
}

}  // namespace
}  // namespace assay
