// The inner loop of permutation tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "stats/symmetric.hpp"

namespace assay {

// Sum of the matrix over the pairs of `members`. Four running sums, spelled out, or every addition would wait for the
// one before it; their order is fixed, and so is the result.
inline double pair_sum(const Symmetric& matrix, std::span<const std::uint32_t> members) {
    double sums[4] = {0, 0, 0, 0};
    for (std::size_t i = 1; i < members.size(); ++i) {
        const double* row = matrix.values.data() + members[i] * matrix.n;
        std::size_t j = 0;
        for (; j + 4 <= i; j += 4) {
            sums[0] += row[members[j]];
            sums[1] += row[members[j + 1]];
            sums[2] += row[members[j + 2]];
            sums[3] += row[members[j + 3]];
        }
        for (; j < i; ++j) sums[j % 4] += row[members[j]];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace assay
