// What an argument of `assay fingerprint` and `assay diff` names.
#pragma once

#include <string>
#include <variant>

#include "archive/store.hpp"
#include "cli/options.hpp"
#include "core/fingerprint.hpp"
#include "core/plan.hpp"
#include "fingerprint/weights.hpp"

namespace assay {

struct RunSide {
    Plan plan;
    int number = 0;
    RunRecord record;
};
struct AuditSide {
    std::string id;
    Plan plan;
};

// Fingerprint: this environment or a document of one. WeightFile: a file of tensors, or of anything else.
// WeightsFingerprint: a document of one, digests only.
struct Side {
    std::string name;  // as it was typed
    std::variant<Fingerprint, WeightFile, WeightsFingerprint, RunSide, AuditSide> value;
};

// "env"; the path of a file that is there; "013" or "AUDIT/013", a run of the store; else an audit by its reference.
// Errors: 74 for what cannot be read or is damaged, U0107 and U0109 (2) for a run or audit that is not there.
Side read_side(const std::string& name, const Options& options);

// "weights", "run", ...
std::string kind_of(const Side& side);

}  // namespace assay
