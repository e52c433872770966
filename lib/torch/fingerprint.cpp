#include "torch/fingerprint.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "torch/environment.hpp"

namespace assay {
namespace {

// The word behind "KEY=" in at::show_config(); "" when it has none.
std::string setting_in(const std::string& config, const std::string& key) {
    const std::size_t at = config.find(key + "=");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + key.size() + 1;
    return config.substr(begin, config.find_first_of(",\n ", begin) - begin);
}

// How it was built, without the line that says what this process chose.
std::string build_settings(const std::string& config) {
    std::string text;
    for (const std::string& line : split_lines(config)) {
        if (line.find("CPU capability usage") == std::string::npos) text += line + "\n";
    }
    return text;
}

}  // namespace

void add_torch_fields(Fingerprint& out) {
    const std::string config = at::show_config();
    const std::string version = setting_in(config, "TORCH_VERSION");  // the header's may be older than the library
    const auto add = [&](const char* name, FieldClass stability, Json value) {
        if (value != Json("")) set_field(out, {std::string("torch.") + name, stability, std::move(value)});
    };
    add("version", FieldClass::identity, version.empty() ? TORCH_VERSION : version);
    add("build_id", FieldClass::identity, libtorch_build_id());
    add("build_settings_sha256", FieldClass::identity, sha256_hex(build_settings(config)));
    add("blas", FieldClass::identity, setting_in(config, "BLAS_INFO"));
    add("has_mkl", FieldClass::identity, at::hasMKL());  // its generators then draw other numbers
    add("has_cuda", FieldClass::identity, at::hasCUDA());
    const Json effective = effective_hardware(Json::Object{});
    add("capability", FieldClass::behaviour, effective.at("aten_capability"));
    add("threads", FieldClass::behaviour, at::get_num_threads());
    add("interop_threads", FieldClass::behaviour, at::get_num_interop_threads());
    const at::Context& context = at::globalContext();
    add("deterministic", FieldClass::behaviour, context.deterministicAlgorithms());
    add("onednn_enabled", FieldClass::behaviour, context.userEnabledMkldnn());
    add("tf32_matmul", FieldClass::behaviour, context.allowTF32CuBLAS());
    add("tf32_cudnn", FieldClass::behaviour, context.allowTF32CuDNN());
    add("cudnn_benchmark", FieldClass::behaviour, context.benchmarkCuDNN());
}

SeedFingerprint torch_seed_fingerprint(const std::string& stream, std::uint64_t seed) {
    const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const at::Tensor draws = at::empty({64}, at::kLong).random_(generator);
    return {stream, seed, "libtorch mt19937",
            sha256_hex({static_cast<const char*>(draws.data_ptr()), static_cast<std::size_t>(draws.nbytes())})};
}

}  // namespace assay
