#include "torch/script.hpp"

#include <torch/csrc/jit/passes/tensorexpr_fuser.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>
#include <torch/torch.h>

#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "core/safetensors.hpp"
#include "torch/dataset.hpp"
#include "torch/own_training.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

using Script = torch::jit::script::Module;

[[noreturn]] void refuse(const char* code, const std::string& what, const std::string& help = "") {
    throw Error(code, Exit::usage, what, help);
}

// Before anything is loaded: a fused net hung for ever with libtorch 2.6, and fused products have other bits.
void interpret_plainly() {
    torch::jit::setTensorExprFuserEnabled(false);
    torch::jit::getProfilingMode() = false;
    torch::jit::getExecutorMode() = false;
    torch::jit::setGraphExecutorOptimize(false);
}

// "__torch__.torch.nn.modules.linear.___torch_mangle_3.Linear" -> "torch.nn.modules.linear.Linear".
std::string class_name(const Script& module) {
    const auto name = module.type()->name();
    std::vector<std::string> parts = split(name ? name->qualifiedName() : "", '.');
    std::erase_if(parts,
                  [](const std::string& part) { return part == "__torch__" || part.starts_with("___torch_mangle_"); });
    return join(parts, ".");
}

at::Tensor tensor_of(const Script& module, const char* name) {
    if (!module.hasattr(name)) return {};
    const c10::IValue value = module.attr(name);
    return value.isTensor() ? value.toTensor() : at::Tensor();
}

// As torch.nn.Linear and torch.nn.ConvNd draw: weight, then bias.
void draw_linear(const Script& module) {
    const at::Tensor weight = tensor_of(module, "weight"), bias = tensor_of(module, "bias");
    torch::nn::init::kaiming_uniform_(weight, std::sqrt(5));
    if (!bias.defined()) return;
    const auto fan_in = static_cast<double>(weight[0].numel());
    torch::nn::init::uniform_(bias, -1 / std::sqrt(fan_in), 1 / std::sqrt(fan_in));
}

void draw_embedding(const Script& module) { torch::nn::init::normal_(tensor_of(module, "weight")); }

void reset_batch_norm(const Script& module) {
    const auto fill = [&](const char* name, double value) {
        if (at::Tensor tensor = tensor_of(module, name); tensor.defined()) tensor.fill_(value);
    };
    fill("weight", 1);
    fill("bias", 0);
    fill("running_mean", 0);
    fill("running_var", 1);
    fill("num_batches_tracked", 0);
}

using Draw = void (*)(const Script&);
Draw drawing_of(const std::string& name) {
    static const std::map<std::string, Draw> k_known = {
        {"torch.nn.modules.linear.Linear", draw_linear},
        {"torch.nn.modules.conv.Conv1d", draw_linear},
        {"torch.nn.modules.conv.Conv2d", draw_linear},
        {"torch.nn.modules.conv.Conv3d", draw_linear},
        {"torch.nn.modules.sparse.Embedding", draw_embedding},
        {"torch.nn.modules.batchnorm.BatchNorm1d", reset_batch_norm},
        {"torch.nn.modules.batchnorm.BatchNorm2d", reset_batch_norm},
        {"torch.nn.modules.batchnorm.BatchNorm3d", reset_batch_norm},
    };
    const auto it = k_known.find(name);
    return it == k_known.end() ? nullptr : it->second;
}

bool has_own_tensors(const Script& module) {
    return module.named_parameters(false).size() + module.named_buffers(false).size() > 0;
}

// What nobody here knows how to draw, before anything is drawn.
void find_unknown(const Script& module, const std::string& path, std::vector<std::string>& unknown) {
    const std::string name = class_name(module);
    if (has_own_tensors(module) && drawing_of(name) == nullptr)
        unknown.push_back((path.empty() ? "the net itself" : path) + " (" + name + ")");
    for (const auto& child : module.named_children())
        find_unknown(child.value, path + (path.empty() ? "" : ".") + child.name, unknown);
}

void draw_all(const Script& module) {
    if (has_own_tensors(module)) drawing_of(class_name(module))(module);
    for (const auto& child : module.named_children()) draw_all(child.value);
}

void initialise(Script& net) {
    const torch::NoGradGuard guard;
    for (const char* method : {"reset_parameters", "init_weights"}) {
        if (!net.find_method(method)) continue;
        net.get_method(method)({});
        return;
    }
    std::vector<std::string> unknown;
    find_unknown(net, "", unknown);
    if (!unknown.empty())
        refuse("T0203", "nobody knows how to draw the weights of " + join(unknown, ", "),
               "give the net a method reset_parameters() with @torch.jit.export that draws them, and save it again");
    draw_all(net);
}

Script load_script(const fs::path& file) {
    interpret_plainly();
    try {
        return torch::jit::load(file.string());
    } catch (const c10::Error& error) {
        const auto lines = split_lines(error.what_without_backtrace());
        refuse(
            "T0202",
            file.string() + " cannot be read as TorchScript" + (lines.empty() ? "" : ": " + elide(lines.front(), 200)),
            "save it with torch.jit.save(torch.jit.script(net), FILE); a state_dict has no code to train");
    }
}

OwnModel script_model(const fs::path& file) {
    const auto net = std::make_shared<Script>(load_script(file));
    initialise(*net);
    OwnModel model;
    for (const auto& parameter : net->named_parameters())
        model.parameters.emplace_back(parameter.name, parameter.value);
    for (const auto& buffer : net->named_buffers()) model.buffers.emplace_back(buffer.name, buffer.value);
    model.forward = [net](const at::Tensor& x) {
        const c10::IValue out = net->forward({x});
        if (!out.isTensor()) refuse("T0201", "forward gives no tensor");
        return out.toTensor();
    };
    model.set_training = [net](bool on) { net->train(on); };
    return model;
}

at::Tensor tensor_in(const std::vector<TensorView>& tensors, const std::string& name, const char* dtype,
                     const fs::path& file) {
    for (const TensorView& view : tensors) {
        if (view.name != name) continue;
        if (view.dtype != dtype)
            refuse("T0201", file.string() + ": " + name + " is " + view.dtype + ", expected " + dtype);
        const std::vector<std::int64_t> shape(view.shape.begin(), view.shape.end());
        at::Tensor tensor = at::empty(shape, name.ends_with(".y") ? at::kLong : at::kFloat);
        std::memcpy(tensor.data_ptr(), view.bytes.data(), view.bytes.size());
        return tensor;
    }
    refuse("T0201", file.string() + " has no tensor " + name, "it needs train.x, train.y, eval.x and eval.y");
}

OwnData read_data(const fs::path& file) {
    const std::string bytes = read_file(file, std::size_t{8} << 30);
    const auto tensors = view_safetensors(bytes);
    return {tensor_in(tensors, "train.x", "F32", file), tensor_in(tensors, "train.y", "I64", file),
            tensor_in(tensors, "eval.x", "F32", file), tensor_in(tensors, "eval.y", "I64", file)};
}

std::pair<at::Tensor, at::Tensor> as_tensors(const Images& images) {
    const auto n = static_cast<std::int64_t>(images.size());
    return {torch::tensor(images.pixels).view({n, 1, 28, 28}), torch::tensor(images.labels)};
}

OwnData digits() {
    const auto [train_x, train_y] = as_tensors(read_idx(data_folder(), "train"));
    const auto [eval_x, eval_y] = as_tensors(read_idx(data_folder(), "t10k"));
    return {train_x, train_y, eval_x, eval_y};
}

}  // namespace

int train_script(const fs::path& file, const fs::path& data) {
    return train_own([&] { return script_model(file); }, [&] { return data.empty() ? digits() : read_data(data); });
}

}  // namespace assay
