#include "torch/environment.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <torch/version.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

// A search goes through the tables of all 300 libraries that Debian's libtorch loads, a page fault for each in a
// process that has just been forked: what is found is kept, so that a server spares its forks the search.
void* found_before(const char* name) {
    static std::mutex mutex;
    static std::map<std::string, void*, std::less<>> found;
    const std::lock_guard lock(mutex);
    const auto it = found.find(name);
    if (it != found.end()) return it->second;
    void* const address = ::dlsym(RTLD_DEFAULT, name);
    if (address != nullptr) found.emplace(name, address);
    return address;
}

// The libraries are linked by libtorch, not by us: their own functions are found at run time, or not at all.
template <class Function>
Function* library_function(const char* name) {
    return reinterpret_cast<Function*>(found_before(name));
}

// "baseline", "avx2", "avx512": what ATen's dispatcher says that it uses.
std::string aten_capability() {
    const std::string config = at::show_config();
    const std::string mark = "CPU capability usage: ";
    const std::size_t begin = config.find(mark);
    if (begin == std::string::npos) return "";
    const std::size_t end = config.find('\n', begin);
    const std::string word = lower_case(config.substr(begin + mark.size(), end - begin - mark.size()));
    return word == "no avx" || word == "default" ? "baseline" : word;
}

// oneDNN's effective instruction set; values of dnnl_cpu_isa_t, the same in oneDNN 2 and 3.
std::string onednn_isa() {
    auto* const ask = library_function<int()>("dnnl_get_effective_cpu_isa");
    if (ask == nullptr) return "";
    switch (ask()) {
        case 0x1:
            return "sse41";
        case 0x3:
            return "avx";
        case 0x7:
            return "avx2";
        case 0x27:
            return "avx512_core";
        default:
            return "other (" + std::to_string(ask()) + ")";
    }
}

std::string blas_core() {
    auto* const ask = library_function<char*()>("openblas_get_corename");
    return ask == nullptr ? "" : ask();
}

Json threads_report() {
    auto* const ask = library_function<int()>("openblas_get_num_threads");
    const int aten = at::get_num_threads();
    if (ask == nullptr || ask() == aten) return aten;
    return "ATen " + std::to_string(aten) + ", BLAS " + std::to_string(ask());
}

// One word for three libraries: the level when all that the bundle speaks for agree, else what each says.
std::string isa_report(const Json& hardware) {
    const std::string aten = aten_capability(), onednn = onednn_isa(), blas = lower_case(blas_core());
    struct Bundle {
        const char *isa, *onednn, *blas;
    };
    for (const Bundle& b : {Bundle{"baseline", "sse41", "prescott"},
                            {"avx2", "avx2", "haswell"},
                            {"avx512", "avx512_core", "skylakex"}}) {
        const bool same_onednn = hardware.find("onednn") != nullptr || onednn.empty() || onednn == b.onednn;
        const bool same_blas = hardware.find("blas") != nullptr || blas.empty() || blas == b.blas;
        if (aten == b.isa && same_onednn && same_blas) return b.isa;
    }
    return "ATen " + aten + ", oneDNN " + onednn + ", BLAS " + blas_core();
}

std::optional<bool> flushes_denormals() {
#if defined(__x86_64__)
    constexpr unsigned k_flush_to_zero = 1U << 15, k_denormals_are_zero = 1U << 6;
    const unsigned csr = _mm_getcsr();
    return (csr & k_flush_to_zero) != 0 && (csr & k_denormals_are_zero) != 0;
#else
    return std::nullopt;
#endif
}

bool is_true(const Json& hardware, const char* name) {
    const Json* value = hardware.find(name);
    return value != nullptr && *value == Json(true);
}

int find_build_id(dl_phdr_info* info, std::size_t, void* out) {
    if (std::strstr(info->dlpi_name, "libtorch_cpu") == nullptr) return 0;
    for (const ElfW(Phdr) & header : std::span(info->dlpi_phdr, info->dlpi_phnum)) {
        if (header.p_type != PT_NOTE) continue;
        const auto* at = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
        const char* const end = at + header.p_memsz;
        while (at + sizeof(ElfW(Nhdr)) < end) {
            ElfW(Nhdr) note;
            std::memcpy(&note, at, sizeof note);
            const char* const name = at + sizeof note;
            const char* const content = name + (note.n_namesz + 3) / 4 * 4;
            if (note.n_type == NT_GNU_BUILD_ID) {
                *static_cast<std::string*>(out) =
                    to_hex({reinterpret_cast<const std::uint8_t*>(content), note.n_descsz});
                return 1;
            }
            at = content + (note.n_descsz + 3) / 4 * 4;
        }
    }
    return 1;
}

}  // namespace

void force_hardware(const Json& hardware) {
    const Json* const threads = hardware.find("threads");
    const int n = threads == nullptr ? 1 : static_cast<int>(threads->as_integer());
    if (at::get_num_threads() != n) at::set_num_threads(n);  // 1.13 begins a pool of spinning threads in any case
    if (auto* set = library_function<void(int)>("openblas_set_num_threads")) set(n);
    at::Context& context = at::globalContext();
    context.setFlushDenormal(is_true(hardware, "flush_denormals"));
    context.setDeterministicAlgorithms(is_true(hardware, "deterministic"), false);
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuBLAS(is_true(hardware, "tf32"));
    context.setAllowTF32CuDNN(is_true(hardware, "tf32"));
    const Json* const onednn = hardware.find("onednn");
    context.setUserEnabledMkldnn(onednn == nullptr || *onednn != Json("off"));
    const Json* const device = hardware.find("device");
    if (device != nullptr && *device != Json("cpu") && !at::hasCUDA()) {
        throw Error("E0101", Exit::no, "device " + scalar_text(*device) + ": this libtorch finds no CUDA device");
    }
}

Json effective_hardware(const Json& hardware) {
    Json::Object out;
    const auto asked = [&](const char* name) { return hardware.find(name) != nullptr; };
    const at::Context& context = at::globalContext();
    if (asked("threads")) out["threads"] = threads_report();
    if (asked("isa")) out["isa"] = isa_report(hardware);
    if (asked("blas") && !blas_core().empty()) out["blas"] = blas_core();
    if (asked("onednn")) {
        const std::string isa = context.userEnabledMkldnn() ? onednn_isa() : "off";
        if (!isa.empty()) out["onednn"] = isa;
    }
    if (asked("deterministic")) out["deterministic"] = context.deterministicAlgorithms();
    if (asked("tf32")) out["tf32"] = context.allowTF32CuBLAS() && context.allowTF32CuDNN();
    if (asked("flush_denormals")) {
        if (const auto flushes = flushes_denormals()) out["flush_denormals"] = *flushes;
    }
    if (asked("device") && *hardware.find("device") == Json("cpu")) out["device"] = "cpu";
    out["aten_capability"] = aten_capability();
    out["onednn_isa"] = onednn_isa();
    out["blas_core"] = blas_core();
    out["aten_threads"] = at::get_num_threads();
    if (auto* ask = library_function<int()>("openblas_get_num_threads")) out["blas_threads"] = ask();
    return out;
}

Json library_versions() {
    Json::Object versions;
    versions["libtorch"] = TORCH_VERSION;
    if (auto* config = library_function<char*()>("openblas_get_config")) {
        const auto words = split(config(), ' ');
        versions["openblas"] = words.size() > 1 ? words[1] : words[0];
    }
    struct DnnlVersion {  // the first members of dnnl_version_t
        int major, minor, patch;
    };
    if (auto* version = library_function<const DnnlVersion*()>("dnnl_version")) {
        versions["onednn"] = std::to_string(version()->major) + "." + std::to_string(version()->minor) + "." +
                             std::to_string(version()->patch);
    }
    return versions;
}

std::string libtorch_build_id() {
    std::string id;
    ::dl_iterate_phdr(find_build_id, &id);
    return id;
}

}  // namespace assay
