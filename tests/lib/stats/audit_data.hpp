// Made-up audits for the tests of factors: a vector for each run, and the labels of the runs.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "lib/stats/reference_data.hpp"
#include "stats/exchange.hpp"

namespace assay {

struct Audit {
    std::vector<std::vector<double>> points;
    std::vector<FactorRun> runs;

    Symmetric d2() const { return squared_distances(points); }
};

inline std::vector<double> random_point(Random& random, std::size_t features) {
    std::vector<double> point;
    for (std::size_t k = 0; k < features; ++k) point.push_back(random.near_normal());
    return point;
}

// levels x others x seeds x repeats runs: a vector of the seed's own times `seed_effect` and one of the run's own.
struct Crossing {
    std::size_t levels = 2, seeds = 8, others = 1, repeats = 1, features = 5;
    double seed_effect = 1;
    bool nested = false;  // every level has seeds of its own
};

inline Audit random_audit(const Crossing& crossing, std::string_view stream, std::uint64_t index = 0) {
    Random random(2024, stream, index);
    Audit audit;
    for (std::size_t s = 0; s < crossing.seeds * (crossing.nested ? crossing.levels : 1); ++s) {
        const std::vector<double> of_seed = random_point(random, crossing.features);
        for (std::size_t cell = 0; cell < crossing.levels * crossing.others * crossing.repeats; ++cell) {
            const std::size_t level = cell % crossing.levels;
            if (crossing.nested && s % crossing.levels != level) continue;
            std::vector<double> point = random_point(random, crossing.features);
            for (std::size_t k = 0; k < point.size(); ++k) point[k] += crossing.seed_effect * of_seed[k];
            audit.runs.push_back({audit.points.size(), level, s, cell / crossing.levels % crossing.others});
            audit.points.push_back(point);
        }
    }
    return audit;
}

// The same audit with its runs, and the rows of the matrix, in another order.
inline Audit shuffled(const Audit& audit, std::string_view stream) {
    Random random(11, stream);
    const std::vector<std::int64_t> rows = random.permutation(audit.points.size());
    Audit other;
    other.points.resize(audit.points.size());
    for (FactorRun run : audit.runs) {
        const auto row = static_cast<std::size_t>(rows[run.row]);
        other.points[row] = audit.points[run.row];
        run.row = row;
        other.runs.push_back(run);
    }
    random.shuffle(std::span(other.runs));
    return other;
}

inline double square(const std::vector<double>& point) {
    double sum = 0;
    for (const double x : point) sum += x * x;
    return sum;
}

}  // namespace assay
