// What the benchmarks measure on: made-up answers, and made-up distances. Equal in every program that asks for them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "stats/gram.hpp"
#include "stats/symmetric.hpp"

namespace assay {

inline constexpr std::size_t k_made_classes = 10;

struct MadeRuns {
    std::vector<std::vector<float>> values;
    std::vector<std::string> identities;

    std::vector<RunProbabilities<float>> view() const {
        std::vector<RunProbabilities<float>> runs;
        for (std::size_t r = 0; r < values.size(); ++r) runs.push_back({values[r], identities[r]});
        return runs;
    }
};

// Answers that differ everywhere: quick ones, since two thousand million are made. Their bytes cost nothing to
// the engine, which multiplies zeros as fast as anything else.
inline MadeRuns make_runs(std::size_t n_runs, std::size_t n_inputs) {
    MadeRuns runs;
    for (std::size_t r = 0; r < n_runs; ++r) {
        Random random(1, "bench.runs", r);
        std::vector<float> p(n_inputs * k_made_classes);
        for (std::size_t row = 0; row < p.size(); row += k_made_classes) {
            std::uint64_t bits = random.next();
            float sum = 0;
            for (std::size_t c = 0; c < k_made_classes; ++c, bits >>= 6) {
                const float u = static_cast<float>(bits & 63) / 64;
                sum += p[row + c] = u * u + 1e-3F;
            }
            for (std::size_t c = 0; c < k_made_classes; ++c) p[row + c] /= sum;
        }
        runs.values.push_back(std::move(p));
        runs.identities.push_back("run " + std::to_string(r));
    }
    return runs;
}

// Squared distances of points of 20 numbers: no group of them lies elsewhere.
inline Symmetric made_distances(std::size_t runs) {
    Random random(1, "bench.permutation");
    std::vector<std::vector<double>> points(runs);
    for (auto& point : points) {
        for (int k = 0; k < 20; ++k) point.push_back(random.near_normal());
    }
    Symmetric d2(runs);
    for (std::size_t i = 0; i < runs; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            double sum = 0;
            for (std::size_t k = 0; k < 20; ++k) sum += (points[i][k] - points[j][k]) * (points[i][k] - points[j][k]);
            d2.set(i, j, sum);
        }
    }
    return d2;
}

}  // namespace assay
