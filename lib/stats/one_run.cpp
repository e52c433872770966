#include "stats/one_run.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace assay {

std::size_t others_needed(double alpha) {
    ASSAY_CHECK(alpha > 0 && alpha < 1);
    return static_cast<std::size_t>(std::ceil(1 / alpha - 1 - 1e-9));  // 1 / 0.05 is not quite 20
}

std::optional<PValue> one_run_test(const Symmetric& d2, std::span<const std::size_t> others, std::size_t candidate) {
    if (others.empty()) return std::nullopt;
    ASSAY_CHECK(candidate < d2.n && std::find(others.begin(), others.end(), candidate) == others.end());
    const auto strangeness = [&](std::size_t run) {
        double sum = d2(run, candidate);
        for (const std::size_t other : others) sum += d2(run, other);
        return sum;
    };
    const double observed = strangeness(candidate);
    std::uint64_t count = 1;  // the candidate itself
    for (const std::size_t other : others) count += strangeness(other) >= observed * (1 - k_tie_relative) ? 1U : 0U;
    return exhaustive_p(count, others.size() + 1);
}

}  // namespace assay
