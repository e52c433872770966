// Inside of gram.cpp: sums over inputs and classes, divided into lanes, each of which is summed in one fixed order.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "stats/symmetric.hpp"

namespace assay {

// What is summed. A feature is one class of one input; feature f belongs to input f / n_classes.
struct Features {
    std::size_t n_features = 0;
    std::size_t n_classes = 1;
    std::span<const double> weights;     // of inputs; empty: all 1
    std::span<const std::size_t> folds;  // of inputs; empty: the lanes divide every tile evenly
    std::size_t n_lanes = 1;             // with folds: a lane a fold

    std::size_t n_inputs() const { return n_features / n_classes; }
    double weight(std::size_t input) const { return weights.empty() ? 1 : weights[input]; }
};

// Of each lane: Z Z', upper triangle; Z: the weighted square roots of each run less their mean over runs.
// rows: for each run its features. The bits do not depend on `threads`. Defined for float and double.
template <class Real>
std::vector<Symmetric> lane_grams(std::span<const Real* const> rows, const Features& features, unsigned threads);

// Of each lane: sum of weight times (sqrt p - sqrt q)^2, without cancellation; without folds all is in the first lane.
template <class Real>
std::vector<double> lane_differences(const Real* p, const Real* q, const Features& features);

}  // namespace assay
