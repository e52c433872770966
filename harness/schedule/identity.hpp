// What makes two trainers the same trainer, and what the machine's libraries say of themselves.
#pragma once

#include "base/json.hpp"
#include "schedule/execute.hpp"
#include "spec/spec.hpp"

namespace assay {

// torch: what `assay-torch --identity` prints of the libraries and of the data that the audit reads, or T0101 (exit 74)
// when that data is damaged; synthetic: kind and version; exec: the command as written and the
// SHA-256 of its inputs (trainer.inputs, or the files of the spec's folder that the command names). Error R0103 (exit
// 74) when an input cannot be read, R0104 (exit 2) when assay-torch is not there.
Json trainer_identity(const AuditSpec& spec, const ExecuteOptions& options);

// `assay-torch --probe` with the variables of a hardware block: both answers from one process, since loading libtorch
// is what takes the time. The same errors.
struct TrainerProbe {
    Json identity;
    Json hardware;  // {name: what the libraries report}
};
TrainerProbe probe_trainer(const AuditSpec& spec, const ExecuteOptions& options, const Json& hardware);

}  // namespace assay
