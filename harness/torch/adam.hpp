// One step of Adam over flat float32 vectors in one pass over memory instead of ATen's eight, where it gives ATen's
// bits: for the dense net of 64 it took a seventh off a training step.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>

namespace assay {

// The scalars of one step, rounded to float32 as ATen rounds them.
struct AdamScalars {
    float beta1 = 0, rest1 = 0;  // rest: 1 - beta
    float beta2 = 0, rest2 = 0;
    float root_correction2 = 0;  // sqrt(1 - beta2^t)
    float epsilon = 0;
    float scale = 0;  // -lr / (1 - beta1^t)
};
// Of step t, from 1; beta 0.9 and 0.999, epsilon 1e-8.
AdamScalars adam_scalars(double lr, std::int64_t t);

// The step as eight calls of ATen, on any device.
void adam_by_aten(double lr, std::int64_t t, const at::Tensor& g, at::Tensor& m, at::Tensor& v, at::Tensor& w);

// For each of n elements: m = beta1 m + rest1 g; v = beta2 v + rest2 g g; w = w + scale m / (sqrt(v) / root + epsilon).
using AdamPass = void (*)(const AdamScalars& scalars, const float* g, float* m, float* v, float* w, std::size_t n);

// Every operation is rounded as IEEE 754 says, so only one thing is open: whether a product is rounded before it is
// added. ATen's kernels differ in that by instruction set; these two ways have been met (libtorch 1.13, 2.6, 2.14).
void adam_pass_rounding_products(const AdamScalars&, const float* g, float* m, float* v, float* w, std::size_t n);
void adam_pass_fused(const AdamScalars&, const float* g, float* m, float* v, float* w, std::size_t n);

// The one of the two that gives the bits of ATen's kernels in this process, found by trying them on drawn numbers;
// nullptr where neither does. ATEN_CPU_CAPABILITY decides at process start, so the first call's answer is kept.
AdamPass matching_adam_pass();

}  // namespace assay
