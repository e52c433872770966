// Rounding and denormal numbers, of the thread that looked. A library built with fast-math changes them when it loads.
#include "fingerprint/probes/probes.hpp"

namespace assay {

void probe_floats(const Machine& machine, Fingerprint& out) {
    const FloatFacts& floats = machine.process.floats;
    add_text(out, "float.rounding", FieldClass::behaviour, floats.rounding);
    if (floats.flush_to_zero) set_field(out, {"float.flush_to_zero", FieldClass::behaviour, *floats.flush_to_zero});
    if (floats.denormals_are_zero)
        set_field(out, {"float.denormals_are_zero", FieldClass::behaviour, *floats.denormals_are_zero});
}

}  // namespace assay
