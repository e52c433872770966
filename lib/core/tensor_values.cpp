#include "core/tensor_values.hpp"

#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>

namespace assay {
namespace {

template <class T>
T load(const char* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

// IEEE 754 binary16 by its fields: sign, 5 bits of exponent, 10 of fraction.
double half_value(const char* at) {
    const auto bits = load<std::uint16_t>(at);
    const int exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
    double size = 0;
    if (exponent == 0x1f) {
        size = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    } else {
        size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    }
    return (bits & 0x8000) != 0 ? -size : size;
}

// The upper half of a binary32.
double bfloat_value(const char* at) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(load<std::uint16_t>(at)) << 16);
}

template <class T>
double plain_value(const char* at) {
    return static_cast<double>(load<T>(at));
}

template <double (*Value)(const char*)>
double float_distance(const char* a, const char* b) {
    const double x = Value(a), y = Value(b);
    return x == y ? 0 : std::abs(x - y);  // equal infinities are 0 apart
}

template <std::integral T>
double integer_distance(const char* a, const char* b) {
    const T x = load<T>(a), y = load<T>(b);
    const auto low = static_cast<std::uint64_t>(x < y ? x : y), high = static_cast<std::uint64_t>(x < y ? y : x);
    return static_cast<double>(high - low);
}

template <class T>
constexpr ElementReader integer_reader() {
    return {sizeof(T), plain_value<T>, integer_distance<T>};
}

struct Row {
    std::string_view dtype;
    ElementReader reader;
};
constexpr Row k_readers[] = {
    {"F64", {8, plain_value<double>, float_distance<plain_value<double>>}},
    {"F32", {4, plain_value<float>, float_distance<plain_value<float>>}},
    {"F16", {2, half_value, float_distance<half_value>}},
    {"BF16", {2, bfloat_value, float_distance<bfloat_value>}},
    {"I64", integer_reader<std::int64_t>()},
    {"U64", integer_reader<std::uint64_t>()},
    {"I32", integer_reader<std::int32_t>()},
    {"U32", integer_reader<std::uint32_t>()},
    {"I16", integer_reader<std::int16_t>()},
    {"U16", integer_reader<std::uint16_t>()},
    {"I8", integer_reader<std::int8_t>()},
    {"U8", integer_reader<std::uint8_t>()},
    {"BOOL", integer_reader<std::uint8_t>()},
};

}  // namespace

std::optional<ElementReader> element_reader(std::string_view dtype) {
    for (const Row& row : k_readers) {
        if (row.dtype == dtype) return row.reader;
    }
    return std::nullopt;
}

}  // namespace assay
