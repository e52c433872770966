// Libraries that computed results come from, asked through their own functions in the object that is loaded: a name
// that is looked up globally may belong to another copy, or to none.
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "fingerprint/loader.hpp"
#include "fingerprint/observe.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

// The function of that name in this very object, which is loaded already; those of its dependencies, which dlsym finds
// as well, do not count.
void* look_up(const std::string& path, const std::string& name) {
    void* const handle = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
    if (handle == nullptr) return nullptr;
    link_map* map = nullptr;
    void* address = ::dlsym(handle, name.c_str());
    if (address != nullptr && (::dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !is_in_object(address, map->l_name)))
        address = nullptr;
    ::dlclose(handle);
    return address;
}

// What was looked up is kept while the same objects are loaded: a server that has asked once spares its forks the
// search.
void* known_address(const std::string& path, const std::string& name) {
    static std::mutex mutex;
    static LoaderState known;
    static std::map<std::pair<std::string, std::string>, void*> addresses;
    const std::lock_guard lock(mutex);
    if (const LoaderState now = loader_state(); now != known) {
        addresses.clear();
        known = now;
    }
    const auto [at, fresh] = addresses.try_emplace({path, name}, nullptr);
    if (fresh) at->second = look_up(path, name);
    return at->second;
}

template <class Function>
Function* own(const std::string& path, const std::string& name) {
    return path.empty() ? nullptr : reinterpret_cast<Function*>(known_address(path, name));
}

// The first of several spellings: wheels rename the functions of the BLAS that they bring.
template <class Function>
Function* own_of(const std::string& path, const std::string& stem) {
    constexpr std::pair<const char*, const char*> k_spellings[] = {
        {"", ""}, {"", "64_"}, {"scipy_", "64_"}, {"scipy_", ""}};
    for (const auto& [prefix, suffix] : k_spellings) {
        if (auto* function = own<Function>(path, prefix + stem + suffix)) return function;
    }
    return nullptr;
}

bool has(std::string_view path, std::string_view part) {
    return file_name_of(path).find(part) != std::string_view::npos;
}

std::optional<BlasFacts> ask_openblas(const std::string& path) {
    auto* const config = own_of<char*()>(path, "openblas_get_config");
    if (config == nullptr) return std::nullopt;
    BlasFacts facts{path, config(), "", 0, -1};
    if (auto* const core = own_of<char*()>(path, "openblas_get_corename")) facts.core = core();
    if (auto* const threads = own_of<int()>(path, "openblas_get_num_threads")) facts.threads = threads();
    if (auto* const parallel = own_of<int()>(path, "openblas_get_parallel")) facts.parallel = parallel();
    return facts;
}

std::optional<BlasFacts> ask_mkl(const std::string& path) {
    auto* const version = own<void(char*, int)>(path, "MKL_Get_Version_String");
    if (version == nullptr) return std::nullopt;
    std::array<char, 256> text{};
    version(text.data(), static_cast<int>(text.size()) - 1);
    BlasFacts facts{path, text.data(), "", 0, -1};
    if (auto* const threads = own<int()>(path, "MKL_Get_Max_Threads")) facts.threads = threads();
    return facts;
}

std::optional<BlasFacts> ask_blis(const std::string& path) {
    auto* const version = own<const char*()>(path, "bli_info_get_version_str");
    if (version == nullptr) return std::nullopt;
    BlasFacts facts{path, std::string("BLIS ") + version(), "", 0, -1};
    if (auto* const threads = own<long()>(path, "bli_thread_get_num_threads"))
        facts.threads = static_cast<int>(threads());
    return facts;
}

// A BLAS that tells nothing of itself, as the reference implementation.
std::optional<BlasFacts> ask_unnamed(const std::string& path) {
    if (own<void()>(path, "sgemm_") == nullptr && own<void()>(path, "cblas_sgemm") == nullptr) return std::nullopt;
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
        for (auto* const ask : {ask_openblas, ask_mkl, ask_blis, ask_unnamed}) {
            if (auto facts = ask(object.path)) {
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
        auto* const version = own<const Version*()>(object.path, "dnnl_version");
        if (version == nullptr) continue;
        OnednnFacts facts{object.path, {version()->major, version()->minor, version()->patch}, -1};
        if (auto* const isa = own<int()>(object.path, "dnnl_get_effective_cpu_isa")) facts.isa = isa();
        found.push_back(std::move(facts));
    }
    return found;
}

std::vector<OpenmpFacts> loaded_openmp(const std::vector<LoadedObject>& objects) {
    std::vector<OpenmpFacts> found;
    for (const LoadedObject& object : objects) {
        if (!has(object.path, "libgomp") && !has(object.path, "libomp") && !has(object.path, "libiomp")) continue;
        OpenmpFacts facts{object.path, 0, false};
        if (auto* const threads = own<int()>(object.path, "omp_get_max_threads")) facts.max_threads = threads();
        if (auto* const dynamic = own<int()>(object.path, "omp_get_dynamic")) facts.dynamic = dynamic() != 0;
        found.push_back(std::move(facts));
    }
    return found;
}

}  // namespace assay
