// How far two sets of predictions are apart.
#pragma once

#include <cstddef>
#include <span>

namespace assay {

struct Distance {
    // Mean over inputs of the squared Hellinger distance 1 - sum_c sqrt(p q) = 1/2 sum_c (sqrt p - sqrt q)^2, in [0,
    // 1].
    double hellinger2 = 0;
    double max_abs_dp = 0;  // largest |p - q| of any input and class
    std::size_t flips = 0;  // inputs whose answer differs
    std::size_t inputs = 0;

    double flip_share() const { return inputs == 0 ? 0 : static_cast<double>(flips) / static_cast<double>(inputs); }
};

// The most probable class; the lowest index wins a tie. Of two classes the second where its probability is above a
// threshold other than 0.5.
std::size_t answer_of(std::span<const float> row, double threshold);

// a, b: n_inputs x n_classes, row-major, rows sum to 1. Differences of square roots in double, never 1 - sum sqrt(p q):
// for answers that differ by rounding alone the latter has no correct digit. Precondition: equal sizes, a multiple of
// n_classes > 0.
Distance distance_between(std::span<const float> a, std::span<const float> b, std::size_t n_classes,
                          double threshold = 0.5);

}  // namespace assay
