// One step of Adam over flat float32 vectors in one pass over memory instead of ATen's eight: at the sizes of the
// built-in nets those passes are a third of a training step.
#pragma once

#include <cstddef>

namespace assay {

// The scalars of one step, rounded to float32 as ATen rounds them.
struct AdamScalars {
    float beta1 = 0, rest1 = 0;  // rest: 1 - beta
    float beta2 = 0, rest2 = 0;
    float root_correction2 = 0;  // sqrt(1 - beta2^t)
    float epsilon = 0;
    float scale = 0;  // -lr / (1 - beta1^t)
};

// For each of n elements: m = beta1 m + rest1 g; v = beta2 v + rest2 g g; w = w + scale m / (sqrt(v) / root + epsilon).
using AdamPass = void (*)(const AdamScalars& scalars, const float* g, float* m, float* v, float* w, std::size_t n);

// Every operation is rounded as IEEE 754 says, so only one thing is open: whether a product is rounded before it is
// added. ATen's kernels differ in that by instruction set. These two are all there is.
void adam_pass_rounding_products(const AdamScalars&, const float* g, float* m, float* v, float* w, std::size_t n);
void adam_pass_fused(const AdamScalars&, const float* g, float* m, float* v, float* w, std::size_t n);

// The one of the two that gives the bits of ATen's kernels in this process, found by trying them on drawn numbers;
// nullptr where neither does. ATEN_CPU_CAPABILITY decides at process start, so the first call's answer is kept.
AdamPass matching_adam_pass();

}  // namespace assay
