#include "torch/optimizer.hpp"

#include <ATen/ATen.h>

namespace assay {
namespace {

void step_adam(Optimizer& o, at::Tensor& weights, const at::Tensor& gradient) {
    if (o.pass == nullptr) return adam_by_aten(o.lr, o.step, gradient, o.state[0], o.state[1], weights);
    o.pass(adam_scalars(o.lr, o.step), gradient.data_ptr<float>(), o.state[0].data_ptr<float>(),
           o.state[1].data_ptr<float>(), weights.data_ptr<float>(), static_cast<std::size_t>(weights.numel()));
}

void step_sgd(Optimizer& o, at::Tensor& weights, const at::Tensor& gradient) {
    if (o.momentum == 0) {
        weights.add_(gradient, -o.lr);
        return;
    }
    if (o.step == 1) {
        o.state[0].copy_(gradient);
    } else {
        o.state[0].mul_(o.momentum).add_(gradient);
    }
    weights.add_(o.state[0], -o.lr);
}

void step_rmsprop(Optimizer& o, at::Tensor& weights, const at::Tensor& gradient) {
    constexpr double k_alpha = 0.99, k_epsilon = 1e-8;
    o.state[0].mul_(k_alpha).addcmul_(gradient, gradient, 1 - k_alpha);
    weights.addcdiv_(gradient, o.state[0].sqrt().add_(k_epsilon), -o.lr);
}

}  // namespace

Optimizer make_optimizer(const Json& params, const at::Tensor& flat) {
    Optimizer o;
    o.rule = params.at("optimizer").as_string();
    o.lr = params.at("lr").as_number();
    o.momentum = params.at("momentum").as_number();
    o.l2 = params.at("l2").as_number();
    o.state.push_back(at::zeros_like(flat));
    if (o.rule == "adam") o.state.push_back(at::zeros_like(flat));
    if (o.rule == "adam" && flat.is_cpu()) o.pass = matching_adam_pass();
    return o;
}

void take_step(Optimizer& o, at::Tensor& weights, at::Tensor& gradient) {
    ++o.step;
    if (o.l2 != 0) gradient.add_(weights, o.l2);
    if (o.rule == "adam") {
        step_adam(o, weights, gradient);
    } else if (o.rule == "sgd") {
        step_sgd(o, weights, gradient);
    } else {
        step_rmsprop(o, weights, gradient);
    }
}

}  // namespace assay
