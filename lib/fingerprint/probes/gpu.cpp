// NVIDIA GPUs, as the driver's library reports them.
#include "fingerprint/probes/probes.hpp"

namespace assay {

void probe_gpu(const Machine& machine, Fingerprint& out) {
    add_text(out, "gpu.driver", FieldClass::identity, machine.process.gpu_driver);
    for (std::size_t i = 0; i < machine.process.gpus.size(); ++i) {
        const GpuFacts& gpu = machine.process.gpus[i];
        const std::string prefix = "gpu." + std::to_string(i) + ".";
        add_text(out, prefix + "name", FieldClass::identity, gpu.name);
        add_text(out, prefix + "sm", FieldClass::identity, gpu.sm);
        if (gpu.memory_bytes > 0) set_field(out, {prefix + "memory_bytes", FieldClass::context, gpu.memory_bytes});
        if (gpu.ecc) set_field(out, {prefix + "ecc", FieldClass::context, *gpu.ecc});
        // A slice has fewer multiprocessors, and the grids of random kernels depend on their number.
        if (gpu.mig) set_field(out, {prefix + "mig", FieldClass::behaviour, *gpu.mig});
    }
}

}  // namespace assay
