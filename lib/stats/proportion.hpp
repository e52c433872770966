// Exact intervals for a share k of n.
#pragma once

#include <cstddef>

namespace assay {

struct ProportionInterval {
    double low = 0;
    double high = 1;
};

// Clopper and Pearson, The use of confidence or fiducial limits, Biometrika 1934: low = Beta(alpha/2; k, n-k+1)
// quantile, high = Beta(1-alpha/2; k+1, n-k). Covers at least `confidence` for every true share. Precondition: k <= n,
// n > 0.
ProportionInterval clopper_pearson(std::size_t k, std::size_t n, double confidence = 0.95);

}  // namespace assay
