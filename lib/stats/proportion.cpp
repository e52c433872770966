#include "stats/proportion.hpp"

#include <boost/math/distributions/beta.hpp>

#include "base/check.hpp"

namespace assay {

ProportionInterval clopper_pearson(std::size_t k, std::size_t n, double confidence) {
    ASSAY_CHECK(n > 0 && k <= n);
    const double tail = (1 - confidence) / 2;
    const auto successes = static_cast<double>(k), failures = static_cast<double>(n - k);
    ProportionInterval interval;
    if (k > 0) interval.low = boost::math::quantile(boost::math::beta_distribution<>(successes, failures + 1), tail);
    if (k < n)
        interval.high = boost::math::quantile(boost::math::beta_distribution<>(successes + 1, failures), 1 - tail);
    return interval;
}

}  // namespace assay
