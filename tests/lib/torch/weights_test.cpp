#include "torch/weights.hpp"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/error.hpp"

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

TEST(SafetensorsBytes, ATypeThatItIsNotWrittenForIsOurBug) {
    try {
        safetensors_bytes({{"w", at::ones({1}, at::kInt)}});
        ADD_FAILURE() << "nothing was noticed";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), "W0102");
        EXPECT_EQ(error.exit(), Exit::bug);
    }
}

}  // namespace
}  // namespace assay
