// The flat optimisers against torch::optim: the same gradients, the same bits.
#include "torch/optimizer.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>
#include <memory>

#include "harness/torch/request.hpp"
#include "torch/adam.hpp"

namespace assay {
namespace {
namespace optim = torch::optim;

struct Rule {
    std::string optimizer;
    double lr, momentum, l2;
};
const Rule k_rules[] = {
    {"sgd", 0.1, 0, 0},        {"sgd", 0.1, 0.9, 0},       {"sgd", 0.05, 0.9, 0.01},    {"adam", 0.001, 0.9, 0},
    {"adam", 0.1, 0.9, 0.001}, {"rmsprop", 0.001, 0.9, 0}, {"rmsprop", 0.01, 0.9, 0.1},
};

using Tensors = std::vector<torch::Tensor>;

std::unique_ptr<optim::Optimizer> torch_optimizer(const Rule& rule, const Tensors& parameters) {
    if (rule.optimizer == "sgd") {
        return std::make_unique<optim::SGD>(parameters,
                                            optim::SGDOptions(rule.lr).momentum(rule.momentum).weight_decay(rule.l2));
    }
    if (rule.optimizer == "adam")
        return std::make_unique<optim::Adam>(parameters, optim::AdamOptions(rule.lr).weight_decay(rule.l2));
    return std::make_unique<optim::RMSprop>(parameters, optim::RMSpropOptions(rule.lr).weight_decay(rule.l2));
}

// Sizes that are no multiple of a vector register, so that every parameter has a tail.
Tensors drawn_parameters() {
    Tensors parameters;
    for (const auto& shape : {std::vector<std::int64_t>{33, 17}, {33}, {10, 33}, {7}})
        parameters.push_back(torch::randn(shape).requires_grad_(true));
    return parameters;
}

torch::Tensor flattened(const Tensors& tensors) {
    Tensors flat;
    for (const torch::Tensor& tensor : tensors) flat.push_back(tensor.detach().flatten());
    return torch::cat(flat).clone();
}

// Gradients over many orders of magnitude, some exactly 0, as dead units give.
torch::Tensor drawn_gradient(std::int64_t size) {
    const torch::Tensor scale = torch::pow(10.0, torch::randint(-12, 2, {size}).to(torch::kFloat32));
    return torch::randn({size}) * scale * (torch::rand({size}) > 0.2);
}

TEST(Optimizer, FiftyStepsGiveTheBitsOfTorchOptim) {
    for (const Rule& rule : k_rules) {
        torch::manual_seed(3);
        const Tensors parameters = drawn_parameters();
        const auto theirs = torch_optimizer(rule, parameters);
        torch::Tensor weights = flattened(parameters);
        const torch::Tensor start = weights.clone();
        Optimizer ours = make_optimizer(
            testing::torch_params(
                {{"optimizer", rule.optimizer}, {"lr", rule.lr}, {"momentum", rule.momentum}, {"l2", rule.l2}}),
            weights);
        for (int step = 1; step <= 50; ++step) {
            torch::Tensor gradient = drawn_gradient(weights.numel());
            std::int64_t offset = 0;
            for (const torch::Tensor& parameter : parameters) {
                parameter.mutable_grad() =
                    gradient.narrow(0, offset, parameter.numel()).view(parameter.sizes()).clone();
                offset += parameter.numel();
            }
            theirs->step();
            take_step(ours, weights, gradient);
            ASSERT_TRUE(torch::equal(weights, flattened(parameters)))
                << rule.optimizer << " momentum " << rule.momentum << " l2 " << rule.l2 << ": step " << step;
        }
        EXPECT_FALSE(torch::equal(weights, start)) << rule.optimizer;
        EXPECT_TRUE(torch::isfinite(weights).all().item<bool>()) << rule.optimizer;
    }
}

TEST(Optimizer, ItsStateHoldsWhatTheNextStepNeeds) {
    const std::pair<const char*, std::size_t> rows[] = {{"sgd", 1}, {"rmsprop", 1}, {"adam", 2}};
    for (const auto& [name, vectors] : rows) {
        torch::Tensor weights = torch::ones({5});
        Optimizer optimizer = make_optimizer(testing::torch_params({{"optimizer", name}}), weights);
        ASSERT_EQ(optimizer.state.size(), vectors) << name;
        for (const torch::Tensor& state : optimizer.state) EXPECT_TRUE(torch::equal(state, torch::zeros({5}))) << name;
        torch::Tensor gradient = torch::full({5}, 0.5);
        take_step(optimizer, weights, gradient);
        EXPECT_EQ(optimizer.step, 1);
        for (const torch::Tensor& state : optimizer.state) EXPECT_GT(state.min().item<float>(), 0) << name;
    }
}

// Every instruction set that ATen knows on x86 with the one pass or the other; a new libtorch with a third way of
// rounding would be right, too, only slower: then this fails and somebody looks.
TEST(Adam, OneOfThePassesGivesTheBitsOfAten) {
    const AdamPass pass = matching_adam_pass();
    ASSERT_NE(pass, nullptr);
    torch::manual_seed(4);
    for (const std::int64_t size : {1, 7, 8, 31, 64, 1023, 50890}) {
        torch::Tensor m = drawn_gradient(size), v = drawn_gradient(size).abs(), w = torch::randn({size});
        for (std::int64_t t = 1; t <= 20; ++t) {
            const torch::Tensor g = drawn_gradient(size);
            torch::Tensor our_m = m.clone(), our_v = v.clone(), our_w = w.clone();
            pass(adam_scalars(0.1, t), g.data_ptr<float>(), our_m.data_ptr<float>(), our_v.data_ptr<float>(),
                 our_w.data_ptr<float>(), static_cast<std::size_t>(size));
            adam_by_aten(0.1, t, g, m, v, w);
            ASSERT_TRUE(torch::equal(our_m, m) && torch::equal(our_v, v) && torch::equal(our_w, w)) << size << " " << t;
        }
    }
}

// What is not a number must stay what ATen makes of it: a diverged run is an outcome, and its digests are compared.
TEST(Adam, InfinitiesAndNanGoWhereAtenSendsThem) {
    const float infinity = std::numeric_limits<float>::infinity();
    const torch::Tensor g = torch::tensor({infinity, -infinity, NAN, 1e38F, -1e38F, 1e-42F, 0.0F, -0.0F, 1.0F});
    torch::Tensor m = torch::zeros({9}), v = torch::zeros({9}), w = torch::ones({9});
    torch::Tensor our_m = m.clone(), our_v = v.clone(), our_w = w.clone();
    for (std::int64_t t = 1; t <= 3; ++t) {
        adam_by_aten(0.1, t, g, m, v, w);
        matching_adam_pass()(adam_scalars(0.1, t), g.data_ptr<float>(), our_m.data_ptr<float>(),
                             our_v.data_ptr<float>(), our_w.data_ptr<float>(), 9);
    }
    for (const auto& [ours, theirs] : {std::pair(our_m, m), {our_v, v}, {our_w, w}})
        EXPECT_TRUE(torch::allclose(ours, theirs, 0, 0, true)) << ours << theirs;
    EXPECT_TRUE(w.isnan().any().item<bool>());
}

// A planted difference: the two passes are not the same, so finding the matching one is a finding.
TEST(Adam, ThePassesDifferInTheirBits) {
    if (!__builtin_cpu_supports("fma") || !__builtin_cpu_supports("avx2"))
        GTEST_SKIP() << "one of them cannot run here";
    torch::manual_seed(5);
    const torch::Tensor g = torch::randn({1000});
    torch::Tensor m = torch::randn({1000}), v = torch::rand({1000}), w = torch::randn({1000});
    torch::Tensor other_m = m.clone(), other_v = v.clone(), other_w = w.clone();
    const AdamScalars scalars = adam_scalars(0.1, 3);
    adam_pass_fused(scalars, g.data_ptr<float>(), m.data_ptr<float>(), v.data_ptr<float>(), w.data_ptr<float>(), 1000);
    adam_pass_rounding_products(scalars, g.data_ptr<float>(), other_m.data_ptr<float>(), other_v.data_ptr<float>(),
                                other_w.data_ptr<float>(), 1000);
    EXPECT_FALSE(torch::equal(m, other_m));
    EXPECT_FALSE(torch::equal(v, other_v));
}

}  // namespace
}  // namespace assay
