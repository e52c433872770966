// Our pooling against libtorch's: values by their bits, winners by their places.
#include "torch/pooling.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cstring>
#include <limits>

namespace assay {
namespace {

void expect_same(const torch::Tensor& x, const std::string& what) {
    const auto [theirs, their_winners] = at::max_pool2d_with_indices(x, {2, 2});
    const auto [ours, our_winners] = max_pool_2x2(x);
    ASSERT_EQ(ours.sizes(), theirs.sizes()) << what;
    EXPECT_TRUE(torch::equal(our_winners, their_winners)) << what;
    const torch::Tensor a = ours.contiguous(), b = theirs.contiguous();
    EXPECT_EQ(std::memcmp(a.data_ptr(), b.data_ptr(), static_cast<std::size_t>(a.nbytes())), 0) << what;
}

TEST(Pooling, IsThatOfLibtorchForEveryShape) {
    torch::manual_seed(1);
    for (const auto& [n, c, h, w] : {std::tuple{64, 8, 26, 26},
                                     {1, 1, 2, 2},
                                     {3, 5, 11, 11},
                                     {2, 4, 7, 10},
                                     {17, 3, 4, 9},
                                     {1, 33, 26, 3},
                                     {64, 1, 5, 2}})
        expect_same(torch::randn({n, c, h, w}), std::to_string(h) + " x " + std::to_string(w));
}

// Every window of four from these: ties, both zeros, infinities, not-a-numbers.
TEST(Pooling, IsThatOfLibtorchForEveryWindow) {
    constexpr float k_inf = std::numeric_limits<float>::infinity(), k_nan = std::numeric_limits<float>::quiet_NaN();
    const float values[] = {-k_inf, -1, -0.0F, 0.0F, 1e-40F, 1, k_inf, k_nan, -k_nan};
    std::vector<float> windows;
    for (const float a : values)
        for (const float b : values)
            for (const float c : values)
                for (const float d : values) windows.insert(windows.end(), {a, b, c, d});
    expect_same(torch::tensor(windows).view({-1, 1, 2, 2}), "all windows");
}

TEST(Pooling, LeavesOtherTensorsToLibtorch) {
    torch::manual_seed(1);
    const torch::Tensor x = torch::randn({2, 3, 6, 8});
    expect_same(x.to(torch::kDouble), "float64");
    expect_same(x.transpose(2, 3), "another layout");
    expect_same(x.contiguous(torch::MemoryFormat::ChannelsLast), "channels last");
    EXPECT_TRUE(max_pool_2x2(x.clone().requires_grad_()).first.requires_grad()) << "autograd follows it";
    EXPECT_THROW(max_pool_2x2(torch::randn({2, 3, 1, 8})), std::exception);
}

TEST(Pooling, DoesNotDependOnTheNumberOfThreads) {
    torch::manual_seed(1);
    const torch::Tensor x = torch::randn({64, 8, 26, 26});
    const int before = at::get_num_threads();
    at::set_num_threads(2);
    expect_same(x, "two threads");
    at::set_num_threads(before);
}

}  // namespace
}  // namespace assay
