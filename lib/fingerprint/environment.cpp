#include "fingerprint/environment.hpp"

#include <mutex>
#include <span>

#include "fingerprint/loader.hpp"
#include "fingerprint/observe.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

using Probe = void (*)(const Machine&, Fingerprint&);
// What stays while a process lives and loads nothing, and the rest.
constexpr Probe k_lasting_probes[] = {probe_cpu, probe_libraries};
constexpr Probe k_other_probes[] = {probe_os,      probe_container, probe_blas,      probe_onednn, probe_openmp,
                                    probe_threads, probe_floats,    probe_variables, probe_gpu};

void ask(std::span<const Probe> probes, const Machine& machine, Fingerprint& out) {
    for (const Probe probe : probes) probe(machine, out);
}

// Kept: of 300 libraries each run of a fork server would make the same 300 fields.
Fingerprint lasting_fields(const Machine& machine) {
    static std::mutex mutex;
    static LoaderState known;
    static Fingerprint kept;
    const std::lock_guard lock(mutex);
    if (const LoaderState now = loader_state(); kept.fields.empty() || now != known) {
        kept = {};
        ask(k_lasting_probes, machine, kept);
        known = now;
    }
    return kept;
}

}  // namespace

Fingerprint environment_fingerprint(const Machine& machine) {
    Fingerprint fingerprint;
    ask(k_lasting_probes, machine, fingerprint);
    ask(k_other_probes, machine, fingerprint);
    return fingerprint;
}

Fingerprint this_environment(bool load_system_libraries) {
    if (load_system_libraries) open_system_libraries();
    const Machine machine = machine_of(observe_process());
    Fingerprint fingerprint = lasting_fields(machine);
    ask(k_other_probes, machine, fingerprint);
    return fingerprint;
}

}  // namespace assay
