// The two documents that assay-torch leaves beside its answers: what computed them.
#pragma once

#include <optional>

#include "core/fingerprint.hpp"
#include "core/run.hpp"

namespace assay {

// environment.json: this process as it trains. The same bytes in every run of one environment, so a store keeps it
// once.
Fingerprint training_environment();

// fingerprint.json: the streams that the request names and the trace of the kernels; no fields.
Fingerprint run_fingerprint(const RunRequest& request, const std::optional<TraceFingerprint>& trace);

}  // namespace assay
