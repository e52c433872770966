#include "torch/pooling.hpp"

#include <ATen/Parallel.h>
#include <ATen/record_function.h>

#include <vector>

namespace assay {
namespace {

struct Plane {
    std::int64_t height, width;  // of the input
};

// Which of the four wins: 0 1 above, 2 3 below. libtorch's rule: the first of equals, the last that is no number.
// Without a branch, which no processor could foretell.
struct Winner {
    float value;
    std::int32_t place;
};
void challenge(Winner& winner, float value, std::int32_t place) {
    const bool wins = (value > winner.value) | (value != value);
    winner.value = wins ? value : winner.value;
    winner.place = wins ? place : winner.place;
}

void pool_row(const float* above, const float* below, std::int64_t columns, float* values, std::int32_t* places) {
    for (std::int64_t i = 0; i < columns; ++i) {
        Winner winner{above[2 * i], 0};
        challenge(winner, above[2 * i + 1], 1);
        challenge(winner, below[2 * i], 2);
        challenge(winner, below[2 * i + 1], 3);
        values[i] = winner.value;
        places[i] = winner.place;
    }
}

void pool_plane(const float* in, Plane plane, float* values, std::int64_t* winners, std::int32_t* places) {
    const std::int64_t rows = plane.height / 2, columns = plane.width / 2, width = plane.width;
    for (std::int64_t row = 0; row < rows; ++row) {
        const std::int64_t first = 2 * row * width;
        pool_row(in + first, in + first + width, columns, values + row * columns, places);
        for (std::int64_t i = 0; i < columns; ++i)
            winners[row * columns + i] = first + 2 * i + (places[i] & 1) + (places[i] >> 1) * width;
    }
}

bool is_ours(const at::Tensor& x) {
    return x.dim() == 4 && x.device().is_cpu() && x.scalar_type() == at::kFloat && x.is_contiguous() && x.numel() > 0 &&
           x.size(2) > 1 && x.size(3) > 1 && !x.requires_grad();
}

}  // namespace

std::pair<at::Tensor, at::Tensor> max_pool_2x2(const at::Tensor& x) {
    if (!is_ours(x)) {
        auto [values, winners] = at::max_pool2d_with_indices(x, {2, 2});
        return {std::move(values), std::move(winners)};
    }
    RECORD_FUNCTION("assay::max_pool_2x2", std::vector<c10::IValue>({x}));  // in the trace like any operation
    const Plane plane{x.size(2), x.size(3)};
    const at::Tensor values = at::empty({x.size(0), x.size(1), plane.height / 2, plane.width / 2}, x.options());
    const at::Tensor winners = at::empty(values.sizes(), x.options().dtype(at::kLong));
    const float* const in = x.data_ptr<float>();
    float* const out = values.data_ptr<float>();
    std::int64_t* const at = winners.data_ptr<std::int64_t>();
    const std::int64_t taken = plane.height * plane.width, given = (plane.height / 2) * (plane.width / 2);
    constexpr std::int64_t k_plane_grain = 16;
    at::parallel_for(0, x.size(0) * x.size(1), k_plane_grain, [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::int32_t> places(static_cast<std::size_t>(plane.width / 2));
        for (std::int64_t i = begin; i < end; ++i)
            pool_plane(in + i * taken, plane, out + i * given, at + i * given, places.data());
    });
    return {values, winners};
}

}  // namespace assay
