#include "stats/outcome_tests.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <vector>

#include "base/check.hpp"

namespace assay {

double mcnemar_exact(std::size_t only_a, std::size_t only_b) {
    if (only_a == only_b) return 1;
    const boost::math::binomial_distribution<> law(static_cast<double>(only_a + only_b), 0.5);
    return std::min(1.0, 2 * boost::math::cdf(law, static_cast<double>(std::min(only_a, only_b))));
}

double fisher_exact(std::size_t failed_a, std::size_t n_a, std::size_t failed_b, std::size_t n_b) {
    ASSAY_CHECK(failed_a <= n_a && failed_b <= n_b);
    const std::size_t failed = failed_a + failed_b;
    const std::size_t least = failed > n_b ? failed - n_b : 0, most = std::min(failed, n_a);
    // log probability of k failures in a, but for a constant; by ratios of neighbours, which cancel nothing.
    std::vector<double> logs = {0.0};
    for (std::size_t k = least; k < most; ++k) {
        const auto up = static_cast<double>((n_a - k) * (failed - k));
        const auto down = static_cast<double>((k + 1) * (n_b + k + 1 - failed));
        logs.push_back(logs.back() + std::log(up / down));
    }
    const double largest = *std::max_element(logs.begin(), logs.end());
    const double limit = logs[failed_a - least] + 1e-7;
    double all = 0, extreme = 0;
    for (const double value : logs) {
        const double weight = std::exp(value - largest);
        all += weight;
        if (value <= limit) extreme += weight;
    }
    return extreme / all;
}

}  // namespace assay
