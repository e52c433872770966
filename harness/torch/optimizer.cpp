#include "torch/optimizer.hpp"

#include <ATen/ATen.h>

#include <cmath>

namespace assay {
namespace {

constexpr double k_beta1 = 0.9, k_beta2 = 0.999, k_epsilon = 1e-8;

struct Corrections {
    double first, second;
};
Corrections corrections(std::int64_t t) {
    return {1 - std::pow(k_beta1, static_cast<double>(t)), 1 - std::pow(k_beta2, static_cast<double>(t))};
}

void step_adam(Optimizer& o, at::Tensor& weights, const at::Tensor& gradient) {
    const AdamPass pass = weights.is_cpu() ? matching_adam_pass() : nullptr;
    if (pass == nullptr) return adam_by_aten(o.lr, o.step, gradient, o.state[0], o.state[1], weights);
    pass(adam_scalars(o.lr, o.step), gradient.data_ptr<float>(), o.state[0].data_ptr<float>(),
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
    constexpr double k_alpha = 0.99;
    o.state[0].mul_(k_alpha).addcmul_(gradient, gradient, 1 - k_alpha);
    weights.addcdiv_(gradient, o.state[0].sqrt().add_(k_epsilon), -o.lr);
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

Optimizer make_optimizer(const Json& params, const at::Tensor& flat) {
    Optimizer o;
    o.rule = params.at("optimizer").as_string();
    o.lr = params.at("lr").as_number();
    o.momentum = params.at("momentum").as_number();
    o.l2 = params.at("l2").as_number();
    o.state.push_back(at::zeros_like(flat));
    if (o.rule == "adam") o.state.push_back(at::zeros_like(flat));
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
