#include "core/tensor_values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "core/safetensors.hpp"

namespace assay {
namespace {

double value(const char* dtype, std::uint64_t bits) {
    char bytes[8];
    std::memcpy(bytes, &bits, 8);
    return element_reader(dtype)->value(bytes);
}
double distance(const char* dtype, std::uint64_t a, std::uint64_t b) {
    char x[8], y[8];
    std::memcpy(x, &a, 8);
    std::memcpy(y, &b, 8);
    return element_reader(dtype)->distance(x, y);
}

TEST(TensorValues, ReadsEachTypeByItsBits) {
    // python3 -c "import numpy; print([float(numpy.uint16(b).view('f2')) for b in (1, 0x3ff, 0x400, 0x3c00, 0x7bff)])"
    EXPECT_EQ(value("F16", 1), 5.960464477539063e-08);
    EXPECT_EQ(value("F16", 0x3ff), 6.097555160522461e-05);
    EXPECT_EQ(value("F16", 0x400), 6.103515625e-05);
    EXPECT_EQ(value("F16", 0x3c00), 1);
    EXPECT_EQ(value("F16", 0x7bff), 65504);
    EXPECT_EQ(value("F16", 0xfc00), -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(value("F16", 0x7e00)));
    EXPECT_EQ(value("BF16", 0x3f80), 1);
    EXPECT_EQ(value("BF16", 0xc049), -3.140625);
    EXPECT_EQ(value("F32", 0x3fc00000), 1.5);
    EXPECT_EQ(value("F64", 0xbff8000000000000), -1.5);
    EXPECT_EQ(value("I8", 0xff), -1);
    EXPECT_EQ(value("U8", 0xff), 255);
    EXPECT_EQ(value("I16", 0x8000), -32768);
    EXPECT_EQ(value("U32", 0xffffffff), 4294967295.0);
}

TEST(TensorValues, DifferencesOfIntegersAreNotRoundedAway) {
    const std::uint64_t big = std::uint64_t{1} << 62;
    EXPECT_EQ(distance("I64", big, big + 1), 1);
    EXPECT_EQ(distance("U64", big, big + 3), 3);
    EXPECT_EQ(distance("I64", 0x8000000000000000, 0x7fffffffffffffff), 18446744073709551616.0);
    EXPECT_EQ(distance("I8", 0x80, 0x7f), 255);
}

TEST(TensorValues, DifferencesOfWhatIsNoNumber) {
    const std::uint64_t infinity = 0x7f800000, nan = 0x7fc00000, one = 0x3f800000;
    EXPECT_EQ(distance("F32", infinity, infinity), 0);
    EXPECT_EQ(distance("F32", infinity, one), std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(distance("F32", nan, one)));
    EXPECT_EQ(distance("F32", 0x80000000, 0), 0) << "-0 and 0";
}

TEST(TensorValues, AgreesWithTheTableOfSizes) {
    for (const char* dtype :
         {"F64", "F32", "F16", "BF16", "I64", "U64", "I32", "U32", "I16", "U16", "I8", "U8", "BOOL"})
        EXPECT_EQ(element_reader(dtype)->bytes, dtype_bytes(dtype)) << dtype;
    EXPECT_FALSE(element_reader("F8_E5M2"));
    EXPECT_FALSE(element_reader(""));
}

}  // namespace
}  // namespace assay
