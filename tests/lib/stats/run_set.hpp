// Sets of runs for the tests of distances: real ones, made ones, and what long double says of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "lib/stats/reference_data.hpp"
#include "stats/gram.hpp"

namespace assay::test {

template <class Real>
struct RunSet {
    std::size_t n_classes = 0;
    std::vector<std::vector<Real>> values;
    std::vector<std::string> identities;

    void add(std::vector<Real> run) {
        identities.push_back("run " + std::to_string(values.size()));
        values.push_back(std::move(run));
    }
    std::size_t n_inputs() const { return values.front().size() / n_classes; }
    std::vector<RunProbabilities<Real>> view() const {
        std::vector<RunProbabilities<Real>> runs;
        for (std::size_t r = 0; r < values.size(); ++r) runs.push_back({values[r], identities[r]});
        return runs;
    }
    RunDistances distances(const DistanceOptions& options = {}) const {
        return hellinger_distances(view(), n_classes, options);
    }
    Symmetric d2() const { return distances().d2; }
};

// 16 real runs, 40 inputs x 5 classes: run,factor,seed,example,label,p0 ... p4. The 9 digits are those of floats.
inline RunSet<float> golden_runs(const std::string& name) {
    RunSet<float> runs{5, {}, {}};
    std::vector<float> run;
    for (const std::vector<std::string>& fields : reference_rows(name)) {
        if (fields[0] == "run") continue;
        for (std::size_t i = 5; i < 10; ++i) run.push_back(static_cast<float>(number_of(fields.at(i))));
        if (run.size() == 200) runs.add(std::exchange(run, {}));
    }
    return runs;
}

inline std::vector<double> softmax(const std::vector<double>& logits, std::size_t n_classes) {
    std::vector<double> p(logits.size());
    for (std::size_t row = 0; row < p.size(); row += n_classes) {
        double sum = 0;
        for (std::size_t c = row; c < row + n_classes; ++c) sum += p[c] = std::exp(logits[c]);
        for (std::size_t c = row; c < row + n_classes; ++c) p[c] /= sum;
    }
    return p;
}

// Logits 3 z, and for run r 3 z + deviations[r] z_r: how far run r is from the first.
template <class Real>
RunSet<Real> made_runs(std::size_t n_inputs, std::size_t n_classes, const std::vector<double>& deviations) {
    RunSet<Real> runs{n_classes, {}, {}};
    Random random(7, "test.runs");
    std::vector<double> common(n_inputs * n_classes);
    for (double& logit : common) logit = 3 * random.near_normal();
    for (const double deviation : deviations) {
        std::vector<double> logits = common;
        for (double& logit : logits) logit += deviation * random.near_normal();
        const std::vector<double> p = softmax(logits, n_classes);
        runs.add(std::vector<Real>(p.size()));
        std::transform(p.begin(), p.end(), runs.values.back().begin(), [](double x) { return static_cast<Real>(x); });
    }
    return runs;
}

// The definition, in 64 bits of mantissa.
template <class Real>
double exact_d2(const RunSet<Real>& runs, std::size_t r, std::size_t s) {
    long double sum = 0;
    for (std::size_t i = 0; i < runs.values[r].size(); ++i) {
        const long double difference = std::sqrt(static_cast<long double>(runs.values[r][i])) -
                                       std::sqrt(static_cast<long double>(runs.values[s][i]));
        sum += difference * difference;
    }
    return static_cast<double>(sum / (2 * static_cast<long double>(runs.n_inputs())));
}

}  // namespace assay::test
