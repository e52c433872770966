#include "stats/gram.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/check.hpp"
#include "base/on_threads.hpp"
#include "stats/tiles.hpp"

namespace assay {
namespace {

constexpr double k_near = 1e-6;
// Without folds the sums are still divided, so that as many threads can share them.
constexpr std::size_t k_lanes_without_folds = 16;

using Pair = std::pair<std::size_t, std::size_t>;

// Runs of equal identity are worked on once, in the order of their identities: the order of the runs then has no part
// in any rounding.
template <class Real>
struct Distinct {
    std::vector<const Real*> rows;
    std::vector<std::size_t> of_run;
};

template <class Real>
Distinct<Real> distinct_runs(std::span<const RunProbabilities<Real>> runs) {
    std::map<std::string_view, std::size_t> index;
    Distinct<Real> distinct;
    for (const auto& run : runs) index.emplace(run.identity, 0);
    std::size_t count = 0;
    for (auto& [identity, i] : index) i = count++;
    distinct.rows.resize(count);
    for (const auto& run : runs) {
        distinct.of_run.push_back(index.at(run.identity));
        distinct.rows[distinct.of_run.back()] = run.values.data();
    }
    return distinct;
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// G of a lane -> D2 of the lane. Rounding can take a difference of equals below zero.
void to_squared_distances(Symmetric& gram, double unit) {
    const std::size_t n = gram.n;
    std::vector<double> norms(n);
    for (std::size_t r = 0; r < n; ++r) norms[r] = gram(r, r);
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t s = r; s < n; ++s) {
            gram.set(r, s, r == s ? 0 : std::max(0.0, unit * (norms[r] + norms[s] - 2 * gram(r, s))));
        }
    }
}

Symmetric sum_of(const std::vector<Symmetric>& lanes) {
    Symmetric total(lanes.front().n);
    for (const Symmetric& lane : lanes) {
        for (std::size_t i = 0; i < total.values.size(); ++i) total.values[i] += lane.values[i];
    }
    return total;
}

std::vector<Pair> near_pairs(const Symmetric& d2, const std::vector<double>& norms) {
    std::vector<double> distances;
    for (std::size_t r = 0; r < d2.n; ++r) {
        for (std::size_t s = r + 1; s < d2.n; ++s) distances.push_back(d2(r, s));
    }
    const double typical = median(std::move(distances));
    std::vector<Pair> pairs;
    for (std::size_t r = 0; r < d2.n; ++r) {
        for (std::size_t s = r + 1; s < d2.n; ++s) {
            if (d2(r, s) < k_near * std::max(typical, norms[r] + norms[s])) pairs.emplace_back(r, s);
        }
    }
    return pairs;
}

template <class Real>
void refine(std::vector<Symmetric>& lanes, const std::vector<Pair>& pairs, const std::vector<const Real*>& rows,
            const Features& features, double unit, unsigned threads) {
    on_threads(threads, [&](unsigned t) {
        for (std::size_t i = t; i < pairs.size(); i += threads) {
            const auto [r, s] = pairs[i];
            const std::vector<double> sums = lane_differences(rows[r], rows[s], features);
            for (std::size_t k = 0; k < sums.size(); ++k) lanes[k].set(r, s, unit * sums[k]);
        }
    });
}

// D2 between distinct runs, a lane each.
template <class Real>
std::vector<Symmetric> lane_distances(const std::vector<const Real*>& rows, const Features& features,
                                      unsigned threads) {
    const std::size_t n = rows.size();
    if (n < 2) return std::vector<Symmetric>(features.n_lanes, Symmetric(n));
    const double unit = features.weights.empty() ? 0.5 / static_cast<double>(features.n_inputs()) : 0.5;
    std::vector<Symmetric> lanes = lane_grams(std::span<const Real* const>(rows), features, threads);
    std::vector<double> norms(n, 0.0);
    for (Symmetric& lane : lanes) {
        for (std::size_t r = 0; r < n; ++r) norms[r] += unit * lane(r, r);
        to_squared_distances(lane, unit);
    }
    for (const double norm : norms) ASSAY_CHECK(std::isfinite(norm));
    refine(lanes, near_pairs(sum_of(lanes), norms), rows, features, unit, threads);
    return lanes;
}

Symmetric for_all_runs(const Symmetric& distinct, const std::vector<std::size_t>& of_run) {
    Symmetric all(of_run.size());
    for (std::size_t r = 0; r < all.n; ++r) {
        for (std::size_t s = 0; s < all.n; ++s) all.values[r * all.n + s] = distinct(of_run[r], of_run[s]);
    }
    return all;
}

void check_options(const DistanceOptions& options, std::size_t n_inputs) {
    ASSAY_CHECK(options.threads > 0);
    ASSAY_CHECK(options.weights.empty() || options.weights.size() == n_inputs);
    ASSAY_CHECK(options.folds.empty() == (options.n_folds == 0));
    ASSAY_CHECK(options.folds.empty() || options.folds.size() == n_inputs);
    double sum = 0;
    for (const double weight : options.weights) {
        ASSAY_CHECK(weight >= 0);
        sum += weight;
    }
    ASSAY_CHECK(options.weights.empty() || std::abs(sum - 1) <= 1e-9);
    for (const std::size_t fold : options.folds) ASSAY_CHECK(fold < options.n_folds);
}

std::vector<double> fold_weights(const DistanceOptions& options) {
    std::vector<double> sums(options.n_folds, 0.0);
    for (std::size_t i = 0; i < options.folds.size(); ++i) {
        sums[options.folds[i]] += options.weights.empty() ? 1 : options.weights[i];
    }
    if (!options.weights.empty()) return sums;
    for (double& sum : sums) sum /= static_cast<double>(options.folds.size());
    return sums;
}

template <class Real>
RunDistances distances(std::span<const RunProbabilities<Real>> runs, std::size_t n_classes,
                       const DistanceOptions& options) {
    if (runs.empty()) return {};
    const std::size_t n_features = runs.front().values.size();
    ASSAY_CHECK(n_classes > 0 && n_features > 0 && n_features % n_classes == 0);
    for (const auto& run : runs) ASSAY_CHECK(run.values.size() == n_features);
    check_options(options, n_features / n_classes);
    const bool folded = options.n_folds > 0;
    const Features features{n_features, n_classes, options.weights, options.folds,
                            folded ? options.n_folds : k_lanes_without_folds};
    const Distinct<Real> distinct = distinct_runs(runs);
    std::vector<Symmetric> lanes = lane_distances(distinct.rows, features, options.threads);
    RunDistances result{for_all_runs(sum_of(lanes), distinct.of_run), {}, fold_weights(options)};
    for (std::size_t k = 0; k < options.n_folds; ++k) {
        result.fold_d2.push_back(for_all_runs(lanes[k], distinct.of_run));
        lanes[k] = Symmetric();
    }
    return result;
}

}  // namespace

RunDistances hellinger_distances(std::span<const RunProbabilities<float>> runs, std::size_t n_classes,
                                 const DistanceOptions& options) {
    return distances(runs, n_classes, options);
}

RunDistances hellinger_distances(std::span<const RunProbabilities<double>> runs, std::size_t n_classes,
                                 const DistanceOptions& options) {
    return distances(runs, n_classes, options);
}

Symmetric scalar_distances(std::span<const double> values) {
    Symmetric d2(values.size());
    for (std::size_t r = 0; r < d2.n; ++r) {
        ASSAY_CHECK(std::isfinite(values[r]));
        for (std::size_t s = r + 1; s < d2.n; ++s) {
            const double difference = values[r] - values[s];
            d2.set(r, s, difference * difference);
        }
    }
    return d2;
}

Symmetric centred_gram(const Symmetric& d2) {
    const std::size_t n = d2.n;
    std::vector<double> means(n, 0.0);
    double mean = 0;
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t s = 0; s < n; ++s) means[r] += d2(r, s);
        means[r] /= static_cast<double>(n);
        mean += means[r] / static_cast<double>(n);
    }
    Symmetric gram(n);
    for (std::size_t r = 0; r < n; ++r) {
        for (std::size_t s = r; s < n; ++s) gram.set(r, s, -0.5 * (d2(r, s) - means[r] - means[s] + mean));
    }
    return gram;
}

}  // namespace assay
