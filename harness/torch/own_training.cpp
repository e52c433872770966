#include "torch/own_training.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "core/factor.hpp"
#include "torch/environment.hpp"
#include "torch/optimizer.hpp"
#include "torch/run_files.hpp"
#include "torch/step_digests.hpp"
#include "trainer/output.hpp"
#include "trainer/trainer.hpp"

namespace assay {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error("T0201", Exit::usage, what); }

// The run, or outside the harness one that stands for it.
TrainerInput run_or_none() {
    if (const char* const config = std::getenv("ASSAY_CONFIG"))
        return parse_run_json(parse_json(read_file(config), config));
    TrainerInput input;
    input.request.params = input.request.hardware = Json::Object{};
    input.request.seeds["master"] = 0;
    return input;
}

std::uint64_t seed_of(const RunRequest& request, const char* stream) {
    const auto it = request.seeds.find(stream);
    return it == request.seeds.end() ? request.seeds.at("master") : it->second;
}

OwnSettings settings_of_run(OwnSettings s) {
    s.optimizer = trainer::param("optimizer", s.optimizer);
    s.lr = trainer::param("lr", s.lr);
    s.momentum = trainer::param("momentum", s.momentum);
    s.l2 = trainer::param("l2", s.l2);
    s.epochs = trainer::param("epochs", s.epochs);
    s.batch = trainer::param("batch", s.batch);
    s.eval_batch = trainer::param("eval_batch", s.eval_batch);
    if (s.epochs < 0 || s.batch < 1 || s.eval_batch < 1) refuse("epochs, batch or eval_batch is too small");
    if (s.optimizer != "adam" && s.optimizer != "sgd" && s.optimizer != "rmsprop")
        refuse("optimizer is '" + s.optimizer + "', expected adam, sgd or rmsprop");
    return s;
}

void check_data(const OwnData& data) {
    for (const auto& [x, y, name] :
         {std::tuple(data.train_x, data.train_y, "train"), std::tuple(data.eval_x, data.eval_y, "eval")}) {
        if (!x.defined() || !y.defined() || x.dim() < 2 || y.dim() != 1 || y.scalar_type() != at::kLong)
            refuse(std::string(name) + ": expected x [n, ...] and y [n] of int64");
        if (x.size(0) != y.size(0) || x.size(0) == 0)
            refuse(std::string(name) + ": x has " + std::to_string(x.size(0)) + " rows, y " +
                   std::to_string(y.size(0)));
    }
}

// All parameters in one flat vector, and their gradients: the optimisers of the built-in nets work on that.
struct Flat {
    at::Tensor weights, gradient;
    std::vector<at::Tensor> state;  // weights and buffers, for the digests
};

Flat flatten(OwnModel& model, const at::Device& device) {
    std::vector<at::Tensor> leaves;
    std::set<const void*> seen;  // a tied tensor has several names
    std::int64_t total = 0;
    for (const auto& [name, parameter] : model.parameters) {
        if (parameter.scalar_type() != at::kFloat) refuse("parameter " + name + " is not float32");
        if (!parameter.requires_grad() || !seen.insert(parameter.unsafeGetTensorImpl()).second) continue;
        leaves.push_back(parameter);
        total += parameter.numel();
    }
    if (leaves.empty()) refuse("the model has no parameter that trains");
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
    Flat flat{at::zeros({total}, options), at::zeros({total}, options), {}};
    std::int64_t offset = 0;
    for (at::Tensor& leaf : leaves) {
        const at::Tensor place = flat.weights.narrow(0, offset, leaf.numel()).view(leaf.sizes());
        place.copy_(leaf.detach());
        const at::Tensor gradient = flat.gradient.narrow(0, offset, leaf.numel()).view(leaf.sizes());
        offset += leaf.numel();
        leaf.set_data(place);
        leaf.mutable_grad() = gradient;  // autograd adds to what is there, in place
    }
    flat.state = {flat.weights};
    for (auto& [name, parameter] : model.parameters) {
        if (!parameter.requires_grad()) parameter.set_data(parameter.detach().to(device));
    }
    for (auto& [name, buffer] : model.buffers) {
        buffer.set_data(buffer.detach().to(device));
        flat.state.push_back(buffer);
    }
    return flat;
}

struct Loop {
    const RunRequest& request;
    const OwnSettings& settings;
    const OwnModel& model;
    const OwnData& data;  // on the device
    at::Device device;
    Flat flat;
    Optimizer optimizer;
    StepDigests digests;
    StepTrace trace;
    double last_loss = 0;  // mean of the last epoch
};

at::Tensor epoch_order(const Loop& loop, std::int64_t epoch) {
    const auto n = static_cast<std::size_t>(loop.data.train_x.size(0));
    const auto order =
        Random(seed_of(loop.request, "shuffle"), "shuffle", static_cast<std::uint64_t>(epoch)).permutation(n);
    return torch::tensor(order, torch::kLong).to(loop.device);
}

double take_batch(Loop& loop, const at::Tensor& indices) {
    const auto step = static_cast<std::uint64_t>(loop.optimizer.step);
    const std::uint64_t key = Random(seed_of(loop.request, "dropout"), "dropout", step).next();
    seed_default_generator(loop.device, key);
    const auto fresh = generator_state(loop.device);
    loop.trace.begin(loop.optimizer.step);
    loop.flat.gradient.zero_();
    const at::Tensor logits = loop.model.forward(loop.data.train_x.index_select(0, indices));
    if (logits.dim() != 2 || logits.size(0) != indices.size(0))
        refuse("forward has to give logits [batch, classes] in one tensor");
    const at::Tensor loss = torch::nn::functional::cross_entropy(logits, loop.data.train_y.index_select(0, indices));
    loss.backward();
    const bool drew = generator_state(loop.device) != fresh;  // else no key stands behind this step
    {
        const torch::NoGradGuard guard;
        take_step(loop.optimizer, loop.flat.weights, loop.flat.gradient);
    }
    loop.trace.end();
    loop.digests.add(loop.flat.state, loop.optimizer.state, indices,
                     drew ? std::vector<std::uint64_t>{key} : std::vector<std::uint64_t>{});
    return loss.item<double>();
}

void run_epoch(Loop& loop, std::int64_t epoch, ProgressLines* progress) {
    const at::Tensor order = epoch_order(loop, epoch);
    const std::int64_t n = order.size(0), batch = loop.settings.batch, of = (n + batch - 1) / batch;
    double sum = 0;
    for (std::int64_t begin = 0; begin < n; begin += batch) {
        sum += take_batch(loop, order.narrow(0, begin, std::min(batch, n - begin)));
        if (progress != nullptr) (*progress)(loop.optimizer.step, of * loop.settings.epochs);
    }
    loop.last_loss = sum / static_cast<double>(of);
}

at::Tensor predict(const Loop& loop) {
    const torch::NoGradGuard guard;
    loop.model.set_training(false);
    std::vector<at::Tensor> parts;
    for (const at::Tensor& x : loop.data.eval_x.split(loop.settings.eval_batch))
        parts.push_back(torch::softmax(loop.model.forward(x), 1));
    return torch::cat(parts).to(torch::kCPU).contiguous();
}

Training results_of(Loop& loop, bool trained) {
    Training out;
    out.metrics = Json::Object{};
    loop.trace.finish(out);
    if (trained) add_metric(out.metrics, "train_loss", loop.last_loss);
    const at::Tensor probabilities = predict(loop);
    const float* const first = probabilities.data_ptr<float>();
    out.probabilities.assign(first, first + probabilities.numel());
    const at::Tensor labels = loop.data.eval_y.to(torch::kCPU).contiguous();
    out.labels.assign(labels.data_ptr<std::int64_t>(), labels.data_ptr<std::int64_t>() + labels.numel());
    const auto [low, high] = std::minmax_element(out.labels.begin(), out.labels.end());
    if (*low < 0 || *high >= probabilities.size(1))
        refuse("eval: labels from " + std::to_string(*low) + " to " + std::to_string(*high) + ", the logits have " +
               std::to_string(probabilities.size(1)) + " classes");
    out.step_digests = loop.digests.take();
    NamedTensors weights = loop.model.parameters;
    weights.insert(weights.end(), loop.model.buffers.begin(), loop.model.buffers.end());
    out.weights = safetensors_bytes(weights);
    out.device = loop.flat.weights.device().is_cpu() ? "cpu" : loop.flat.weights.device().str();
    judge(out);
    return out;
}

void train_and_write(const std::function<OwnModel()>& make, const std::function<OwnData()>& load,
                     const OwnSettings& defaults) {
    const TrainerInput input = run_or_none();
    const RunRequest& request = input.request;
    Json effective = forced_hardware(request.hardware);
    const OwnSettings settings = settings_of_run(defaults);
    const Json* const asked = request.hardware.find("device");
    const at::Device device(asked == nullptr ? "cpu" : asked->as_string());
    OwnData data = load();
    check_data(data);
    for (at::Tensor* tensor : {&data.train_x, &data.train_y, &data.eval_x, &data.eval_y}) *tensor = tensor->to(device);
    seed_default_generator(at::kCPU, seed_of(request, "init"));
    OwnModel model = make();
    Flat flat = flatten(model, device);
    Optimizer optimizer = make_optimizer(Json::Object{{"optimizer", settings.optimizer},
                                                      {"lr", settings.lr},
                                                      {"momentum", settings.momentum},
                                                      {"l2", settings.l2}},
                                         flat.weights);
    Loop loop{request,
              settings,
              model,
              data,
              device,
              std::move(flat),
              std::move(optimizer),
              {},
              StepTrace(trainer::active() ? traced_steps() : Traced::none)};
    loop.digests.add(loop.flat.state, loop.optimizer.state, {}, {});
    model.set_training(true);
    std::optional<ProgressLines> progress;
    if (trainer::active()) progress.emplace(input.out);
    for (std::int64_t epoch = 0; epoch < settings.epochs; ++epoch)
        run_epoch(loop, epoch, progress ? &*progress : nullptr);
    const Training training = results_of(loop, settings.epochs > 0);
    std::printf("accuracy %.4f\n", training.metrics.find("accuracy")->as_number());
    if (trainer::active()) write_results(input, training, std::move(effective));
}

}  // namespace

int train_own(const std::function<OwnModel()>& make, const std::function<OwnData()>& data,
              const OwnSettings& settings) {
    return trainer::run([&] { train_and_write(make, data, settings); });
}

}  // namespace assay
