#include "torch/model.hpp"

#include <torch/torch.h>

#include "torch/pooling.hpp"

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

// As torch::dropout on a CPU: a mask of 0 and 1 / (1 - p).
at::Tensor drop(const at::Tensor& x, double p, at::Tensor& mask) {
    mask = at::empty_like(x).bernoulli_(1 - p).div_(1 - p);
    return x * mask;
}

at::Tensor slice(const at::Tensor& flat, std::int64_t offset, const at::Tensor& like) {
    return flat.narrow(0, offset, like.numel()).view(like.sizes());
}

// ReLU in place: its way back needs the result only.
at::Tensor activate(const std::string& name, const at::Tensor& x) {
    if (name == "relu") return x.relu_();
    if (name == "sigmoid") return x.sigmoid();
    if (name == "tanh") return x.tanh();
    return at::silu(x);
}

}  // namespace

bool pools_first(const Model& model) { return model.activation == "relu"; }

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
    const auto place = [&](const at::Tensor& drawn_values, at::Tensor& values, at::Tensor& gradient) {
        values = slice(model.flat, offset, drawn_values);
        values.copy_(drawn_values.detach());
        gradient = slice(model.gradient, offset, drawn_values);
        offset += drawn_values.numel();
    };
    for (const Shaped& layer : drawn) {
        Model::Layer& made = model.layers.emplace_back();
        made.convolution = layer.convolution;
        place(layer.weight, made.weight, made.weight_gradient);
        place(layer.bias, made.bias, made.bias_gradient);
    }
    return model;
}

at::Tensor forward(const Model& model, const at::Tensor& input, Trace* trace) {
    const bool convolutional = model.layers.front().convolution;
    const std::size_t last = model.layers.size() - 1;
    if (trace != nullptr) trace->layers.assign(model.layers.size(), {});
    at::Tensor x = convolutional ? input : input.flatten(1);
    for (std::size_t i = 0; i <= last; ++i) {
        const Model::Layer& layer = model.layers[i];
        Trace::Layer kept;
        if (convolutional && i == last) x = x.flatten(1);
        if (trace != nullptr && model.dropout > 0 && (convolutional ? i == last : i > 0))
            x = drop(x, model.dropout, kept.mask);
        kept.input = x;
        x = layer.convolution ? at::conv2d(x, layer.weight, layer.bias) : at::linear(x, layer.weight, layer.bias);
        kept.mapped = x;
        if (layer.convolution && pools_first(model)) {
            std::tie(x, kept.winners) = max_pool_2x2(x);
            kept.active = x = x.relu_();
        } else {
            if (i < last) x = activate(model.activation, x);
            kept.active = x;
            if (layer.convolution) std::tie(x, kept.winners) = max_pool_2x2(x);
        }
        if (trace != nullptr) trace->layers[i] = std::move(kept);
    }
    return x;
}

}  // namespace assay
