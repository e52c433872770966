// Logistic regression as a person writes it; the lines with assay:: are all that the protocol needs.
#include <assay/trainer.hpp>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

namespace {

constexpr int k_points = 200, k_features = 5;

struct Data {
    std::vector<double> x;
    std::vector<std::int64_t> y;
};

// The same points in every run.
Data made_points(unsigned seed) {
    std::mt19937 random(seed);
    Data data;
    for (int i = 0; i < k_points; ++i) {
        double sum = 0;
        for (int j = 0; j < k_features; ++j) sum += data.x.emplace_back(random() / 4294967296.0 - 0.5);
        data.y.push_back(sum + random() / 4294967296.0 - 0.5 > 0 ? 1 : 0);
    }
    return data;
}

double probability(const std::vector<double>& w, const double* x) {
    double z = 0;
    for (int j = 0; j < k_features; ++j) z += w[static_cast<std::size_t>(j)] * x[j];
    return 1 / (1 + std::exp(-z));
}

void train() {
    const double rate = assay::trainer::param("lr", 0.1);
    const int epochs = assay::trainer::param("epochs", 3);
    std::mt19937 init(static_cast<unsigned>(assay::trainer::seed("init", 1)));
    std::vector<double> w(k_features);
    for (double& value : w) value = init() / 4294967296.0 - 0.5;

    const Data data = made_points(1), held_out = made_points(2);
    std::mt19937 order(static_cast<unsigned>(assay::trainer::seed("shuffle", 1)));
    for (int step = 0; step < epochs * k_points; ++step) {
        const std::size_t i = order() % k_points;
        const double* const x = &data.x[i * k_features];
        const double error = static_cast<double>(data.y[i]) - probability(w, x);
        for (std::size_t j = 0; j < k_features; ++j) w[j] += rate * error * x[j];
        assay::trainer::progress(step + 1, epochs * k_points);
    }

    std::vector<double> answers;
    int right = 0;
    for (std::size_t i = 0; i < k_points; ++i) {
        const double p = probability(w, &held_out.x[i * k_features]);
        answers.insert(answers.end(), {1 - p, p});
        right += (p > 0.5) == (held_out.y[i] == 1) ? 1 : 0;
    }
    std::printf("accuracy %.3f\n", right / static_cast<double>(k_points));
    assay::trainer::save_metrics({{"accuracy", right / static_cast<double>(k_points)}});
    assay::trainer::save_labels(held_out.y);
    assay::trainer::save_predictions(answers, k_points, 2);
}

}  // namespace

int main() { return assay::trainer::run(train); }
