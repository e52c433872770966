#include "stats/answer_distances.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "base/check.hpp"

namespace assay {
namespace {

// Numbers are worked on side by side, so that the compiler makes vectors of them. Sums of blocks are added up, not the
// terms themselves: with 10^6 terms a running sum would lose three digits.
constexpr std::size_t k_lanes = 8, k_block = 512;
using Lanes = std::array<double, k_lanes>;

struct Sums {
    Lanes roots{}, variation{}, mixed{}, brier{}, largest{};
};

// sum z^k / (2k + 1) for z <= 0.0295, the square of (sqrt 2 - 1) / (sqrt 2 + 1): the next term is below 2e-14.
[[gnu::always_inline]] inline double atanh_series(double z) {
    double sum = 1.0 / 15;
    for (const double term : {1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0}) sum = sum * z + term;
    return sum;
}

// x = m 2^e with m from sqrt 1/2 to sqrt 2; of 0 some finite numbers. Integers only, where a library's logarithm would
// ask questions.
struct Parts {
    double m, e;
};
[[gnu::always_inline]] inline Parts parts_of(double x) {
    constexpr std::uint64_t k_one = 0x3ff0000000000000, k_root_half = 0x3fe6a09e667f3bcd;
    constexpr std::uint64_t k_mantissa = 0x000fffffffffffff, k_two_to_52 = 0x4330000000000000;
    const std::uint64_t shifted = std::bit_cast<std::uint64_t>(x) + (k_one - k_root_half);
    return {std::bit_cast<double>((shifted & k_mantissa) + k_root_half),
            std::bit_cast<double>((shifted >> 52) | k_two_to_52) - (4503599627370496.0 + 1023)};
}

// (1+y) ln(1+y) + (1-y) ln(1-y) for y in [0, 1], with ln(m 2^e) = e ln 2 + 2 atanh((m - 1) / (m + 1)). Its series,
// sum_k y^2k / (k (2k - 1)), below 1/8, since the logarithms cancel there: the next term is below 2e-14 of the sum.
[[gnu::always_inline]] inline double mixing(double y) {
    const double z = y * y;
    double series = 1.0 / 91;
    for (const double term : {1.0 / 66, 1.0 / 45, 1.0 / 28, 1.0 / 15, 1.0 / 6, 1.0}) series = series * z + term;
    series *= z;
    const Parts more = parts_of(1 + y), less = parts_of(1 - y);
    const double below = 1 / ((more.m + 1) * (less.m + 1));
    const double s = (more.m - 1) * (less.m + 1) * below, t = (less.m - 1) * (more.m + 1) * below;
    const double logarithms = (1 + y) * (more.e * std::numbers::ln2 + 2 * s * atanh_series(s * s)) +
                              (1 - y) * (less.e * std::numbers::ln2 + 2 * t * atanh_series(t * t));
    return y < 0.125 ? series : logarithms;
}

// With r = sqrt(p q): (sqrt p - sqrt q)^2 = (p - q)^2 / (p + q + 2 r), and |p - q| / (p + q) from the same division.
[[gnu::always_inline]] inline void add_lanes(const float* p, const float* q, Sums& sums) {
    constexpr double k_least = 1e-100;  // both zero: 0 / k_least = 0
    for (std::size_t l = 0; l < k_lanes; ++l) {
        const double a = p[l], b = q[l];
        const double difference = std::abs(a - b), both = a + b, wide = both + 2 * std::sqrt(a * b);
        const double product = both * wide;
        const double share = difference / (product > k_least ? product : k_least);
        const double y = share * wide;
        sums.roots[l] += difference * share * both;
        sums.variation[l] += difference;
        sums.brier[l] += difference * difference;
        sums.largest[l] = sums.largest[l] > difference ? sums.largest[l] : difference;
        sums.mixed[l] += both * mixing(y < 1 ? y : 1);
    }
}

[[gnu::always_inline]] inline double sum_of(const Lanes& lanes) {
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

// Everything but the division by the number of inputs.
[[gnu::always_inline]] inline AnswerDistances sums_of(std::span<const float> p, std::span<const float> q) {
    AnswerDistances out;
    const std::size_t whole = p.size() - p.size() % k_lanes;
    std::array<float, k_lanes> last_p{}, last_q{};  // filled up with zeros, which add nothing
    std::copy(p.begin() + static_cast<std::ptrdiff_t>(whole), p.end(), last_p.begin());
    std::copy(q.begin() + static_cast<std::ptrdiff_t>(whole), q.end(), last_q.begin());
    for (std::size_t begin = 0; begin < p.size(); begin += k_block) {
        Sums block;
        for (std::size_t i = begin; i < std::min(whole, begin + k_block); i += k_lanes) add_lanes(&p[i], &q[i], block);
        if (begin + k_block >= p.size()) add_lanes(last_p.data(), last_q.data(), block);
        out.hellinger2 += sum_of(block.roots);
        out.divergence.total_variation += sum_of(block.variation);
        out.divergence.jensen_shannon += sum_of(block.mixed);
        out.divergence.brier += sum_of(block.brier);
        for (const double largest : block.largest) out.max_abs_dp = std::max(out.max_abs_dp, largest);
    }
    return out;
}

// The same operations in the same order, so the same bits; vectors twice as long where the processor has them.
AnswerDistances plain_sums(std::span<const float> p, std::span<const float> q) { return sums_of(p, q); }
#if defined(__x86_64__)
[[gnu::target("avx2")]] AnswerDistances wide_sums(std::span<const float> p, std::span<const float> q) {
    return sums_of(p, q);
}
const bool k_wide = __builtin_cpu_supports("avx2") != 0;
#else
constexpr bool k_wide = false;
AnswerDistances wide_sums(std::span<const float> p, std::span<const float> q) { return sums_of(p, q); }
#endif

using SumsOf = AnswerDistances (*)(std::span<const float>, std::span<const float>);
AnswerDistances means_by(SumsOf sums, std::span<const float> p, std::span<const float> q, std::size_t n_classes) {
    ASSAY_CHECK(p.size() == q.size() && n_classes > 0 && p.size() % n_classes == 0 && !p.empty());
    AnswerDistances out = sums(p, q);
    const auto inputs = static_cast<double>(p.size() / n_classes);
    out.hellinger2 /= 2 * inputs;
    out.divergence.total_variation /= 2 * inputs;
    out.divergence.jensen_shannon /= 4 * std::numbers::ln2 * inputs;
    out.divergence.brier /= inputs;
    return out;
}

}  // namespace

AnswerDistances answer_distances(std::span<const float> p, std::span<const float> q, std::size_t n_classes) {
    return means_by(k_wide ? wide_sums : plain_sums, p, q, n_classes);
}

AnswerDistances plain_answer_distances(std::span<const float> p, std::span<const float> q, std::size_t n_classes) {
    return means_by(plain_sums, p, q, n_classes);
}

}  // namespace assay
