// The built-in nets, with all parameters in one flat buffer.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "base/json.hpp"
#include "torch/weights.hpp"

namespace assay {

// dense: flatten, then for each hidden width linear - activation - dropout, then linear to 10.
// cnn: for each channel count convolution 3x3 (no padding) - activation - max-pool 2x2, then flatten - dropout - linear
// to 10.
struct Model {
    struct Layer {
        bool convolution = false;
        at::Tensor weight, bias;  // leaves; views of `flat`, their gradients views of `gradient`
    };
    std::string activation;
    double dropout = 0;
    std::vector<Layer> layers;  // the last one is the output layer
    at::Tensor flat, gradient;  // every parameter, every gradient, one float32 vector each
    NamedTensors parameters() const;
};

// Draws the initial weights from libtorch's default generator as torch.nn.Linear and torch.nn.Conv2d do, layer by
// layer, on the CPU; then moves them to `device` ("cpu", "cuda:0").
Model make_model(const Json& params, const std::string& device);

// x: [batch, 1, 28, 28]. Returns logits [batch, 10]. Dropout draws from the default generator when `training`.
at::Tensor forward(const Model& model, const at::Tensor& x, bool training);

}  // namespace assay
