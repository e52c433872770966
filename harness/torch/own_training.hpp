// A libtorch model of one's own, trained as the built-in nets are: the same seed streams, optimisers, digests of each
// step and hardware levels, by the same protocol. In a few lines:
//
//   struct Net : torch::nn::Module { ... torch::Tensor forward(torch::Tensor x) ... };
//   int main() {
//       return assay::train_own([] { return assay::own_model(std::make_shared<Net>(assay::trainer::param("hidden",
//       32))); },
//                               [] { return assay::OwnData{x, y, x_test, y_test}; });
//   }
//
// Installed as <assay/torch/training.hpp>. Outside `assay run` it trains once with the settings below, prints the
// accuracy and writes nothing. For the main thread.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "torch/weights.hpp"

namespace assay {

struct OwnModel {
    NamedTensors parameters;  // leaves, float32
    NamedTensors buffers;     // what training changes besides: statistics of a batch norm
    std::function<at::Tensor(const at::Tensor& x)> forward;  // [batch, ...] -> logits [batch, classes]
    std::function<void(bool)> set_training;                  // training mode, or not
    std::shared_ptr<void> keep = {};                         // what the functions refer to
};

// The first dimension counts; labels are int64, 0 to classes - 1.
struct OwnData {
    at::Tensor train_x, train_y, eval_x, eval_y;
};

// What holds where the run's parameter of that name says nothing else.
struct OwnSettings {
    std::string optimizer = "adam";  // adam, sgd, rmsprop, with torch.optim's defaults
    double lr = 0.001, momentum = 0.9, l2 = 0;
    std::int64_t epochs = 3, batch = 64, eval_batch = 64;
};

// `make` is called once, when libtorch's default generator is seeded by the stream `init` (other streams: shuffle, the
// order of each epoch; dropout, what a step draws from the default generator). `data` is called once, before. Cross-
// entropy is what is minimised. Returns the exit code: what went wrong is on standard error and in the run's reason.
// T0201: a parameter that is not float32, or data that does not fit together.
int train_own(const std::function<OwnModel()>& make, const std::function<OwnData()>& data,
              const OwnSettings& settings = {});

// `Net` has forward(torch::Tensor) -> torch::Tensor and is a torch::nn::Module, which <torch/torch.h> declares.
template <class Net>
OwnModel own_model(std::shared_ptr<Net> net) {
    OwnModel model;
    for (const auto& item : net->named_parameters()) model.parameters.emplace_back(item.key(), item.value());
    for (const auto& item : net->named_buffers()) model.buffers.emplace_back(item.key(), item.value());
    model.forward = [raw = net.get()](const at::Tensor& x) -> at::Tensor { return raw->forward(x); };
    model.set_training = [raw = net.get()](bool on) { raw->train(on); };
    model.keep = std::move(net);
    return model;
}

}  // namespace assay
