// OpenMP runtimes: which, and with how many threads a parallel region would begin.
#include "fingerprint/probes/probes.hpp"

namespace assay {

void probe_openmp(const Machine& machine, Fingerprint& out) {
    for (std::size_t i = 0; i < machine.process.openmp.size(); ++i) {
        const OpenmpFacts& facts = machine.process.openmp[i];
        const std::string prefix = numbered_prefix("openmp", i);
        add_text(out, prefix + "library", FieldClass::identity, file_name_of(facts.path));
        if (facts.max_threads > 0) set_field(out, {prefix + "max_threads", FieldClass::behaviour, facts.max_threads});
        set_field(out, {prefix + "dynamic", FieldClass::behaviour, facts.dynamic});
    }
}

}  // namespace assay
