// Each BLAS that is loaded, the first one as blas.*, further ones as blas2.* and so on.
#include <algorithm>

#include "base/text.hpp"
#include "fingerprint/probes/probes.hpp"

namespace assay {
namespace {

// "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64": the version is the first word that
// begins with a digit.
std::string version_in(const std::string& config) {
    for (const std::string& word : split(config, ' ')) {
        if (!word.empty() && word[0] >= '0' && word[0] <= '9') return word;
    }
    return "";
}

const char* threading_of(int parallel) {
    switch (parallel) {
        case 0:
            return "none";
        case 1:
            return "own threads";
        case 2:
            return "OpenMP";
        default:
            return "";
    }
}

// The name of the core stands in the configuration, too, and says there what was chosen, not what was built.
std::string without_word(const std::string& text, const std::string& word) {
    std::vector<std::string> words = split(text, ' ');
    std::erase(words, word);
    return join(words, " ");
}

std::string build_id_of(const Machine& machine, const std::string& path) {
    const auto& objects = machine.process.objects;
    const auto it = std::find_if(objects.begin(), objects.end(), [&](const LoadedObject& o) { return o.path == path; });
    return it == objects.end() ? "" : it->build_id;
}

}  // namespace

void probe_blas(const Machine& machine, Fingerprint& out) {
    for (std::size_t i = 0; i < machine.process.blas.size(); ++i) {
        const BlasFacts& blas = machine.process.blas[i];
        const std::string prefix = numbered_prefix("blas", i);
        add_text(out, prefix + "library", FieldClass::identity, file_name_of(blas.path));
        add_text(out, prefix + "build_id", FieldClass::identity, build_id_of(machine, blas.path));
        add_text(out, prefix + "version", FieldClass::identity, version_in(blas.config));
        add_text(out, prefix + "config", FieldClass::identity, without_word(blas.config, blas.core));
        add_text(out, prefix + "core", FieldClass::behaviour, blas.core);
        add_text(out, prefix + "threading", FieldClass::identity, threading_of(blas.parallel));
        if (blas.threads > 0) set_field(out, {prefix + "threads", FieldClass::behaviour, blas.threads});
    }
}

}  // namespace assay
