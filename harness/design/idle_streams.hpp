// Seed streams that a spec varies though its trainer draws nothing from them: known before anything runs.
#pragma once

#include <string>
#include <vector>

#include "core/plan.hpp"
#include "spec/spec.hpp"

namespace assay {

// Error S0203 (exit 2), with the place in the spec: a stream that no run of the plan draws from. Only the built-in
// trainers can be known; of a command the runs tell (SEED_NOT_WIRED in the report).
void refuse_idle_streams(const Plan& plan, const AuditSpec& spec);
// Streams that some runs draw nothing from: a note each.
std::vector<std::string> idle_stream_notes(const Plan& plan);

}  // namespace assay
