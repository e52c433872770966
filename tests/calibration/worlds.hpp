// Where simulated runs come from: noise of several structures, as plain vectors or through a softmax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "stats/symmetric.hpp"

namespace assay::calibration {

// hi: every feature on its own. mid: 30 directions, loadings that fall as 1/sqrt(k). low: 3 directions. heavy: hi, and
// each run's noise times a lognormal number with sd 0.6 of its logarithm: a few runs lie far out.
enum class Structure { hi, mid, low, heavy };
inline constexpr Structure k_regular[] = {Structure::hi, Structure::mid, Structure::low};
inline constexpr Structure k_structures[] = {Structure::hi, Structure::mid, Structure::low, Structure::heavy};
std::string structure_name(Structure structure);

// Vectors with mean 0 and trace variance exactly 1, whatever the structure.
class Noise {
public:
    Noise(Structure structure, std::size_t features);

    std::size_t features() const { return features_; }
    double variance(std::size_t feature) const;
    void add(Random& random, double sd, std::span<double> to) const;  // to += sd * noise
    double run_scale(Random& random) const;                           // 1 but for heavy

private:
    Structure structure_;
    std::size_t features_, directions_;
    std::vector<double> loadings_;  // [direction][feature]; empty: every feature is a direction of its own
};
// E c and E c^2 of the heavy scale c = exp(0.6 x), x near-normal: exact.
double mean_scale(Structure structure);
double mean_square_scale(Structure structure);

struct Points {
    std::size_t features = 0;
    std::vector<double> values;  // n x features

    Points(std::size_t n, std::size_t n_features) : features(n_features), values(n * n_features, 0.0) {}
    std::size_t size() const { return values.size() / features; }
    std::span<double> operator[](std::size_t row) { return {values.data() + row * features, features}; }
    std::span<const double> operator[](std::size_t row) const { return {values.data() + row * features, features}; }
};

// One run for each entry: what it shares with its seed carries `retention` of the variance, the rest is its own. Runs
// of equal seeds share; seeds are numbered from 0.
Points seeded_runs(const Noise& noise, double retention, std::span<const std::size_t> seed, Random& random);

Symmetric vector_distances(const Points& points);

// Real outputs: softmax(base logits + noise), 30 inputs of 4 classes; distances are the squared Hellinger ones of
// stats/gram.hpp.
inline constexpr std::size_t k_inputs = 30, k_classes = 4, k_outputs = k_inputs * k_classes;
std::vector<double> output_probabilities(std::span<const double> noise);
Symmetric output_distances(const Points& points);

// stats' V and T_H of a world of outputs, from `k_truth_seeds` seeds with two runs each.
struct OutputTruth {
    double variance = 0;   // V: half the expected squared distance of runs with different seeds
    double same_seed = 0;  // T_H: the same for runs of one seed
};
inline constexpr std::size_t k_truth_seeds = 20'000;
OutputTruth output_truth(Structure structure, double retention);

// 0, 0, .., 1, 1, ..: `times` of each number below n.
std::vector<std::size_t> repeated(std::size_t n, std::size_t times);

}  // namespace assay::calibration
