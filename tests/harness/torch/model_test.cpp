// The flat nets against torch::nn's modules: the same draws, the same answers, bit for bit.
#include "torch/model.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "harness/torch/request.hpp"

namespace assay {
namespace {
namespace nn = torch::nn;

void add_activation(nn::Sequential& net, const std::string& name) {
    if (name == "relu") net->push_back(nn::ReLU());
    if (name == "sigmoid") net->push_back(nn::Sigmoid());
    if (name == "tanh") net->push_back(nn::Tanh());
    if (name == "silu") net->push_back(nn::SiLU());
}

// As a plain program writes them, layer by layer.
nn::Sequential dense(const std::vector<std::int64_t>& hidden, const std::string& activation, double dropout) {
    nn::Sequential net;
    net->push_back(nn::Flatten());
    std::int64_t width = 784;
    for (const std::int64_t units : hidden) {
        net->push_back(nn::Linear(width, units));
        add_activation(net, activation);
        net->push_back(nn::Dropout(dropout));
        width = units;
    }
    net->push_back(nn::Linear(width, 10));
    return net;
}

nn::Sequential cnn(const std::vector<std::int64_t>& channels, const std::string& activation, double dropout) {
    nn::Sequential net;
    std::int64_t in = 1, side = 28;
    for (const std::int64_t out : channels) {
        net->push_back(nn::Conv2d(nn::Conv2dOptions(in, out, 3)));
        add_activation(net, activation);
        net->push_back(nn::MaxPool2d(2));
        in = out;
        side = (side - 2) / 2;
    }
    net->push_back(nn::Flatten());
    net->push_back(nn::Dropout(dropout));
    net->push_back(nn::Linear(in * side * side, 10));
    return net;
}

struct Net {
    std::string kind;
    std::vector<std::int64_t> sizes;
    std::string activation;
    double dropout;
};
const Net k_nets[] = {
    {"dense", {64}, "relu", 0}, {"dense", {32, 16}, "sigmoid", 0.3},
    {"dense", {5}, "tanh", 0},  {"dense", {9, 9, 9}, "silu", 0},
    {"cnn", {32}, "relu", 0},   {"cnn", {4, 8}, "relu", 0.5},
    {"cnn", {3}, "silu", 0},
};

Json params_of(const Net& net) {
    Json::Array sizes;
    for (const std::int64_t size : net.sizes) sizes.push_back(size);
    return testing::torch_params({{"model", net.kind},
                                  {net.kind == "cnn" ? "channels" : "hidden", sizes},
                                  {"activation", net.activation},
                                  {"dropout", net.dropout}});
}

struct Twins {
    Model model;
    nn::Sequential plain;
};
Twins make_twins(const Net& net, std::uint64_t seed) {
    torch::manual_seed(seed);
    Model model = make_model(params_of(net), "cpu");
    torch::manual_seed(seed);
    return {std::move(model), net.kind == "cnn" ? cnn(net.sizes, net.activation, net.dropout)
                                                : dense(net.sizes, net.activation, net.dropout)};
}

std::string text_of(const Net& net) { return net.kind + " " + net.activation; }

TEST(Model, ItsInitialWeightsAreTheDrawsOfTheModules) {
    for (const Net& net : k_nets) {
        const Twins twins = make_twins(net, 5);
        const NamedTensors ours = twins.model.parameters();
        const auto theirs = twins.plain->parameters();
        ASSERT_EQ(ours.size(), theirs.size()) << text_of(net);
        for (std::size_t i = 0; i < ours.size(); ++i)
            EXPECT_TRUE(torch::equal(ours[i].second, theirs[i])) << text_of(net) << ": " << ours[i].first;
        EXPECT_FALSE(torch::equal(ours[0].second, make_twins(net, 6).model.parameters()[0].second));
    }
}

TEST(Model, ForwardGivesTheBitsOfTheModules) {
    for (const Net& net : k_nets) {
        Twins twins = make_twins(net, 5);
        const torch::Tensor x = torch::rand({17, 1, 28, 28});
        for (const bool training : {false, true}) {
            twins.plain->train(training);
            Trace trace;
            torch::manual_seed(9);
            const torch::Tensor ours = forward(twins.model, x, training ? &trace : nullptr);
            torch::manual_seed(9);
            EXPECT_TRUE(torch::equal(ours, twins.plain->forward(x))) << text_of(net) << " training " << training;
        }
    }
}

// Ours without a graph, theirs with autograd. Batches of one and of a vector register's width and more; the second pass
// shows that gradients are written, not added.
TEST(Model, LossAndGradientHaveTheBitsOfAutograd) {
    for (const Net& net : k_nets) {
        Twins twins = make_twins(net, 5);
        for (const std::int64_t batch : {17, 1, 32, 64}) {
            const torch::Tensor x = torch::rand({batch, 1, 28, 28}), y = torch::randint(10, {batch}, torch::kLong);
            torch::manual_seed(9);
            at::Tensor our_loss;
            {
                const c10::InferenceMode no_graph;
                our_loss = loss_and_gradient(twins.model, x, y);
            }
            twins.plain->zero_grad();
            torch::manual_seed(9);
            const torch::Tensor their_loss = torch::cross_entropy_loss(twins.plain->forward(x), y);
            their_loss.backward();
            std::vector<torch::Tensor> theirs;
            for (const torch::Tensor& parameter : twins.plain->parameters())
                theirs.push_back(parameter.grad().flatten());
            EXPECT_TRUE(torch::equal(our_loss, their_loss)) << text_of(net) << " batch " << batch;
            EXPECT_TRUE(torch::equal(twins.model.gradient, torch::cat(theirs))) << text_of(net) << " batch " << batch;
        }
    }
}

// The optimiser works on the two flat vectors only: a parameter that had left them would never learn.
TEST(Model, ParametersAndGradientsAreViewsOfTheFlatBuffers) {
    for (const Net& net : k_nets) {
        Model model = make_twins(net, 5).model;
        loss_and_gradient(model, torch::rand({4, 1, 28, 28}), torch::zeros({4}, torch::kLong));
        std::int64_t offset = 0;
        const auto expect_next = [&](const at::Tensor& values, const at::Tensor& gradient) {
            EXPECT_EQ(values.data_ptr<float>(), model.flat.data_ptr<float>() + offset) << text_of(net);
            EXPECT_EQ(gradient.data_ptr<float>(), model.gradient.data_ptr<float>() + offset) << text_of(net);
            EXPECT_EQ(values.sizes(), gradient.sizes()) << text_of(net);
            offset += values.numel();
        };
        for (const Model::Layer& layer : model.layers) {
            expect_next(layer.weight, layer.weight_gradient);
            expect_next(layer.bias, layer.bias_gradient);
        }
        EXPECT_EQ(offset, model.flat.numel());
        EXPECT_EQ(offset, model.gradient.numel());
    }
}

TEST(Model, ItsParametersHaveNames) {
    const auto names = [](const Net& net) {
        std::vector<std::string> out;
        for (const auto& [name, tensor] : make_twins(net, 1).model.parameters()) out.push_back(name);
        return out;
    };
    EXPECT_EQ(names({"dense", {4, 4}, "relu", 0}),
              (std::vector<std::string>{"hidden.0.weight", "hidden.0.bias", "hidden.1.weight", "hidden.1.bias",
                                        "out.weight", "out.bias"}));
    EXPECT_EQ(names({"cnn", {4}, "relu", 0}),
              (std::vector<std::string>{"conv.0.weight", "conv.0.bias", "out.weight", "out.bias"}));
}

TEST(Model, MoreConvolutionsThanThePixelsAllowAreRefused) {
    EXPECT_NO_THROW(make_twins({"cnn", {2, 2, 2}, "relu", 0}, 1));
    EXPECT_THROW(make_twins({"cnn", {2, 2, 2, 2}, "relu", 0}, 1), c10::Error);
}

}  // namespace
}  // namespace assay
