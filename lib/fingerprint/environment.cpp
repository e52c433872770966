#include "fingerprint/environment.hpp"

#include "fingerprint/observe.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

using Probe = void (*)(const Machine&, Fingerprint&);
constexpr Probe k_probes[] = {probe_cpu,    probe_os,      probe_container, probe_libraries, probe_blas, probe_onednn,
                              probe_openmp, probe_threads, probe_floats,    probe_variables, probe_gpu};

}  // namespace

Fingerprint environment_fingerprint(const Machine& machine) {
    Fingerprint fingerprint;
    for (const Probe probe : k_probes) probe(machine, fingerprint);
    return fingerprint;
}

Fingerprint this_environment(bool load_system_libraries) {
    if (load_system_libraries) open_system_libraries();
    return environment_fingerprint(machine_of(observe_process()));
}

}  // namespace assay
