// Environment variables that choose kernels, threads or numerics. LD_LIBRARY_PATH is none of them: its effect stands
// among the libraries, and its value would name folders of this machine only.
#include <algorithm>

#include "base/text.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

constexpr std::string_view k_prefixes[] = {
    "OMP_",    "KMP_",    "GOMP_",  "MKL_",         "OPENBLAS_",     "GOTO_",       "BLIS_",    "DNNL_",
    "ONEDNN_", "CUBLAS_", "CUDNN_", "TORCH_ALLOW_", "TORCH_LINALG_", "TORCH_BLAS_", "NUMEXPR_", "TF_NUM_"};
constexpr std::string_view k_names[] = {"ATEN_CPU_CAPABILITY",
                                        "CUDA_DEVICE_ORDER",
                                        "CUDA_LAUNCH_BLOCKING",
                                        "CUDA_VISIBLE_DEVICES",
                                        "GLIBC_TUNABLES",
                                        "JAX_DEFAULT_MATMUL_PRECISION",
                                        "JAX_ENABLE_X64",
                                        "JAX_PLATFORMS",
                                        "LD_PRELOAD",
                                        "LOKY_MAX_CPU_COUNT",
                                        "NCCL_ALGO",
                                        "NCCL_PROTO",
                                        "NPY_DISABLE_CPU_FEATURES",
                                        "NPROC",
                                        "NVIDIA_TF32_OVERRIDE",
                                        "PYTHONHASHSEED",
                                        "TF_CUDNN_DETERMINISTIC",
                                        "TF_DETERMINISTIC_OPS",
                                        "TF_ENABLE_ONEDNN_OPTS",
                                        "TF_XLA_FLAGS",
                                        "VECLIB_MAXIMUM_THREADS",
                                        "XLA_FLAGS"};
constexpr std::size_t k_shown = 200;

}  // namespace

bool is_numeric_variable(std::string_view name) {
    return std::find(std::begin(k_names), std::end(k_names), name) != std::end(k_names) ||
           std::any_of(std::begin(k_prefixes), std::end(k_prefixes),
                       [&](std::string_view prefix) { return name.starts_with(prefix); });
}

void probe_variables(const Machine& machine, Fingerprint& out) {
    for (const auto& [name, value] : machine.process.variables) {
        if (!is_numeric_variable(name)) continue;
        // An empty variable is set, and some libraries ask only for that.
        add_text(out, "variables." + name, FieldClass::behaviour, value.empty() ? "(empty)" : elide(value, k_shown));
    }
}

}  // namespace assay
