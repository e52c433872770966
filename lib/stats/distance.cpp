#include "stats/distance.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace assay {

std::size_t answer_of(std::span<const float> row, double threshold) {
    if (row.size() == 2 && threshold != 0.5) return double{row[1]} > threshold ? 1 : 0;
    return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

Distance distance_between(std::span<const float> a, std::span<const float> b, std::size_t n_classes, double threshold) {
    ASSAY_CHECK(a.size() == b.size() && n_classes > 0 && a.size() % n_classes == 0);
    Distance d;
    d.inputs = a.size() / n_classes;
    double sum = 0;
    for (std::size_t row = 0; row < a.size(); row += n_classes) {
        for (std::size_t i = row; i < row + n_classes; ++i) {
            const double root = std::sqrt(double{a[i]}) - std::sqrt(double{b[i]});
            sum += root * root;
            d.max_abs_dp = std::max(d.max_abs_dp, std::abs(double{a[i]} - double{b[i]}));
        }
        const bool same =
            answer_of(a.subspan(row, n_classes), threshold) == answer_of(b.subspan(row, n_classes), threshold);
        d.flips += same ? 0U : 1U;
    }
    d.hellinger2 = d.inputs == 0 ? 0 : sum / (2 * static_cast<double>(d.inputs));
    return d;
}

}  // namespace assay
