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
        at::Tensor weight, bias;                    // views of `flat`
        at::Tensor weight_gradient, bias_gradient;  // views of `gradient`
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

// Whether the activation comes behind the pooling, with a quarter of the numbers to do. The larger of two numbers stays
// the larger under ReLU, which rounds nothing: every bit is what ReLU and then pooling gives.
bool pools_first(const Model& model);

// What the way back needs of a layer's way there. Undefined where the layer has no such thing.
struct Trace {
    struct Layer {
        at::Tensor mask;     // dropout of the layer's input: 0 or 1 / (1 - p) for each element
        at::Tensor input;    // after dropout
        at::Tensor mapped;   // before the activation
        at::Tensor active;   // after it; where pooling comes first, after both
        at::Tensor winners;  // which pixel of each 2x2 is the largest
    };
    std::vector<Layer> layers;
};

// x: [batch, 1, 28, 28]. Returns logits [batch, 10]. With a trace it is a training's: dropout draws from the default
// generator, and what gradients need is kept.
at::Tensor forward(const Model& model, const at::Tensor& x, Trace* trace = nullptr);

// Mean cross-entropy of a batch, y: [batch] int64. Its gradient is written over model.gradient: by the kernels that
// autograd would call, without its graph (a test compares the bits).
at::Tensor loss_and_gradient(Model& model, const at::Tensor& x, const at::Tensor& y);

}  // namespace assay
