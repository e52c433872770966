#include "torch/model.hpp"

#include <torch/torch.h>

namespace assay {
namespace {

namespace nn = torch::nn;

struct Shaped {
    bool convolution;
    at::Tensor weight, bias;
};

// Constructing the module is what draws the weights.
Shaped linear(std::int64_t in, std::int64_t out) {
    const nn::Linear layer(in, out);
    return {false, layer->weight, layer->bias};
}
Shaped convolution(std::int64_t in, std::int64_t out) {
    const nn::Conv2d layer(nn::Conv2dOptions(in, out, 3));
    return {true, layer->weight, layer->bias};
}

std::vector<Shaped> draw_layers(const Json& params) {
    std::vector<Shaped> layers;
    if (params.at("model").as_string() == "dense") {
        std::int64_t width = 28 * 28;
        for (const Json& hidden : params.at("hidden").as_array()) {
            layers.push_back(linear(width, hidden.as_integer()));
            width = hidden.as_integer();
        }
        layers.push_back(linear(width, 10));
        return layers;
    }
    std::int64_t channels = 1, side = 28;
    for (const Json& out : params.at("channels").as_array()) {
        layers.push_back(convolution(channels, out.as_integer()));
        channels = out.as_integer();
        side = (side - 2) / 2;
    }
    TORCH_CHECK(side > 0, "too many convolutions for 28 x 28 images");
    layers.push_back(linear(channels * side * side, 10));
    return layers;
}

// A leaf whose storage and gradient are slices of the flat buffers.
at::Tensor leaf(Model& model, const at::Tensor& drawn, std::int64_t offset) {
    at::Tensor slice = model.flat.narrow(0, offset, drawn.numel());
    slice.copy_(drawn.detach().flatten());
    at::Tensor parameter = slice.view(drawn.sizes()).detach().requires_grad_(true);
    parameter.mutable_grad() = model.gradient.narrow(0, offset, drawn.numel()).view(drawn.sizes());
    return parameter;
}

at::Tensor activate(const std::string& name, at::Tensor x) {
    if (name == "relu") return x.relu_();
    if (name == "sigmoid") return x.sigmoid();
    if (name == "tanh") return x.tanh();
    return torch::silu(x);
}

}  // namespace

NamedTensors Model::parameters() const {
    NamedTensors named;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string name = i + 1 == layers.size()  ? "out"
                                 : layers[i].convolution ? "conv." + std::to_string(i)
                                                         : "hidden." + std::to_string(i);
        named.emplace_back(name + ".weight", layers[i].weight);
        named.emplace_back(name + ".bias", layers[i].bias);
    }
    return named;
}

Model make_model(const Json& params, const std::string& device) {
    Model model;
    model.activation = params.at("activation").as_string();
    model.dropout = params.at("dropout").as_number();
    const std::vector<Shaped> drawn = draw_layers(params);
    std::int64_t total = 0;
    for (const Shaped& layer : drawn) total += layer.weight.numel() + layer.bias.numel();
    const auto options = torch::TensorOptions().dtype(torch::kFloat32).device(torch::Device(device));
    model.flat = torch::zeros({total}, options);
    model.gradient = torch::zeros({total}, options);
    std::int64_t offset = 0;
    for (const Shaped& layer : drawn) {
        Model::Layer made;
        made.convolution = layer.convolution;
        made.weight = leaf(model, layer.weight, offset);
        offset += layer.weight.numel();
        made.bias = leaf(model, layer.bias, offset);
        offset += layer.bias.numel();
        model.layers.push_back(std::move(made));
    }
    return model;
}

at::Tensor forward(const Model& model, const at::Tensor& input, bool training) {
    const bool drops = training && model.dropout > 0;
    const bool convolutional = model.layers.front().convolution;
    at::Tensor x = convolutional ? input : input.flatten(1);
    for (std::size_t i = 0; i + 1 < model.layers.size(); ++i) {
        const Model::Layer& layer = model.layers[i];
        if (layer.convolution) {
            x = torch::max_pool2d(activate(model.activation, torch::conv2d(x, layer.weight, layer.bias)), {2, 2});
        } else {
            x = activate(model.activation, torch::linear(x, layer.weight, layer.bias));
            if (drops) x = torch::dropout(x, model.dropout, true);
        }
    }
    if (convolutional) {
        x = x.flatten(1);
        if (drops) x = torch::dropout(x, model.dropout, true);
    }
    return torch::linear(x, model.layers.back().weight, model.layers.back().bias);
}

}  // namespace assay
