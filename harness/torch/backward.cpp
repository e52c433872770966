#include <ATen/ATen.h>

#include "torch/model.hpp"

namespace assay {
namespace {

at::Tensor activation_backward(const std::string& name, const at::Tensor& gradient, const Trace::Layer& kept) {
    if (name == "relu") return at::threshold_backward(gradient, kept.active, 0);
    if (name == "sigmoid") return at::sigmoid_backward(gradient, kept.active);
    if (name == "tanh") return at::tanh_backward(gradient, kept.active);
    return at::silu_backward(gradient, kept.mapped);
}

// Returns the gradient of the layer's input; undefined where nobody asks.
at::Tensor linear_backward(Model::Layer& layer, const at::Tensor& input, const at::Tensor& gradient, bool wants_input) {
    at::mm_out(layer.weight_gradient, gradient.t(), input);
    at::sum_out(layer.bias_gradient, gradient, at::IntArrayRef{0});
    return wants_input ? at::mm(gradient, layer.weight) : at::Tensor{};
}

at::Tensor convolution_backward(Model::Layer& layer, const at::Tensor& input, const at::Tensor& gradient,
                                bool wants_input) {
    const auto [input_gradient, weight_gradient, bias_gradient] =
        at::convolution_backward(gradient, input, layer.weight, layer.bias.sizes(), {1, 1}, {0, 0}, {1, 1}, false,
                                 {0, 0}, 1, {wants_input, true, true});
    layer.weight_gradient.copy_(weight_gradient);
    layer.bias_gradient.copy_(bias_gradient);
    return input_gradient;
}

// From what a convolution's part gave to what the convolution itself gave.
at::Tensor pooled_backward(const Model& model, const Trace::Layer& kept, const at::Tensor& gradient) {
    const auto unpooled = [&](const at::Tensor& pooled, const at::Tensor& before) {
        return at::max_pool2d_with_indices_backward(pooled, before, {2, 2}, {2, 2}, {0, 0}, {1, 1}, false,
                                                    kept.winners);
    };
    const at::Tensor pooled = gradient.view(kept.winners.sizes());
    if (pools_first(model)) return unpooled(activation_backward(model.activation, pooled, kept), kept.mapped);
    return activation_backward(model.activation, unpooled(pooled, kept.active), kept);
}

void backward(Model& model, const Trace& trace, const at::Tensor& logits_gradient) {
    at::Tensor gradient = logits_gradient;
    for (std::size_t i = model.layers.size(); i-- > 0;) {
        Model::Layer& layer = model.layers[i];
        const Trace::Layer& kept = trace.layers[i];
        if (layer.convolution)
            gradient = pooled_backward(model, kept, gradient);
        else if (i + 1 < model.layers.size())
            gradient = activation_backward(model.activation, gradient, kept);
        gradient = layer.convolution ? convolution_backward(layer, kept.input, gradient, i > 0)
                                     : linear_backward(layer, kept.input, gradient, i > 0);
        if (kept.mask.defined()) gradient = gradient * kept.mask;
    }
}

}  // namespace

at::Tensor loss_and_gradient(Model& model, const at::Tensor& x, const at::Tensor& y) {
    constexpr std::int64_t k_ignore_none = -100;
    Trace trace;
    const at::Tensor log_p = at::_log_softmax(forward(model, x, &trace), 1, false);
    const auto [loss, weight] = at::nll_loss_forward(log_p, y, {}, at::Reduction::Mean, k_ignore_none);
    const at::Tensor log_p_gradient =
        at::nll_loss_backward(at::ones({}, log_p.options()), log_p, y, {}, at::Reduction::Mean, k_ignore_none, weight);
    backward(model, trace, at::_log_softmax_backward_data(log_p_gradient, log_p, 1, log_p.scalar_type()));
    return loss;
}

}  // namespace assay
