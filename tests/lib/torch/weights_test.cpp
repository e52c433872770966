#include "torch/weights.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/batchnorm.h>

#include <cstring>

#include "base/error.hpp"
#include "core/safetensors.hpp"

namespace assay {
namespace {

template <class T>
std::string raw(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

TEST(SafetensorsBytes, AreTheHeaderAndTheTensorsByName) {
    const at::Tensor grid = at::arange(6, at::kFloat).view({2, 3});
    const std::string file =
        safetensors_bytes({{"w", grid.t()}, {"n", at::tensor({7L, -1L})}, {"b", at::ones({1}, at::kDouble)}});
    const std::string header = R"({"b":{"data_offsets":[0,8],"dtype":"F64","shape":[1]},)"
                               R"("n":{"data_offsets":[8,24],"dtype":"I64","shape":[2]},)"
                               R"("w":{"data_offsets":[24,48],"dtype":"F32","shape":[3,2]}})";
    std::uint64_t length = 0;
    ASSERT_GE(file.size(), 8U);
    std::memcpy(&length, file.data(), sizeof length);
    EXPECT_EQ(length % 8, 0U);
    ASSERT_GE(length, header.size());
    EXPECT_LT(length, header.size() + 8);
    EXPECT_EQ(file.substr(8, length), header + std::string(length - header.size(), ' '));
    // Transposed: C order of what the tensor says, not of its memory.
    EXPECT_EQ(file.substr(8 + length), raw<double>({1}) + raw<std::int64_t>({7, -1}) + raw<float>({0, 3, 1, 4, 2, 5}));
}

TEST(SafetensorsBytes, OfParametersThatNeedAGradientAreTheirValues) {
    const at::Tensor w = at::full({2}, 0.5F).requires_grad_(true);
    EXPECT_EQ(safetensors_bytes({{"w", w}}), safetensors_bytes({{"w", w.detach().clone()}}));
}

TEST(SafetensorsBytes, EveryTypeOfATensorTableIsReadBack) {
    NamedTensors tensors;
    for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16, at::kLong, at::kInt,
                                      at::kShort, at::kChar, at::kByte, at::kBool})
        tensors.emplace_back(c10::toString(type), at::ones({2, 3}, at::TensorOptions().dtype(type)));
    EXPECT_EQ(read_safetensors(safetensors_bytes(tensors)), tensor_digests(tensors));
}

TEST(TensorDigests, WhatNoTableHoldsIsNamed) {
    const NamedTensors refused[] = {{{"w", at::ones({1}, at::kComplexFloat)}}, {{"w", at::ones({2, 2}).to_sparse()}}};
    for (const NamedTensors& tensors : refused) {
        try {
            tensor_digests(tensors);
            ADD_FAILURE() << "nothing was noticed";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), "W0102");
            EXPECT_EQ(error.exit(), Exit::usage);
            EXPECT_NE(std::string(error.what()).find("tensor w "), std::string::npos) << error.what();
        }
    }
}

TEST(ModuleTensors, AreParametersAndBuffersATiedOneUnderEachName) {
    struct Tied : torch::nn::Module {
        Tied() : norm(torch::nn::BatchNorm1dOptions(3)) {
            weight = register_parameter("a", at::ones({3}));
            register_parameter("b", weight);
            register_parameter("none", at::Tensor(), false);
            register_module("norm", norm);
        }
        at::Tensor weight;
        torch::nn::BatchNorm1d norm;
    };
    const Tied module;
    std::vector<std::string> names;
    const std::vector<TensorDigest> table = tensor_digests(module_tensors(module));
    for (const TensorDigest& tensor : table) names.push_back(tensor.name);
    EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "norm.bias", "norm.num_batches_tracked", "norm.running_mean",
                                               "norm.running_var", "norm.weight"}));
    EXPECT_EQ(table[0].sha256, table[1].sha256);
    EXPECT_EQ(table[3].dtype, "I64");
    EXPECT_TRUE(table[3].shape.empty());
    EXPECT_EQ(read_safetensors(safetensors_bytes(module_tensors(module))), table) << "the file of it says the same";
    c10::NoGradGuard no_graph;
    module.weight.add_(1);
    const auto other = tensor_digests(module_tensors(module));
    EXPECT_NE(other[0].sha256, table[0].sha256);
    EXPECT_EQ(other[6], table[6]);
}

}  // namespace
}  // namespace assay
