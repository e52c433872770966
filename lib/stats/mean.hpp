#pragma once

#include <span>

namespace assay {

// In the order of the values. Precondition: there are some.
inline double mean_of(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

}  // namespace assay
