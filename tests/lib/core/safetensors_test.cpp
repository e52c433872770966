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
