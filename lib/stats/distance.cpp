#include "stats/distance.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace assay {

Distance distance_between(std::span<const float> a, std::span<const float> b, std::size_t n_classes) {
    ASSAY_CHECK(a.size() == b.size() && n_classes > 0 && a.size() % n_classes == 0);
    Distance d;
    d.inputs = a.size() / n_classes;
    double sum = 0;
    for (std::size_t row = 0; row < a.size(); row += n_classes) {
        std::size_t best_a = row, best_b = row;
        for (std::size_t i = row; i < row + n_classes; ++i) {
            const double root = std::sqrt(double{a[i]}) - std::sqrt(double{b[i]});
            sum += root * root;
            d.max_abs_dp = std::max(d.max_abs_dp, std::abs(double{a[i]} - double{b[i]}));
            if (a[i] > a[best_a]) best_a = i;
            if (b[i] > b[best_b]) best_b = i;
        }
        d.flips += best_a != best_b ? 1U : 0U;
    }
    d.hellinger2 = d.inputs == 0 ? 0 : sum / (2 * static_cast<double>(d.inputs));
    return d;
}

}  // namespace assay
