// Every distance between two answers that a report shows, in one pass over their probabilities.
#pragma once

#include <span>

#include "stats/divergences.hpp"

namespace assay {

struct AnswerDistances {
    double hellinger2 = 0;    // as of distance_between()
    double max_abs_dp = 0;    // exactly as of distance_between()
    Divergence divergence{};  // as of divergence_between()
};

// p, q: n_inputs x n_classes, row-major, finite, not below zero. Two to three times as fast as the two functions of
// which it gives the sums: no logarithm is called, and no branch depends on a probability. Sums are in another order,
// so the last digits differ; 0 exactly where p and q agree. Precondition: equal sizes, a multiple of n_classes > 0, not
// 0.
AnswerDistances answer_distances(std::span<const float> p, std::span<const float> q, std::size_t n_classes);

// The same bits without the wider registers that the processor may have: so that a test can compare them.
AnswerDistances plain_answer_distances(std::span<const float> p, std::span<const float> q, std::size_t n_classes);

}  // namespace assay
