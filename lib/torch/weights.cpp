#include "torch/weights.hpp"

#include <ATen/ATen.h>
#include <torch/nn/module.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/json.hpp"
#include "core/safetensors.hpp"

namespace assay {
namespace {

const char* dtype_name(const std::string& tensor, at::ScalarType type) {
    const std::pair<at::ScalarType, const char*> names[] = {
        {at::kFloat, "F32"}, {at::kDouble, "F64"}, {at::kHalf, "F16"}, {at::kBFloat16, "BF16"}, {at::kLong, "I64"},
        {at::kInt, "I32"},   {at::kShort, "I16"},  {at::kChar, "I8"},  {at::kByte, "U8"},       {at::kBool, "BOOL"}};
    for (const auto& [known, name] : names) {
        if (known == type) return name;
    }
    throw Error("W0102", Exit::usage, "tensor " + tensor + " has the type " + c10::toString(type),
                "a table of tensors holds floats, integers and bool");
}

// In C order on the CPU; the tensor itself where it is that already.
at::Tensor plain_tensor(const std::string& name, const at::Tensor& tensor) {
    if (tensor.layout() == at::kStrided) return tensor.detach().to(at::kCPU).contiguous();
    throw Error("W0102", Exit::usage, "tensor " + name + " is sparse", "make it dense first");
}

NamedTensors sorted_by_name(NamedTensors tensors) {
    std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return tensors;
}

}  // namespace

NamedTensors module_tensors(const torch::nn::Module& module) {
    NamedTensors tensors;
    for (const auto& items : {module.named_parameters(), module.named_buffers()}) {
        for (const auto& item : items) {
            if (item.value().defined()) tensors.emplace_back(item.key(), item.value());
        }
    }
    return tensors;
}

std::vector<TensorDigest> tensor_digests(const NamedTensors& tensors) {
    std::vector<at::Tensor> owners;
    std::vector<TensorView> views;
    for (const auto& [name, tensor] : sorted_by_name(tensors)) {
        const at::Tensor& plain = owners.emplace_back(plain_tensor(name, tensor));
        views.push_back({name,
                         dtype_name(name, plain.scalar_type()),
                         {plain.sizes().begin(), plain.sizes().end()},
                         {static_cast<const char*>(plain.data_ptr()), plain.nbytes()}});
    }
    return digests_of(views);
}

std::string safetensors_bytes(const NamedTensors& tensors) {
    std::string data;
    Json::Object header;
    for (const auto& [name, tensor] : sorted_by_name(tensors)) {
        const at::Tensor plain = plain_tensor(name, tensor);
        Json::Array shape;
        for (const std::int64_t dimension : plain.sizes()) shape.push_back(dimension);
        const std::size_t begin = data.size();
        data.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
        header[name] = Json::Object{
            {"dtype", dtype_name(name, plain.scalar_type())},
            {"shape", std::move(shape)},
            {"data_offsets", Json::Array{static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(data.size())}}};
    }
    std::string text = canonical_json(header);
    text.append((8 - text.size() % 8) % 8, ' ');
    std::string file;
    for (int shift = 0; shift < 64; shift += 8) file += static_cast<char>((std::uint64_t{text.size()} >> shift) & 0xff);
    return file + text + data;
}

}  // namespace assay
