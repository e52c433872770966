// What only the running process knows: its loaded objects and what they say when they are asked. No program is started;
// a library that is not loaded is not loaded by asking.
#pragma once

#include "fingerprint/machine.hpp"

namespace assay {

ProcessFacts observe_process();

// Parts of it.
std::vector<LoadedObject> loaded_objects();  // by dl_iterate_phdr; kept until the loader loads or unloads something
std::vector<BlasFacts> loaded_blas(const std::vector<LoadedObject>& objects);
std::vector<OnednnFacts> loaded_onednn(const std::vector<LoadedObject>& objects);
std::vector<OpenmpFacts> loaded_openmp(const std::vector<LoadedObject>& objects);
FloatFacts float_facts();
// By NVML, opened for the time of the call; nothing where there is none. `library`: another file, for tests.
void observe_gpus(ProcessFacts& facts, const char* library = "libnvidia-ml.so.1");

// Opens libblas.so.3 (else OpenBLAS by its own name), oneDNN and the OpenMP runtime of the system, for a process that
// has none of its own; they stay open. Missing ones are no error.
void open_system_libraries();

}  // namespace assay
