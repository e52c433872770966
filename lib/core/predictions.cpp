#include "core/predictions.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

constexpr double k_sum_tolerance = 1e-3;

std::string identity_of(const NumericArray& array) {
    Sha256 hash;
    hash.update(array.type == NumericType::float32 ? "F32" : "F64");
    for (const std::size_t dimension : array.shape) hash.update(" " + std::to_string(dimension));
    hash.update("\n").update(array.bytes);
    return to_hex(hash.finish());
}

std::vector<float> as_floats(const NumericArray& array) {
    std::vector<float> values(array.count());
    if (array.type == NumericType::float32) {
        std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
        return values;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        double value = 0;
        std::memcpy(&value, array.bytes.data() + i * sizeof value, sizeof value);
        values[i] = static_cast<float>(value);
    }
    return values;
}

PredictionResult problem(bool diverged, std::string reason) {
    return {std::nullopt, PredictionProblem{diverged, std::move(reason)}};
}

std::optional<std::string> not_finite(const Predictions& predictions) {
    const auto& values = predictions.probabilities;
    const auto bad = [](float p) { return !std::isfinite(p); };
    const auto count = std::count_if(values.begin(), values.end(), bad);
    if (count == 0) return std::nullopt;
    const auto first = static_cast<std::size_t>(std::find_if(values.begin(), values.end(), bad) - values.begin());
    return std::to_string(count) + " of " + std::to_string(values.size()) +
           " predicted values are NaN or infinite, the first in row " + std::to_string(first / predictions.n_classes) +
           ", column " + std::to_string(first % predictions.n_classes) + " (from 0)";
}

}  // namespace

PredictionResult predictions_from_array(const NumericArray& array) {
    if (array.type != NumericType::float32 && array.type != NumericType::float64) {
        return problem(false, "predictions are integers; expected float32 or float64 probabilities [N, C]");
    }
    if (array.shape.size() != 2 || array.shape[0] == 0 || array.shape[1] < 2) {
        std::string shape;
        for (const std::size_t dimension : array.shape)
            shape += (shape.empty() ? "" : ", ") + std::to_string(dimension);
        return problem(false,
                       "predictions have the shape [" + shape + "]; expected [inputs, classes], 2 or more classes");
    }
    Predictions predictions{array.shape[0], array.shape[1], as_floats(array), identity_of(array)};
    if (const auto reason = not_finite(predictions)) return problem(true, *reason);
    for (std::size_t i = 0; i < predictions.n_inputs; ++i) {
        const float* row = predictions.row(i);
        double sum = 0;
        float least = 0;
        for (std::size_t c = 0; c < predictions.n_classes; ++c) {
            sum += static_cast<double>(row[c]);
            least = std::min(least, row[c]);
        }
        if (least < -1e-6F || std::abs(sum - 1) > k_sum_tolerance) {
            return problem(false, "row " + std::to_string(i) + " (from 0) of the predictions sums to " + fixed(sum, 4) +
                                      (least < 0 ? " and has negative values" : "") +
                                      "; expected probabilities that sum to 1 (apply softmax before saving)");
        }
        for (std::size_t c = 0; c < predictions.n_classes; ++c) {
            float& p = predictions.probabilities[i * predictions.n_classes + c];
            if (p < 0) p = 0;  // at most 1e-6 below: rounding of the trainer's softmax
        }
    }
    return {std::move(predictions), {}};
}

std::vector<std::int32_t> predicted_labels(const Predictions& predictions) {
    std::vector<std::int32_t> labels(predictions.n_inputs);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const float* row = predictions.row(i);
        const bool own = predictions.n_classes == 2 && predictions.threshold != 0.5;
        labels[i] = own ? static_cast<std::int32_t>(row[1] > predictions.threshold)
                        : static_cast<std::int32_t>(std::max_element(row, row + predictions.n_classes) - row);
    }
    return labels;
}

double largest_label_share(const std::vector<std::int32_t>& labels, std::size_t n_classes) {
    if (labels.empty()) return 0;
    std::vector<std::size_t> counts(n_classes);
    for (const std::int32_t label : labels) ++counts[static_cast<std::size_t>(label)];
    return static_cast<double>(*std::max_element(counts.begin(), counts.end())) / static_cast<double>(labels.size());
}

}  // namespace assay
