#include "archive/delta.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "archive/planes.hpp"
#include "base/digest.hpp"
#include "base/error.hpp"
#include "lib/archive/made_tensors.hpp"

namespace assay {
namespace {

using testing::MadeTensors;
using testing::random_bytes;
using testing::weights_f32;

const std::string k_name = sha256_hex("the base's name");

// The same weights, a few units in the last place away: what another kernel makes of a training.
std::string nearby(std::string bytes, std::uint64_t ulps) {
    Random random(1, "delta.ulps");
    for (std::size_t at = 0; at < bytes.size(); at += 4) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, bytes.data() + at, 4);
        bits += static_cast<std::uint32_t>(random.below(2 * ulps + 1) - ulps);
        std::memcpy(bytes.data() + at, &bits, 4);
    }
    return bytes;
}

std::string file_of(const std::string& weights, const std::string& dtype = "F32", std::uint64_t width = 4) {
    return write_planes({{"w", dtype, {weights.size() / width}, weights}});
}

std::size_t stored_size(const std::string& delta, const std::string& target) {
    return encode_object(delta, delta_stretches(delta, target)).size();
}

TEST(Delta, GivesTheTargetBack) {
    for (const auto& [dtype, width] : {std::pair<std::string, std::uint64_t>{"F32", 4},
                                       {"F64", 8},
                                       {"BF16", 2},
                                       {"F16", 2},
                                       {"I64", 8},
                                       {"U16", 2}}) {
        const std::string base = file_of(random_bytes(8000, "delta.base"), dtype, width);
        for (const std::string& target : {base, file_of(random_bytes(8000, "delta.target"), dtype, width)}) {
            const std::string delta = make_delta(target, base, k_name);
            EXPECT_EQ(delta_base(delta), k_name);
            EXPECT_TRUE(apply_delta(delta, base, k_name) == target) << dtype;
        }
    }
}

TEST(Delta, EveryElementThatFitsNothingStaysAsItIs) {
    MadeTensors base, target;
    base.add("same", "F32", {10}, random_bytes(40, "a"));
    base.add("shape", "F32", {10}, random_bytes(40, "b"));
    base.add("only_base", "F32", {10}, random_bytes(40, "c"));
    base.add("bytes", "U8", {10}, random_bytes(10, "d"));
    target.add("same", "F32", {10}, random_bytes(40, "e"));
    target.add("shape", "F32", {5, 2}, random_bytes(40, "f"));
    target.add("only_target", "I32", {10}, random_bytes(40, "g"));
    target.add("bytes", "U8", {10}, random_bytes(10, "h"));
    target.add("zeros", "F32", {10}, std::string(40, '\0'));
    const std::string to = write_planes(target.views), from = write_planes(base.views);
    EXPECT_TRUE(apply_delta(make_delta(to, from, k_name), from, k_name) == to);
    EXPECT_TRUE(apply_delta(make_delta(from, to, k_name), to, k_name) == from);
}

TEST(Delta, EqualTensorsAreZerosAndNearOnesAreSmall) {
    const std::string base = weights_f32(50'000, "delta.weights", 0.05);
    const std::string own = file_of(base);
    const std::size_t full = encode_object(own, planes_stretches(own)).size();
    const std::string same = make_delta(own, own, k_name);
    EXPECT_EQ(same.find_first_not_of('\0', same.size() - base.size()), std::string::npos);
    EXPECT_LT(stored_size(same, own), full / 100);
    std::size_t before = 0;
    for (const std::uint64_t ulps : {1U, 100U, 10'000U, 1'000'000U}) {
        const std::string target = file_of(nearby(base, ulps));
        const std::size_t size = stored_size(make_delta(target, own, k_name), target);
        EXPECT_GT(size, before) << "the further, the larger";
        EXPECT_LT(size, full);
        before = size;
    }
    EXPECT_TRUE(delta_is_worth(76, 100));
    EXPECT_FALSE(delta_is_worth(77, 100));
}

// Neighbours around zero: -0, +0 and the smallest numbers are one step apart each.
TEST(Delta, CountsInTheOrderOfTheValues) {
    const auto one = [](std::uint32_t bits) {
        std::string bytes;
        append_u32(bytes, bits);
        append_u32(bytes, 0x3f800000);
        append_u32(bytes, 0x3f800000);
        return file_of(bytes);
    };
    const std::string base = one(0x80000000), target = one(0x00000000);
    const std::string delta = make_delta(target, base, k_name);
    EXPECT_EQ(delta[delta.size() - 12], 2) << "one up, folded";
    EXPECT_EQ(delta.find_first_not_of('\0', delta.size() - 11), std::string::npos);
}

TEST(Delta, OtherBasesAndDamageAreRefused) {
    const std::string base = file_of(random_bytes(400, "a")), target = file_of(random_bytes(400, "b"));
    const std::string delta = make_delta(target, base, k_name);
    const auto code = [&](const std::string& bytes, const std::string& name) {
        try {
            return apply_delta(bytes, base, name) + "?";
        } catch (const Error& error) {
            return error.code();
        }
    };
    EXPECT_EQ(code(delta, sha256_hex(target)), "A0601");
    EXPECT_EQ(code(delta + '\0', k_name), "A0601");
    for (std::size_t size = 0; size < delta.size(); ++size) EXPECT_EQ(code(delta.substr(0, size), k_name), "A0601");
    for (std::size_t bit = 0; bit < 8 * delta.size(); ++bit) {
        std::string changed = delta;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ static_cast<char>(1U << bit % 8));
        EXPECT_NE(code(changed, k_name), target + "?") << bit;
    }
}

}  // namespace
}  // namespace assay
