// Libraries that computed results come from, asked through their own functions in the object that is loaded: a name
// that is looked up globally may belong to another copy, or to none.
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "fingerprint/observe.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

// An object that is loaded already, for as long as it is asked.
class Handle {
public:
    explicit Handle(const LoadedObject& object)
        : path_(object.path),
          handle_(object.path.empty() ? nullptr : ::dlopen(object.path.c_str(), RTLD_LAZY | RTLD_NOLOAD)) {}
    ~Handle() {
        if (handle_ != nullptr) ::dlclose(handle_);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    // The function of that name in this very object; those of its dependencies, which dlsym finds as well, do not
    // count.
    template <class Function>
    Function* own(const char* name) const {
        void* const address = handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
        if (address == nullptr) return nullptr;
        Dl_info info;
        link_map* map = nullptr;
        if (::dlinfo(handle_, RTLD_DI_LINKMAP, &map) != 0 || ::dladdr(address, &info) == 0) return nullptr;
        if (info.dli_fname == nullptr || std::strcmp(info.dli_fname, map->l_name) != 0) return nullptr;
        return reinterpret_cast<Function*>(address);
    }
    // The first of several spellings: wheels rename the functions of the BLAS that they bring.
    template <class Function>
    Function* own_of(const std::string& stem) const {
        for (const auto& [prefix, suffix] : k_spellings) {
            if (auto* function = own<Function>((prefix + stem + suffix).c_str())) return function;
        }
        return nullptr;
    }

private:
    static inline const std::array<std::pair<std::string, std::string>, 4> k_spellings = {
        {{"", ""}, {"", "64_"}, {"scipy_", "64_"}, {"scipy_", ""}}};
    std::string path_;
    void* handle_;
};

bool has(std::string_view path, std::string_view part) {
    return file_name_of(path).find(part) != std::string_view::npos;
}

std::optional<BlasFacts> ask_openblas(const Handle& handle, const std::string& path) {
    auto* const config = handle.own_of<char*()>("openblas_get_config");
    if (config == nullptr) return std::nullopt;
    BlasFacts facts{path, config(), "", 0, -1};
    if (auto* const core = handle.own_of<char*()>("openblas_get_corename")) facts.core = core();
    if (auto* const threads = handle.own_of<int()>("openblas_get_num_threads")) facts.threads = threads();
    if (auto* const parallel = handle.own_of<int()>("openblas_get_parallel")) facts.parallel = parallel();
    return facts;
}

std::optional<BlasFacts> ask_mkl(const Handle& handle, const std::string& path) {
    auto* const version = handle.own<void(char*, int)>("MKL_Get_Version_String");
    if (version == nullptr) return std::nullopt;
    std::array<char, 256> text{};
    version(text.data(), static_cast<int>(text.size()) - 1);
    BlasFacts facts{path, text.data(), "", 0, -1};
    if (auto* const threads = handle.own<int()>("MKL_Get_Max_Threads")) facts.threads = threads();
    return facts;
}

std::optional<BlasFacts> ask_blis(const Handle& handle, const std::string& path) {
    auto* const version = handle.own<const char*()>("bli_info_get_version_str");
    if (version == nullptr) return std::nullopt;
    BlasFacts facts{path, std::string("BLIS ") + version(), "", 0, -1};
    if (auto* const threads = handle.own<long()>("bli_thread_get_num_threads"))
        facts.threads = static_cast<int>(threads());
    return facts;
}

// A BLAS that tells nothing of itself, as the reference implementation.
std::optional<BlasFacts> ask_unnamed(const Handle& handle, const std::string& path) {
    if (handle.own<void()>("sgemm_") == nullptr && handle.own<void()>("cblas_sgemm") == nullptr) return std::nullopt;
    return BlasFacts{path, "", "", 0, -1};
}

}  // namespace

std::vector<BlasFacts> loaded_blas(const std::vector<LoadedObject>& objects) {
    std::vector<BlasFacts> found;
    for (const LoadedObject& object : objects) {
        if (!has(object.path, "blas") && !has(object.path, "mkl") && !has(object.path, "blis") &&
            !has(object.path, "atlas") && !has(object.path, "torch_cpu"))
            continue;
        if (has(object.path, "cublas") || has(object.path, "rocblas")) continue;
        const Handle handle(object);
        for (auto* const ask : {ask_openblas, ask_mkl, ask_blis, ask_unnamed}) {
            if (auto facts = ask(handle, object.path)) {
                found.push_back(std::move(*facts));
                break;
            }
        }
    }
    // Debian's libblas.so.3 hands on to an OpenBLAS beside it: who can say what it is comes first.
    std::stable_partition(found.begin(), found.end(), [](const BlasFacts& facts) { return !facts.config.empty(); });
    return found;
}

std::vector<OnednnFacts> loaded_onednn(const std::vector<LoadedObject>& objects) {
    struct Version {  // the first members of dnnl_version_t
        int major, minor, patch;
    };
    std::vector<OnednnFacts> found;
    for (const LoadedObject& object : objects) {
        if (!has(object.path, "dnnl") && !has(object.path, "torch_cpu")) continue;
        const Handle handle(object);
        auto* const version = handle.own<const Version*()>("dnnl_version");
        if (version == nullptr) continue;
        OnednnFacts facts{object.path, {version()->major, version()->minor, version()->patch}, -1};
        if (auto* const isa = handle.own<int()>("dnnl_get_effective_cpu_isa")) facts.isa = isa();
        found.push_back(std::move(facts));
    }
    return found;
}

std::vector<OpenmpFacts> loaded_openmp(const std::vector<LoadedObject>& objects) {
    std::vector<OpenmpFacts> found;
    for (const LoadedObject& object : objects) {
        if (!has(object.path, "libgomp") && !has(object.path, "libomp") && !has(object.path, "libiomp")) continue;
        const Handle handle(object);
        OpenmpFacts facts{object.path, 0, false};
        if (auto* const threads = handle.own<int()>("omp_get_max_threads")) facts.max_threads = threads();
        if (auto* const dynamic = handle.own<int()>("omp_get_dynamic")) facts.dynamic = dynamic() != 0;
        found.push_back(std::move(facts));
    }
    return found;
}

}  // namespace assay
