// What makes two trainers the same trainer, and what the machine's libraries say of themselves.
#pragma once

#include "base/json.hpp"
#include "schedule/execute.hpp"
#include "spec/spec.hpp"

namespace assay {

// torch: what a server says of the libraries and of the data that the audit reads, or T0101 (exit 74) when that data is
// damaged; synthetic: kind and version; exec: the command as written and the
// SHA-256 of its inputs (trainer.inputs, or the files of the spec's folder that the commands name). Error R0103 (exit
// 74) when an input cannot be read, R0104 (exit 2) when assay-torch is not there.
Json trainer_identity(const AuditSpec& spec, const ExecuteOptions& options);

struct TrainerProbe {
    Json identity;  // the first block's speaks of the data too
    Json hardware;  // {name: what the libraries report}
};

// For each hardware block, what a warm server with its variables says. The servers stay in options.servers, which must
// be there, and train later: loading libtorch is what takes the time. Error R0105 (exit 74), named by `block`, when the
// libraries die of what was asked for; R0102 (exit 74) when they do not answer; the errors of trainer_identity.
std::vector<TrainerProbe> probe_trainers(const AuditSpec& spec, const ExecuteOptions& options,
                                         const std::vector<Json>& blocks);

}  // namespace assay
