#include "trainer/effectors.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/on_threads.hpp"
#include "base/text.hpp"
#include "core/factor.hpp"

namespace assay {
namespace {

using Variables = std::map<std::string, std::string>;

// A vocabulary word, what the libraries call it, and the cpu flags without which it cannot take hold.
struct IsaLevel {
    const char* name;
    const char* aten;
    const char* onednn;
    const char* blas;
    const char* xla;
    std::string numpy_off;  // numpy's dispatched features above this level, by the names of all its versions
    std::vector<std::string> flags;
};
// numpy picks the best kernels that are left: one name forgotten (AVX512_SKX does not go with AVX512F), and nothing
// changes. Until 2.3 it names features, from 2.4 levels; names that it does not know it skips.
constexpr const char* k_numpy_avx512 = "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4";
const std::vector<IsaLevel>& isa_levels() {
    static const std::vector<IsaLevel> k_levels = {
        {"baseline",
         "default",
         "SSE41",
         "Prescott",
         "SSE4_2",
         std::string("AVX2 FMA3 X86_V3 ") + k_numpy_avx512,
         {"sse4_1"}},
        {"avx2", "avx2", "AVX2", "Haswell", "AVX2", k_numpy_avx512, {"avx2", "fma"}},
        {"avx512", "avx512", "AVX512_CORE", "SkylakeX", "AVX512", "", {"avx512f", "avx512bw", "avx512dq", "avx512vl"}},
    };
    return k_levels;
}

struct NamedFlags {
    const char* name;
    std::vector<std::string> flags;
};
const std::vector<NamedFlags>& blas_levels() {
    static const std::vector<NamedFlags> k_levels = {
        {"Prescott", {"pni"}},
        {"Nehalem", {"sse4_2"}},
        {"Sandybridge", {"avx"}},
        {"Haswell", {"avx2", "fma"}},
        {"Zen", {"avx2", "fma"}},
        {"SkylakeX", {"avx512f", "avx512bw", "avx512dq", "avx512vl"}},
        {"Cooperlake", {"avx512f", "avx512_bf16"}},
        {"Sapphirerapids", {"avx512f", "avx512_bf16", "amx_tile"}},
    };
    return k_levels;
}
const std::vector<NamedFlags>& onednn_levels() {
    static const std::vector<NamedFlags> k_levels = {
        {"sse41", {"sse4_1"}}, {"avx", {"avx"}},
        {"avx2", {"avx2"}},    {"avx512_core", {"avx512f", "avx512bw", "avx512dq", "avx512vl"}},
        {"off", {}},
    };
    return k_levels;
}

template <class Level>
std::vector<std::string> names_of(const std::vector<Level>& levels) {
    std::vector<std::string> names;
    for (const Level& level : levels) names.emplace_back(level.name);
    return names;
}

template <class Level>
const Level* find_level(const std::vector<Level>& levels, const Json& value) {
    if (!value.is_string()) return nullptr;
    const auto it =
        std::find_if(levels.begin(), levels.end(), [&](const Level& l) { return value.as_string() == l.name; });
    return it == levels.end() ? nullptr : &*it;
}

std::optional<std::string> not_one_of(const std::vector<std::string>& names, const Json& value) {
    if (value.is_string() && std::find(names.begin(), names.end(), value.as_string()) != names.end())
        return std::nullopt;
    const auto near = value.is_string() ? nearest_name(value.as_string(), names) : std::nullopt;
    return "expected one of " + join(names, ", ") + (near ? "; did you mean '" + *near + "'?" : "");
}

std::optional<int> cuda_index(const Json& device) {
    if (!device.is_string() || !device.as_string().starts_with("cuda:")) return std::nullopt;
    const std::string digits = device.as_string().substr(5);
    if (digits.empty() || digits.size() > 2 ||
        !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    return std::stoi(digits);
}

void set_threads(const Json& level, Variables& v) {
    const std::string n = number_text(level.as_number());
    for (const char* name : {"OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS",
                             "NPROC"}) {  // NPROC: of XLA's pools, and so JAX's
        v[name] = n;
    }
    v["TF_NUM_INTEROP_THREADS"] = "1";
    v["OMP_DYNAMIC"] = v["MKL_DYNAMIC"] = "FALSE";
    v["OMP_WAIT_POLICY"] = "passive";  // spinning threads of one library starve the other's
}

void set_isa(const Json& level, const Json& hardware, Variables& v) {
    const IsaLevel* isa = find_level(isa_levels(), level);
    if (isa == nullptr) return;
    v["ATEN_CPU_CAPABILITY"] = isa->aten;
    v["NPY_DISABLE_CPU_FEATURES"] = isa->numpy_off;
    if (hardware.find("onednn") == nullptr) v["ONEDNN_MAX_CPU_ISA"] = v["DNNL_MAX_CPU_ISA"] = isa->onednn;
    if (hardware.find("blas") == nullptr) v["OPENBLAS_CORETYPE"] = isa->blas;
}

void set_onednn(const Json& level, Variables& v) {
    const std::string word = level.as_string();
    v["ONEDNN_MAX_CPU_ISA"] = v["DNNL_MAX_CPU_ISA"] = word == "off" ? "ALL" : upper_case(word);
    v["TF_ENABLE_ONEDNN_OPTS"] = word == "off" ? "0" : "1";
}

void set_deterministic(bool on, Variables& v) {
    v["TF_DETERMINISTIC_OPS"] = on ? "1" : "0";
    v["CUBLAS_WORKSPACE_CONFIG"] = on ? ":4096:8" : ":4096:2:16:8";
}

// One variable for two levels: XLA compiles for the processor, and what it may use is a flag. It ends a process that
// names a flag it does not know, so they are set only where a level asks for them.
void set_xla(const Json& hardware, Variables& v) {
    std::vector<std::string> flags;
    if (const Json* level = hardware.find("isa")) {
        if (const IsaLevel* isa = find_level(isa_levels(), *level))
            flags.push_back(std::string("--xla_cpu_max_isa=") + isa->xla);
    }
    if (const Json* level = hardware.find("deterministic"))
        flags.push_back("--xla_gpu_deterministic_ops=" + std::string(level->as_bool() ? "true" : "false"));
    if (!flags.empty()) v["XLA_FLAGS"] = join(flags, " ");
}

void set_device(const Json& level, Variables& v) {
    const auto index = cuda_index(level);
    v["CUDA_VISIBLE_DEVICES"] = index ? std::to_string(*index) : "";
    v["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
    v["JAX_PLATFORMS"] = index ? "cuda" : "cpu";
}

std::optional<std::string> missing_flags(const std::vector<std::string>& needed, const MachineCapabilities& machine) {
    std::vector<std::string> missing;
    for (const std::string& flag : needed) {
        if (!std::binary_search(machine.cpu_flags.begin(), machine.cpu_flags.end(), flag)) missing.push_back(flag);
    }
    if (missing.empty()) return std::nullopt;
    return "this CPU (" + (machine.cpu_model.empty() ? "unknown" : machine.cpu_model) + ") has no " +
           join(missing, ", ");
}

bool same_level(const std::string& name, const Json& asked, const Json& reported) {
    if (name == "blas" && asked.is_string() && reported.is_string())
        return upper_case(asked.as_string()) == upper_case(reported.as_string());
    return asked == reported;
}

}  // namespace

const std::vector<Effector>& effectors() {
    static const std::vector<Effector> k_effectors = {
        {"device", "cpu, cuda:0, cuda:1, ...", "device of the weights after training", "where the arithmetic is done"},
        {"threads", "1 to 256", "at::get_num_threads(), openblas_get_num_threads()",
         "ATen's and BLAS's threads: order of sums"},
        {"isa", join(names_of(isa_levels()), ", "),
         "at::get_cpu_capability(), dnnl_get_effective_cpu_isa(), openblas_get_corename()",
         "vector instructions of ATen, oneDNN and BLAS at once"},
        {"blas", join(names_of(blas_levels()), ", "), "openblas_get_corename()", "matrix kernels of OpenBLAS"},
        {"onednn", join(names_of(onednn_levels()), ", "), "dnnl_get_effective_cpu_isa(), userEnabledMkldnn()",
         "convolution kernels of oneDNN"},
        {"deterministic", "true, false", "deterministicAlgorithms()", "only kernels that repeat bit for bit"},
        {"tf32", "true, false", "allowTF32CuBLAS(), allowTF32CuDNN()", "19-bit products on the GPU"},
        {"flush_denormals", "true, false", "the processor's MXCSR register",
         "tiny numbers become 0: faster, other bits"},
    };
    return k_effectors;
}

const Effector* find_effector(const std::string& name) {
    const auto& all = effectors();
    const auto it = std::find_if(all.begin(), all.end(), [&](const Effector& e) { return e.name == name; });
    return it == all.end() ? nullptr : &*it;
}

std::optional<std::string> level_problem(const std::string& effector, const Json& level) {
    if (effector == "device") {
        if (level == Json("cpu") || cuda_index(level)) return std::nullopt;
        return "expected cpu, cuda:0, cuda:1, ...";
    }
    if (effector == "threads") {
        if (level.is_integer() && level.as_number() >= 1 && level.as_number() <= 256) return std::nullopt;
        return "expected an integer from 1 to 256";
    }
    if (effector == "isa") return not_one_of(names_of(isa_levels()), level);
    if (effector == "blas") return not_one_of(names_of(blas_levels()), level);
    if (effector == "onednn") return not_one_of(names_of(onednn_levels()), level);
    if (level.is_bool()) return std::nullopt;
    return "expected true or false";
}

Variables hardware_variables(const Json& hardware) {
    Variables v = {{"TZ", "UTC"}, {"LC_ALL", "C.UTF-8"}, {"PYTHONUNBUFFERED", "1"}};
    if (!hardware.is_object()) return v;
    if (const Json* level = hardware.find("threads")) set_threads(*level, v);
    if (const Json* level = hardware.find("isa")) set_isa(*level, hardware, v);
    if (const Json* level = hardware.find("blas")) v["OPENBLAS_CORETYPE"] = level->as_string();
    if (const Json* level = hardware.find("onednn")) set_onednn(*level, v);
    if (const Json* level = hardware.find("deterministic")) set_deterministic(level->as_bool(), v);
    set_xla(hardware, v);
    if (const Json* level = hardware.find("tf32")) v["NVIDIA_TF32_OVERRIDE"] = level->as_bool() ? "1" : "0";
    if (const Json* level = hardware.find("device")) set_device(*level, v);
    return v;
}

MachineCapabilities read_machine() {
    MachineCapabilities machine;
    for (const std::string& line : split_lines(read_file("/proc/cpuinfo"))) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos) continue;
        if (line.starts_with("flags") && machine.cpu_flags.empty())
            machine.cpu_flags = split(line.substr(colon + 2), ' ');
        if (line.starts_with("model name") && machine.cpu_model.empty()) machine.cpu_model = line.substr(colon + 2);
    }
    std::sort(machine.cpu_flags.begin(), machine.cpu_flags.end());
    machine.cores = usable_cores();
    for (const std::string& name : list_directory("/proc/driver/nvidia/gpus"))
        machine.cuda_devices += name.empty() ? 0 : 1;
    return machine;
}

std::optional<std::string> refusal(const std::string& effector, const Json& level, const Json& hardware,
                                   const MachineCapabilities& machine) {
    if (const auto index = effector == "device" ? cuda_index(level) : std::nullopt) {
        if (*index < machine.cuda_devices) return std::nullopt;
        return machine.cuda_devices == 0
                   ? "this machine has no NVIDIA GPU"
                   : "this machine has " + plural(static_cast<std::size_t>(machine.cuda_devices), "GPU");
    }
    if (effector == "threads" && level.as_number() > machine.cores) {
        return "this process may use " + plural(static_cast<std::size_t>(machine.cores), "core");
    }
    if (effector == "isa") {
        if (const IsaLevel* isa = find_level(isa_levels(), level)) return missing_flags(isa->flags, machine);
    }
    if (effector == "blas" || effector == "onednn") {
        if (const NamedFlags* known = find_level(effector == "blas" ? blas_levels() : onednn_levels(), level)) {
            return missing_flags(known->flags, machine);
        }
    }
    if (effector == "tf32") {
        const Json* device = hardware.find("device");
        if (device == nullptr || !cuda_index(*device))
            return "tf32 exists on NVIDIA GPUs only; set device: cuda:0 as well";
    }
    return std::nullopt;
}

Verification verify_hardware(const Json& requested, const Json& effective) {
    Verification verification;
    for (const auto& [name, asked] : requested.as_object()) {
        const Json* reported = effective.is_object() ? effective.find(name) : nullptr;
        if (reported == nullptr) {
            verification.unverified.push_back(name);
        } else if (!same_level(name, asked, *reported)) {
            verification.contradictions.push_back("asked for " + name + "=" + level_text(asked) +
                                                  ", the libraries report " + level_text(*reported));
        }
    }
    return verification;
}

}  // namespace assay
