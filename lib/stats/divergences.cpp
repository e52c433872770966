#include "stats/divergences.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.hpp"
#include "base/on_threads.hpp"
#include "stats/distance.hpp"

namespace assay {
namespace {

// (1+y) ln(1+y) + (1-y) ln(1-y), the even series sum_k y^2k / (k (2k - 1)). Of the logarithms the terms in y cancel,
// which costs 1/y units of the last place: below 1/16 the series is better, and six terms leave 4e-17 of the whole.
double mixing(double y) {
    if (std::abs(y) >= 0.0625) {
        const double other = 1 - std::abs(y);  // at 1 one of the two is certain, and 0 ln 0 = 0
        return (2 - other) * std::log1p(std::abs(y)) + (other == 0 ? 0 : other * std::log1p(-std::abs(y)));
    }
    const double z = y * y;
    return z * (1 + z * (1.0 / 6 + z * (1.0 / 15 + z * (1.0 / 28 + z * (1.0 / 45 + z * (1.0 / 66))))));
}

void add(Divergence& sum, const float* p, const float* q, std::size_t n_classes, double weight) {
    double variation = 0, mixed = 0, brier = 0;
    for (std::size_t c = 0; c < n_classes; ++c) {
        const double a = p[c] < 0 ? 0 : double{p[c]}, b = q[c] < 0 ? 0 : double{q[c]};
        if (a == b) continue;
        const double difference = a - b;
        variation += std::abs(difference);
        brier += difference * difference;
        mixed += (a + b) * mixing(difference / (a + b));
    }
    sum.total_variation += weight * variation;
    sum.jensen_shannon += weight * mixed;
    sum.brier += weight * brier;
}

// Counts in blocks whose counts fit the labels' type: the compiler then compares and counts whole vectors.
std::size_t count_different(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b) {
    constexpr std::size_t k_block = 32'768;
    std::size_t count = 0;
    for (std::size_t begin = 0; begin < a.size(); begin += k_block) {
        const std::size_t end = std::min(a.size(), begin + k_block);
        std::uint16_t in_block = 0;
        for (std::size_t i = begin; i < end; ++i) in_block = static_cast<std::uint16_t>(in_block + (a[i] != b[i]));
        count += in_block;
    }
    return count;
}

void check_weights(std::span<const double> weights, std::size_t n_inputs) {
    ASSAY_CHECK(n_inputs > 0 && (weights.empty() || weights.size() == n_inputs));
}

}  // namespace

Divergence divergence_between(std::span<const float> p, std::span<const float> q, std::size_t n_classes,
                              std::span<const double> weights) {
    ASSAY_CHECK(p.size() == q.size() && n_classes > 0 && p.size() % n_classes == 0);
    const std::size_t n_inputs = p.size() / n_classes;
    check_weights(weights, n_inputs);
    Divergence sum;
    for (std::size_t i = 0; i < n_inputs; ++i) {
        const std::size_t row = i * n_classes;
        add(sum, &p[row], &q[row], n_classes, weights.empty() ? 1 : weights[i]);
    }
    const double scale = weights.empty() ? 1 / static_cast<double>(n_inputs) : 1;
    return {sum.total_variation * scale / 2, sum.jensen_shannon * scale / (4 * std::numbers::ln2), sum.brier * scale};
}

std::vector<RunPair> all_pairs(std::size_t n_runs) {
    std::vector<RunPair> pairs;
    for (std::size_t r = 0; r < n_runs; ++r) {
        for (std::size_t s = r + 1; s < n_runs; ++s) pairs.emplace_back(r, s);
    }
    return pairs;
}

std::vector<Divergence> divergences_between(std::span<const std::span<const float>> runs,
                                            std::span<const RunPair> pairs, std::size_t n_classes,
                                            std::span<const double> weights, unsigned threads) {
    ASSAY_CHECK(threads > 0);
    for (const auto& [r, s] : pairs) ASSAY_CHECK(r < runs.size() && s < runs.size());
    std::vector<Divergence> found(pairs.size());
    on_threads(threads, [&](unsigned t) {
        for (std::size_t i = t; i < pairs.size(); i += threads) {
            found[i] = divergence_between(runs[pairs[i].first], runs[pairs[i].second], n_classes, weights);
        }
    });
    return found;
}

std::vector<std::uint16_t> most_probable(std::span<const float> p, std::size_t n_classes, double threshold) {
    ASSAY_CHECK(n_classes > 0 && n_classes <= 65'536 && p.size() % n_classes == 0);
    std::vector<std::uint16_t> labels;
    labels.reserve(p.size() / n_classes);
    for (std::size_t row = 0; row < p.size(); row += n_classes)
        labels.push_back(static_cast<std::uint16_t>(answer_of(p.subspan(row, n_classes), threshold)));
    return labels;
}

double label_churn(std::span<const std::uint16_t> a, std::span<const std::uint16_t> b,
                   std::span<const double> weights) {
    ASSAY_CHECK(a.size() == b.size());
    check_weights(weights, a.size());
    if (weights.empty()) return static_cast<double>(count_different(a, b)) / static_cast<double>(a.size());
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] == b[i] ? 0 : weights[i];
    return sum;
}

Symmetric label_churn(std::span<const std::span<const std::uint16_t>> runs, std::span<const double> weights,
                      unsigned threads) {
    ASSAY_CHECK(threads > 0);
    Symmetric churn(runs.size());
    on_threads(threads, [&](unsigned t) {
        for (std::size_t r = t; r < runs.size(); r += threads) {
            for (std::size_t s = r + 1; s < runs.size(); ++s) churn.set(r, s, label_churn(runs[r], runs[s], weights));
        }
    });
    return churn;
}

}  // namespace assay
