// The shared objects that are loaded, each with the build-id that its linker gave it: two libraries with one build-id
// are the same code, whatever their file names say.
#include "base/digest.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {

bool is_numeric_library(std::string_view file_name) {
    for (const std::string_view part :
         {"blas",        "lapack", "mkl",       "blis",          "atlas",   "libm.so",  "libm-",       "libmvec",
          "libgomp",     "libomp", "libiomp",   "dnnl",          "sleef",   "libtorch", "libc10",      "libgfortran",
          "libquadmath", "cudart", "cublas",    "cudnn",         "cufft",   "cusolver", "cusparse",    "curand",
          "nvrtc",       "nccl",   "libcuda",   "libtensorflow", "libxla",  "jaxlib",   "onnxruntime", "libtbb",
          "libfbgemm",   "nnpack", "libstdc++", "amdhip",        "rocblas", "miopen"}) {
        if (file_name.find(part) != std::string_view::npos) return true;
    }
    return false;
}

void probe_libraries(const Machine& machine, Fingerprint& out) {
    for (const LoadedObject& object : machine.process.objects) {
        const std::string_view file = file_name_of(object.path);
        if (file.empty() || file.starts_with("linux-vdso") || file.starts_with("linux-gate")) continue;
        // Two of one name (a wheel's own copy beside the system's) are told apart by their build-ids.
        std::string name = "libraries." + std::string(file);
        if (find_field(out, name) != nullptr) name += "#" + object.build_id.substr(0, 12);
        add_text(out, name, is_numeric_library(file) ? FieldClass::identity : FieldClass::context,
                 object.build_id.empty() ? "no build-id" : object.build_id);
    }
}

}  // namespace assay
