// How many processors this process may use: most libraries take their number of threads, and so the order of their
// sums, from it.
#include "fingerprint/probes/probes.hpp"

namespace assay {

void probe_threads(const Machine& machine, Fingerprint& out) {
    const int allowed = machine.process.cpus_allowed;
    if (allowed > 0) set_field(out, {"threads.processors_allowed", FieldClass::behaviour, allowed});
}

}  // namespace assay
