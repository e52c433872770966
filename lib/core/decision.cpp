#include "core/decision.hpp"

namespace assay {

double decision_threshold(const Json& trainer) {
    const Json* at = &trainer;
    for (const char* key : {"results", "decision", "threshold"}) {
        at = at->is_object() ? at->find(key) : nullptr;
        if (at == nullptr) return 0.5;
    }
    return at->is_number() ? at->as_number() : 0.5;
}

}  // namespace assay
