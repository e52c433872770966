#include "cli/archive_weights.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "fingerprint/weights.hpp"

namespace assay {

std::string weights_as_safetensors(const Store& store, std::string_view run_id) {
    const Manifest manifest = store.get_manifest(run_id);
    const auto member = std::find_if(manifest.members.begin(), manifest.members.end(),
                                     [](const ManifestMember& one) { return one.role == "weights"; });
    const std::string run = "run " + std::string(run_id.substr(0, 12));
    if (member == manifest.members.end()) {
        const bool digests = !manifest.record.weights.empty();
        throw Error("U0144", Exit::usage,
                    "the store has no weights of " + run + (digests ? ", only their digests" : ""),
                    digests ? "it keeps .safetensors, .npz and .npy files of runs, unless the spec says "
                              "keep_weights: false; assay run trains no stored run again, assay replay does"
                            : "the trainer saved none: harness/trainer/README.md says how");
    }
    std::string bytes = store.get_object(member->content);
    const WeightFile file = read_weights(bytes, member->name);
    if (file.container == "safetensors") return bytes;
    return write_safetensors(file.tensors);
}

}  // namespace assay
