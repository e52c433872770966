// Everything here is compiled without contraction of a * b + c: what is fused is written as such.
#include "torch/adam.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "base/random.hpp"

namespace assay {
namespace {

constexpr double k_beta1 = 0.9, k_beta2 = 0.999, k_epsilon = 1e-8;

struct Corrections {
    double first, second;
};
Corrections corrections(std::int64_t t) {
    return {1 - std::pow(k_beta1, static_cast<double>(t)), 1 - std::pow(k_beta2, static_cast<double>(t))};
}

struct RoundProducts {
    static float multiply_add(float a, float b, float c) { return a * b + c; }
};
struct Fuse {
    static float multiply_add(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
};

template <class Arithmetic>
[[gnu::always_inline]] inline void pass(const AdamScalars& s, const float* __restrict g, float* __restrict m,
                                        float* __restrict v, float* __restrict w, std::size_t n) {
    const AdamScalars k = s;
    for (std::size_t i = 0; i < n; ++i) {
        m[i] = Arithmetic::multiply_add(g[i], k.rest1, m[i] * k.beta1);
        v[i] = Arithmetic::multiply_add(k.rest2 * g[i], g[i], v[i] * k.beta2);
        const float denominator = __builtin_sqrtf(v[i]) / k.root_correction2 + k.epsilon;
        w[i] = w[i] + k.scale * m[i] / denominator;
    }
}

// Numbers over many orders of magnitude, denormal ones and zeros among them.
std::vector<float> drawn(Random& random, std::size_t n) {
    std::vector<float> values(n);
    for (float& value : values) {
        const double exponent = static_cast<double>(random.below(60)) - 45;
        value = random.below(10) == 0 ? 0.0F : static_cast<float>(random.near_normal() * std::pow(10.0, exponent));
    }
    return values;
}

struct Sample {
    std::vector<float> g, m, v, w;
};

Sample drawn_sample() {
    constexpr std::size_t k_elements = 4099;  // no multiple of any vector register
    Random random(1, "adam.pass");
    Sample sample{drawn(random, k_elements), drawn(random, k_elements), drawn(random, k_elements),
                  drawn(random, k_elements)};
    for (float& value : sample.v) value = std::abs(value);
    return sample;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

bool agree(const Sample& a, const Sample& b) {
    return same_bits(a.m, b.m) && same_bits(a.v, b.v) && same_bits(a.w, b.w);
}

AdamPass find_match() {
    const AdamScalars scalars = adam_scalars(0.003, 7);
    const Sample start = drawn_sample();
    Sample expected = start;
    const auto tensor = [](std::vector<float>& values) {
        return at::from_blob(values.data(), {static_cast<std::int64_t>(values.size())}, at::kFloat);
    };
    at::Tensor m = tensor(expected.m), v = tensor(expected.v), w = tensor(expected.w);
    adam_by_aten(0.003, 7, tensor(expected.g), m, v, w);
    for (const AdamPass candidate : {adam_pass_fused, adam_pass_rounding_products}) {
#if defined(__x86_64__)
        if (candidate == adam_pass_fused && !(__builtin_cpu_supports("fma") && __builtin_cpu_supports("avx2")))
            continue;
#endif
        Sample got = start;
        candidate(scalars, got.g.data(), got.m.data(), got.v.data(), got.w.data(), got.g.size());
        if (agree(got, expected)) return candidate;
    }
    return nullptr;
}

}  // namespace

AdamScalars adam_scalars(double lr, std::int64_t t) {
    const Corrections correction = corrections(t);
    const auto f = [](double value) { return static_cast<float>(value); };
    return {f(k_beta1),
            f(1 - k_beta1),
            f(k_beta2),
            f(1 - k_beta2),
            f(std::sqrt(correction.second)),
            f(k_epsilon),
            f(-(lr / correction.first))};
}

// Adam, algorithm 1 of Kingma and Ba (2015), in the order of operations of torch 1.13's single-tensor implementation.
void adam_by_aten(double lr, std::int64_t t, const at::Tensor& g, at::Tensor& m, at::Tensor& v, at::Tensor& w) {
    const Corrections correction = corrections(t);
    m.mul_(k_beta1).add_(g, 1 - k_beta1);
    v.mul_(k_beta2).addcmul_(g, g, 1 - k_beta2);
    const at::Tensor denominator = v.sqrt().div_(std::sqrt(correction.second)).add_(k_epsilon);
    w.addcdiv_(m, denominator, -(lr / correction.first));
}

void adam_pass_rounding_products(const AdamScalars& s, const float* g, float* m, float* v, float* w, std::size_t n) {
    pass<RoundProducts>(s, g, m, v, w, n);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma")))
#endif
void adam_pass_fused(const AdamScalars& s, const float* g, float* m, float* v, float* w, std::size_t n) {
    pass<Fuse>(s, g, m, v, w, n);
}

AdamPass matching_adam_pass() {
    static const AdamPass k_pass = find_match();
    return k_pass;
}

}  // namespace assay
