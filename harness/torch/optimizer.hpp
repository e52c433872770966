// torch.optim's SGD with momentum, Adam and RMSprop on one flat vector: the same operations in the same order for every
// element, so the same bits (a test compares them), in a few calls instead of a few for each parameter.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "torch/adam.hpp"

namespace assay {

struct Optimizer {
    std::string rule;  // "adam", "sgd", "rmsprop"
    double lr = 0, momentum = 0, l2 = 0;
    std::int64_t step = 0;
    AdamPass pass = nullptr;        // adam on a CPU, where one gives ATen's bits; found before the first step, so that
                                    // the trial is no operation of the training
    std::vector<at::Tensor> state;  // flat vectors: adam first and second moment; sgd and rmsprop one
};

Optimizer make_optimizer(const Json& params, const at::Tensor& flat);

// One step: weights are changed in place; the gradient is used up.
void take_step(Optimizer& optimizer, at::Tensor& weights, at::Tensor& gradient);

}  // namespace assay
