#include "cli/steps.hpp"

#include <algorithm>
#include <array>

namespace assay {

std::optional<std::string> steps_parting(const NumericArray& a, const NumericArray& b) {
    const std::size_t rows = a.shape.empty() ? 0 : a.shape[0];
    if (a == b) return std::nullopt;
    if (a.shape != b.shape || a.shape.size() != 2 || rows == 0) return "of another shape";
    constexpr std::array<std::string_view, 4> k_parts = {"weights", "optimiser state", "batch", "random keys"};
    const auto [first, second] = std::mismatch(a.bytes.begin(), a.bytes.end(), b.bytes.begin());
    const auto at = static_cast<std::size_t>(first - a.bytes.begin());
    const std::size_t row_bytes = a.bytes.size() / rows;
    const std::size_t part = std::min<std::size_t>((at % row_bytes) / 16, 3);
    const std::size_t step = at / row_bytes;
    return "they part " + (step == 0 ? std::string("at initialisation") : "in step " + std::to_string(step)) +
           ", in the " + std::string(k_parts[part]);
}

}  // namespace assay
