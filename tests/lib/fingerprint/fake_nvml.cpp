// A library with NVML's functions for two made GPUs, since a machine that builds this need not have one: the second is
// older and knows neither ECC nor MIG. It checks the signatures that observe_gpu.cpp relies on, nothing of a driver.
#include <cstdio>
#include <cstring>

namespace {
constexpr int k_success = 0, k_not_supported = 3;
int devices[2];
bool initialised = false;
int put(char* text, unsigned size, const char* value) {
    std::snprintf(text, size, "%s", value);
    return k_success;
}
bool is_first(void* device) { return device == &devices[0]; }
}  // namespace

extern "C" {
struct nvmlMemory {
    unsigned long long total, free, used;
};
int nvmlInit_v2() {
    initialised = true;
    return k_success;
}
int nvmlShutdown() {
    initialised = false;
    return k_success;
}
int nvmlSystemGetDriverVersion(char* text, unsigned size) { return put(text, size, "535.104.05"); }
int nvmlDeviceGetCount_v2(unsigned* count) {
    *count = 2;
    return initialised ? k_success : 1;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
    *device = &devices[index];
    return k_success;
}
int nvmlDeviceGetName(void* device, char* text, unsigned size) {
    return put(text, size, is_first(device) ? "NVIDIA H100 80GB HBM3" : "Quadro K600");
}
int nvmlDeviceGetCudaComputeCapability(void* device, int* major, int* minor) {
    *major = is_first(device) ? 9 : 3;
    *minor = 0;
    return k_success;
}
int nvmlDeviceGetEccMode(void* device, int* current, int* pending) {
    *current = *pending = 1;
    return is_first(device) ? k_success : k_not_supported;
}
int nvmlDeviceGetMigMode(void* device, unsigned* current, unsigned* pending) {
    *current = *pending = 0;
    return is_first(device) ? k_success : k_not_supported;
}
int nvmlDeviceGetMemoryInfo(void* device, nvmlMemory* memory) {
    memory->total = is_first(device) ? 85520809984ULL : 1073741824ULL;
    return k_success;
}
}
