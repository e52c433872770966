#include "torch/weights.hpp"

#include <ATen/ATen.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/json.hpp"

namespace assay {
namespace {

const char* dtype_name(at::ScalarType type) {
    if (type == at::kFloat) return "F32";
    if (type == at::kDouble) return "F64";
    if (type == at::kLong) return "I64";
    throw Error("W0102", Exit::bug, "a tensor type that weights.safetensors is not written for");
}

}  // namespace

std::string safetensors_bytes(const NamedTensors& tensors) {
    NamedTensors sorted = tensors;
    std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string data;
    Json::Object header;
    for (const auto& [name, tensor] : sorted) {
        const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
        Json::Array shape;
        for (const std::int64_t dimension : plain.sizes()) shape.push_back(dimension);
        const std::size_t begin = data.size();
        data.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
        header[name] = Json::Object{
            {"dtype", dtype_name(plain.scalar_type())},
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
