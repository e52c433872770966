// A net as a person writes it; main is all that assay needs.
#include <torch/torch.h>

#include <assay/torch/training.hpp>
#include <assay/trainer.hpp>

struct Net : torch::nn::Module {
    Net(std::int64_t hidden, double dropout)
        : first(register_module("first", torch::nn::Linear(5, hidden))),
          norm(register_module("norm", torch::nn::BatchNorm1d(hidden))),
          second(register_module("second", torch::nn::Linear(hidden, 3))),
          rate(dropout) {}
    torch::Tensor forward(torch::Tensor x) {
        x = torch::relu(norm->forward(first->forward(x)));
        return second->forward(torch::dropout(x, rate, is_training()));
    }
    torch::nn::Linear first;
    torch::nn::BatchNorm1d norm;
    torch::nn::Linear second;
    double rate;
};

// Three overlapping clouds, the same in every run.
assay::OwnData made_points() {
    auto random = at::make_generator<at::CPUGeneratorImpl>(1);
    const auto y = torch::arange(600) % 3;
    const auto x = torch::randn({600, 5}, random) + 0.6 * y.unsqueeze(1);
    return {x.slice(0, 0, 300), y.slice(0, 0, 300), x.slice(0, 300), y.slice(0, 300)};
}

int main() {
    return assay::train_own(
        [] {
            return assay::own_model(
                std::make_shared<Net>(assay::trainer::param("hidden", 16), assay::trainer::param("dropout", 0.0)));
        },
        made_points);
}
