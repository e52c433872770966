// The answers of one run: probabilities for the held-out inputs, and what can be read off them alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/npy.hpp"

namespace assay {

// n_inputs x n_classes, row-major. Each row is finite, >= 0 and sums to 1 (checked on reading).
struct Predictions {
    std::size_t n_inputs = 0;
    std::size_t n_classes = 0;
    std::vector<float> probabilities;
    std::string sha256;      // of dtype, shape and raw bytes: equal exactly when two runs answered bit for bit alike
    double threshold = 0.5;  // of two classes, the second is the answer where its probability is above this

    const float* row(std::size_t input) const { return probabilities.data() + input * n_classes; }
    friend bool operator==(const Predictions&, const Predictions&) = default;
};

// A prediction array that cannot be used; `diverged` tells NaN or infinities (an outcome of training) from a
// misshapen or non-normalised array (a defect of the trainer).
struct PredictionProblem {
    bool diverged = false;
    std::string reason;
};

struct PredictionResult {
    std::optional<Predictions> predictions;  // either this
    PredictionProblem problem;               // or this
};

// Accepts float32 and float64 arrays [N, C] with C >= 2 whose rows sum to 1 within 1e-3.
PredictionResult predictions_from_array(const NumericArray& array);

// Index of the largest probability per input; the lowest index wins a tie. Of two classes the second where its
// probability is above the threshold.
std::vector<std::int32_t> predicted_labels(const Predictions& predictions);

// The share of inputs that the most frequent predicted label gets: 0.98 or more is called collapsed.
double largest_label_share(const std::vector<std::int32_t>& labels, std::size_t n_classes);
inline constexpr double k_collapsed_share = 0.98;

}  // namespace assay
