#include "calibration/worlds.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "stats/gram.hpp"

namespace assay::calibration {
namespace {

constexpr std::uint64_t k_seed = 20'260;
constexpr double k_base_logit_sd = 1.5, k_logit_sd = 0.5, k_log_scale_sd = 0.6;

std::size_t directions_of(Structure structure, std::size_t features) {
    if (structure == Structure::mid) return 30;
    return structure == Structure::low ? 3 : features;
}

// E exp(t x) for a sum x of 12 uniform numbers less 6.
double moment_generating(double t) { return std::pow(std::sinh(t / 2) / (t / 2), 12); }

const std::vector<double>& base_logits() {
    static const std::vector<double> k_logits = [] {
        Random random(k_seed, "calibration.base_logits");
        std::vector<double> logits;
        for (std::size_t f = 0; f < k_outputs; ++f) logits.push_back(k_base_logit_sd * random.near_normal());
        return logits;
    }();
    return k_logits;
}

double half_square(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t f = 0; f < a.size(); ++f) sum += (a[f] - b[f]) * (a[f] - b[f]);
    return sum / 2;
}

}  // namespace

std::string structure_name(Structure structure) {
    const char* names[] = {"hi", "mid", "low", "heavy"};
    return names[static_cast<std::size_t>(structure)];
}

Noise::Noise(Structure structure, std::size_t features)
    : structure_(structure), features_(features), directions_(directions_of(structure, features)) {
    if (directions_ == features_) return;
    Random random(k_seed, "calibration.loadings", directions_);
    double trace = 0;
    for (std::size_t k = 0; k < directions_; ++k) {
        const double size = structure == Structure::mid ? 1 / std::sqrt(static_cast<double>(k + 1)) : 1;
        for (std::size_t f = 0; f < features_; ++f) {
            loadings_.push_back(size * random.near_normal());
            trace += loadings_.back() * loadings_.back();
        }
    }
    for (double& loading : loadings_) loading /= std::sqrt(trace);
}

double Noise::variance(std::size_t feature) const {
    if (loadings_.empty()) return 1 / static_cast<double>(features_);
    double sum = 0;
    for (std::size_t k = 0; k < directions_; ++k) {
        const double loading = loadings_[k * features_ + feature];
        sum += loading * loading;
    }
    return sum;
}

void Noise::add(Random& random, double sd, std::span<double> to) const {
    if (loadings_.empty()) {
        const double each = sd / std::sqrt(static_cast<double>(features_));
        for (double& x : to) x += each * random.near_normal();
        return;
    }
    for (std::size_t k = 0; k < directions_; ++k) {
        const double much = sd * random.near_normal();
        const double* loadings = loadings_.data() + k * features_;
        for (std::size_t f = 0; f < features_; ++f) to[f] += much * loadings[f];
    }
}

double Noise::run_scale(Random& random) const {
    return structure_ == Structure::heavy ? std::exp(k_log_scale_sd * random.near_normal()) : 1;
}

double mean_scale(Structure structure) { return structure == Structure::heavy ? moment_generating(k_log_scale_sd) : 1; }
double mean_square_scale(Structure structure) {
    return structure == Structure::heavy ? moment_generating(2 * k_log_scale_sd) : 1;
}

Points seeded_runs(const Noise& noise, double retention, std::span<const std::size_t> seed, Random& random) {
    const std::size_t n_seeds = *std::max_element(seed.begin(), seed.end()) + 1;
    Points of_seed(retention > 0 ? n_seeds : 0, noise.features());
    for (std::size_t s = 0; s < of_seed.size(); ++s) noise.add(random, std::sqrt(retention), of_seed[s]);
    Points runs(seed.size(), noise.features());
    for (std::size_t r = 0; r < seed.size(); ++r) {
        noise.add(random, std::sqrt(1 - retention), runs[r]);
        const double scale = noise.run_scale(random);
        for (std::size_t f = 0; f < noise.features(); ++f) {
            const double shared = retention > 0 ? of_seed[seed[r]][f] : 0;
            runs[r][f] = scale * (runs[r][f] + shared);
        }
    }
    return runs;
}

Symmetric vector_distances(const Points& points) {
    Symmetric d2(points.size());
    for (std::size_t r = 0; r < points.size(); ++r) {
        for (std::size_t s = 0; s < r; ++s) d2.set(r, s, 2 * half_square(points[r], points[s]));
    }
    return d2;
}

std::vector<double> output_probabilities(std::span<const double> noise) {
    ASSAY_CHECK(noise.size() == k_outputs);
    std::vector<double> p(k_outputs);
    const double sd = k_logit_sd * std::sqrt(static_cast<double>(k_outputs));  // the noise has trace 1
    for (std::size_t i = 0; i < k_inputs; ++i) {
        double sum = 0;
        for (std::size_t f = i * k_classes; f < (i + 1) * k_classes; ++f) {
            p[f] = std::exp(base_logits()[f] + sd * noise[f]);
            sum += p[f];
        }
        for (std::size_t f = i * k_classes; f < (i + 1) * k_classes; ++f) p[f] /= sum;
    }
    return p;
}

Symmetric output_distances(const Points& points) {
    std::vector<std::vector<double>> probabilities;
    std::vector<std::string> names;
    for (std::size_t r = 0; r < points.size(); ++r) {
        probabilities.push_back(output_probabilities(points[r]));
        names.push_back(std::to_string(r));
    }
    std::vector<RunProbabilities<double>> runs;
    for (std::size_t r = 0; r < points.size(); ++r) runs.push_back({probabilities[r], names[r]});
    return hellinger_distances(runs, k_classes).d2;
}

OutputTruth output_truth(Structure structure, double retention) {
    const Noise noise(structure, k_outputs);
    const std::vector<std::size_t> one_seed = {0, 0};
    std::vector<double> sum(k_outputs, 0.0);
    double squares = 0;
    OutputTruth truth;
    for (std::size_t s = 0; s < k_truth_seeds; ++s) {
        Random random(k_seed, "calibration.truth", s);
        const Points pair = seeded_runs(noise, retention, one_seed, random);
        std::vector<double> roots[] = {output_probabilities(pair[0]), output_probabilities(pair[1])};
        for (std::vector<double>& of_run : roots) {
            for (double& p : of_run) p = std::sqrt(p / (2.0 * k_inputs));
        }
        truth.same_seed += half_square(roots[0], roots[1]) / k_truth_seeds;
        for (std::size_t f = 0; f < k_outputs; ++f) {
            sum[f] += roots[0][f];
            squares += roots[0][f] * roots[0][f];
        }
    }
    truth.variance = squares;
    for (const double x : sum) truth.variance -= x * x / k_truth_seeds;
    truth.variance /= k_truth_seeds - 1;
    return truth;
}

std::vector<std::size_t> repeated(std::size_t n, std::size_t times) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < n * times; ++i) out.push_back(i / times);
    return out;
}

}  // namespace assay::calibration
