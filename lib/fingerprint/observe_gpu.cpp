// NVML, the NVIDIA driver's own library, opened at run time: its functions take and return plain values only, as
// documented in NVIDIA's NVML reference.
#include <dlfcn.h>

#include <array>
#include <mutex>
#include <set>
#include <string>

#include "fingerprint/observe.hpp"

namespace assay {
namespace {

using Device = void*;  // nvmlDevice_t: a pointer to a structure that is never defined
constexpr int k_success = 0;
constexpr unsigned k_device_limit = 64;

struct Memory {  // nvmlMemory_t
    unsigned long long total, free, used;
};

class Nvml {
public:
    explicit Nvml(const char* library) : handle_(::dlopen(library, RTLD_NOW | RTLD_LOCAL)) {
        auto* const init = function<int()>("nvmlInit_v2");
        ready_ = init != nullptr && init() == k_success;
    }
    ~Nvml() {
        if (auto* const end = ready_ ? function<int()>("nvmlShutdown") : nullptr) end();
        if (handle_ != nullptr) ::dlclose(handle_);
    }
    Nvml(const Nvml&) = delete;
    Nvml& operator=(const Nvml&) = delete;

    bool found() const { return handle_ != nullptr; }
    bool ready() const { return ready_; }

    // The function's status is success; false as well when the library lacks it.
    template <class... Arguments>
    bool call(const char* name, Arguments... arguments) const {
        auto* const f = function<int(Arguments...)>(name);
        return f != nullptr && f(arguments...) == k_success;
    }

private:
    template <class Function>
    Function* function(const char* name) const {
        return handle_ == nullptr ? nullptr : reinterpret_cast<Function*>(::dlsym(handle_, name));
    }
    void* handle_;
    bool ready_ = false;
};

GpuFacts ask_device(const Nvml& nvml, Device device) {
    GpuFacts gpu;
    std::array<char, 97> name{};
    if (nvml.call("nvmlDeviceGetName", device, name.data(), static_cast<unsigned>(name.size() - 1)))
        gpu.name = name.data();
    int major = 0, minor = 0, ecc = 0, ecc_pending = 0;
    if (nvml.call("nvmlDeviceGetCudaComputeCapability", device, &major, &minor))
        gpu.sm = std::to_string(major) + "." + std::to_string(minor);
    if (nvml.call("nvmlDeviceGetEccMode", device, &ecc, &ecc_pending)) gpu.ecc = ecc != 0;
    unsigned mig = 0, mig_pending = 0;
    if (nvml.call("nvmlDeviceGetMigMode", device, &mig, &mig_pending)) gpu.mig = mig != 0;
    Memory memory{};
    if (nvml.call("nvmlDeviceGetMemoryInfo", device, &memory)) gpu.memory_bytes = memory.total;
    return gpu;
}

}  // namespace

void observe_gpus(ProcessFacts& facts, const char* library) {
    static std::mutex mutex;
    static std::set<std::string> missing;  // not searched for again: a fork server's runs would, each of them
    const std::lock_guard lock(mutex);
    if (missing.contains(library)) return;
    const Nvml nvml(library);
    if (!nvml.found()) missing.insert(library);
    if (!nvml.ready()) return;
    std::array<char, 81> driver{};
    if (nvml.call("nvmlSystemGetDriverVersion", driver.data(), static_cast<unsigned>(driver.size() - 1)))
        facts.gpu_driver = driver.data();
    unsigned count = 0;
    if (!nvml.call("nvmlDeviceGetCount_v2", &count)) return;
    for (unsigned i = 0; i < std::min(count, k_device_limit); ++i) {
        Device device = nullptr;
        if (nvml.call("nvmlDeviceGetHandleByIndex_v2", i, &device)) facts.gpus.push_back(ask_device(nvml, device));
    }
}

}  // namespace assay
