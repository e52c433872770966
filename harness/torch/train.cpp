#include "torch/train.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/error.hpp"
#include "base/random.hpp"
#include "torch/model.hpp"
#include "torch/optimizer.hpp"
#include "torch/step_digests.hpp"

namespace assay {
namespace {

std::int64_t integer(const RunRequest& request, const char* name) { return request.params.at(name).as_integer(); }
double number(const RunRequest& request, const char* name) { return request.params.at(name).as_number(); }
const std::string& word(const RunRequest& request, const char* name) { return request.params.at(name).as_string(); }
std::uint64_t seed_of(const RunRequest& request, const char* stream) { return request.seeds.at(stream); }
bool plain_seeds(const RunRequest& request) { return word(request, "seed_mode") == "torch"; }

// Which images train, as indices into the file: drawn by the stream `data`; then thinned so that class c keeps a share
// of imbalance^(-c/9). In the order of the file: which ones is this stream's business, their order that of `shuffle`.
std::vector<std::int64_t> chosen_images(const RunRequest& request, const Images& images) {
    std::vector<std::int64_t> chosen(images.size());
    std::iota(chosen.begin(), chosen.end(), std::int64_t{0});
    if (!plain_seeds(request)) chosen = Random(seed_of(request, "data"), "data").permutation(images.size());
    chosen.resize(std::min(chosen.size(), static_cast<std::size_t>(integer(request, "train"))));
    const double imbalance = number(request, "imbalance");
    std::map<std::int64_t, double> left;
    for (const std::int64_t i : chosen) left[images.labels[static_cast<std::size_t>(i)]] += 1;
    for (auto& [label, count] : left) count = std::ceil(count * std::pow(imbalance, -static_cast<double>(label) / 9));
    std::erase_if(chosen, [&](std::int64_t i) { return left[images.labels[static_cast<std::size_t>(i)]]-- < 1; });
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

struct Resident {
    torch::Tensor x, y;  // every image of the file, [n, 1, 28, 28] float32, and its label, [n] int64; on the device
    std::vector<std::int64_t> chosen;  // those that train, as indices into the file
    std::vector<std::int64_t> labels;  // of the chosen
};

// On a CPU these tensors are the images themselves: a server decodes them once, and its runs share the memory.
Resident resident(const Images& images, std::vector<std::int64_t> chosen, const torch::Device& device) {
    Resident out;
    const auto n = static_cast<std::int64_t>(images.size());
    out.x = torch::from_blob(const_cast<float*>(images.pixels.data()), {n, 1, 28, 28}, torch::kFloat32).to(device);
    out.y = torch::from_blob(const_cast<std::int64_t*>(images.labels.data()), {n}, torch::kLong).to(device);
    for (const std::int64_t i : chosen) out.labels.push_back(images.labels[static_cast<std::size_t>(i)]);
    out.chosen = std::move(chosen);
    return out;
}

// Indices into the file.
torch::Tensor epoch_order(const RunRequest& request, const Resident& data, std::int64_t epoch) {
    const torch::Tensor chosen = torch::tensor(data.chosen, torch::kLong);
    const std::string& order = word(request, "order");
    if (order == "fixed") return chosen;
    if (order == "shuffled" && plain_seeds(request)) return chosen.index_select(0, torch::randperm(chosen.size(0)));
    std::vector<std::int64_t> indices(data.chosen.size());
    std::iota(indices.begin(), indices.end(), std::int64_t{0});
    if (order == "shuffled") {
        indices = Random(seed_of(request, "shuffle"), "shuffle", static_cast<std::uint64_t>(epoch))
                      .permutation(data.chosen.size());
    } else {  // by_class
        std::stable_sort(indices.begin(), indices.end(), [&](std::int64_t a, std::int64_t b) {
            return data.labels[static_cast<std::size_t>(a)] < data.labels[static_cast<std::size_t>(b)];
        });
    }
    return chosen.index_select(0, torch::tensor(indices, torch::kLong));
}

// Each image of a batch moved by up to `reach` pixels, keyed by image and epoch: independent of batch and order.
torch::Tensor shifted(const torch::Tensor& batch, const torch::Tensor& indices, std::uint64_t seed, std::int64_t epoch,
                      std::int64_t reach) {
    torch::Tensor out = torch::zeros_like(batch);
    for (std::int64_t i = 0; i < batch.size(0); ++i) {
        const auto key =
            static_cast<std::uint64_t>(epoch) << 32 | static_cast<std::uint64_t>(indices[i].item<std::int64_t>());
        Random random(seed, "augment", key);
        const auto span = static_cast<std::uint64_t>(2 * reach + 1);
        const std::int64_t down = static_cast<std::int64_t>(random.below(span)) - reach;
        const std::int64_t right = static_cast<std::int64_t>(random.below(span)) - reach;
        const auto part = [](const torch::Tensor& image, std::int64_t rows, std::int64_t columns) {
            return image.narrow(1, std::max<std::int64_t>(rows, 0), 28 - std::abs(rows))
                .narrow(2, std::max<std::int64_t>(columns, 0), 28 - std::abs(columns));
        };
        part(out[i], down, right).copy_(part(batch[i], -down, -right));
    }
    return out;
}

// What the step draws from: the keys of its streams, or libtorch's generator state.
std::vector<std::uint64_t> step_keys(const RunRequest& request, const torch::Device& device, const Model& model,
                                     std::int64_t epoch, std::int64_t step) {
    std::vector<std::uint64_t> keys;
    if (plain_seeds(request)) {
        keys = generator_state(device);
    } else if (model.dropout > 0) {
        keys = {Random(seed_of(request, "dropout"), "dropout", static_cast<std::uint64_t>(step)).next()};
        seed_default_generator(device, keys.front());
    }
    if (integer(request, "augment") > 0) {
        keys.push_back(seed_of(request, "augment"));
        keys.push_back(static_cast<std::uint64_t>(epoch));
    }
    return keys;
}

struct EpochResult {
    double loss = 0;
    std::int64_t batches = 0;
};

struct Loop {
    const RunRequest& request;
    const Resident& data;
    Model& model;
    Optimizer& optimizer;
    StepDigests& digests;
    StepTrace& trace;
    torch::Device device;
    std::int64_t steps = 0;
    const std::function<void(std::int64_t, std::int64_t)>& progress;
};

EpochResult run_epoch(Loop& loop, std::int64_t epoch) {
    EpochResult result;
    const torch::Tensor order = epoch_order(loop.request, loop.data, epoch).to(loop.device);
    const std::int64_t n = order.size(0), batch = integer(loop.request, "batch"),
                       reach = integer(loop.request, "augment");
    const double l1 = number(loop.request, "l1");
    for (std::int64_t begin = 0; begin < n; begin += batch) {
        const torch::Tensor indices = order.narrow(0, begin, std::min(batch, n - begin));
        const auto keys = step_keys(loop.request, loop.device, loop.model, epoch, loop.optimizer.step);
        loop.trace.begin(loop.optimizer.step);
        torch::Tensor x = loop.data.x.index_select(0, indices);
        if (reach > 0) x = shifted(x, indices.to(torch::kCPU), seed_of(loop.request, "augment"), epoch, reach);
        const torch::Tensor loss = loss_and_gradient(loop.model, x, loop.data.y.index_select(0, indices));
        if (l1 != 0) loop.model.gradient.add_(loop.model.flat.sign(), l1);
        take_step(loop.optimizer, loop.model.flat, loop.model.gradient);
        loop.trace.end();
        loop.digests.add({loop.model.flat}, loop.optimizer.state, indices, keys);
        result.loss += loss.item<double>();
        ++result.batches;
        loop.progress(loop.optimizer.step, loop.steps);
    }
    return result;
}

torch::Tensor predict(const Model& model, const torch::Tensor& x, std::int64_t batch) {
    std::vector<torch::Tensor> parts;
    for (std::int64_t begin = 0; begin < x.size(0); begin += batch) {
        parts.push_back(torch::softmax(forward(model, x.narrow(0, begin, std::min(batch, x.size(0) - begin))), 1));
    }
    return torch::cat(parts).to(torch::kCPU).contiguous();
}

}  // namespace

Training train(const RunRequest& request, const DataSets& data,
               const std::function<void(std::int64_t, std::int64_t)>& progress, Traced traced) {
    const c10::InferenceMode no_graph;  // gradients are computed by backward(), not by autograd
    const Json* const asked = request.hardware.find("device");
    const torch::Device device(asked == nullptr ? "cpu" : asked->as_string());
    if (plain_seeds(request)) {
        torch::manual_seed(seed_of(request, "master"));
    } else {
        seed_default_generator(torch::Device("cpu"), seed_of(request, "init"));
    }
    Model model = make_model(request.params, device.str());
    Optimizer optimizer = make_optimizer(request.params, model.flat);
    const Resident resident_data = resident(data.train, chosen_images(request, data.train), device);
    StepDigests digests;
    digests.add({model.flat}, optimizer.state, {}, {});
    const std::int64_t epochs = integer(request, "epochs"), batch = integer(request, "batch");
    const auto n = static_cast<std::int64_t>(resident_data.labels.size());
    StepTrace trace(traced);
    Loop loop{request, resident_data, model, optimizer, digests, trace, device, epochs * ((n + batch - 1) / batch),
              progress};
    EpochResult last;
    for (std::int64_t epoch = 0; epoch < epochs; ++epoch) last = run_epoch(loop, epoch);

    Training out;
    out.metrics = Json::Object{};
    trace.finish(out);
    if (last.batches > 0) add_metric(out.metrics, "train_loss", last.loss / static_cast<double>(last.batches));
    std::vector<std::int64_t> held_out(std::min(data.eval.size(), static_cast<std::size_t>(integer(request, "eval"))));
    std::iota(held_out.begin(), held_out.end(), std::int64_t{0});
    const Resident eval = resident(data.eval, std::move(held_out), device);
    const torch::Tensor probabilities = predict(
        model, eval.x.narrow(0, 0, static_cast<std::int64_t>(eval.chosen.size())), integer(request, "eval_batch"));
    out.probabilities.assign(probabilities.data_ptr<float>(), probabilities.data_ptr<float>() + probabilities.numel());
    out.labels = eval.labels;
    out.step_digests = digests.take();
    out.weights = safetensors_bytes(model.parameters());
    out.device = model.flat.device().is_cpu() ? "cpu" : model.flat.device().str();
    judge(out);
    return out;
}

}  // namespace assay
