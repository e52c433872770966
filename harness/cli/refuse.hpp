// Levels that this machine cannot provide are refused before anything runs, never silently replaced.
#pragma once

#include "core/plan.hpp"
#include "schedule/execute.hpp"
#include "spec/spec.hpp"

namespace assay {

// Error S0301 (exit 2) with one line for each level and its reason. First what the machine's description rules out
// (cpu flags, devices); then, for the libtorch trainer, one short process in each hardware environment of the plan, in
// which the libraries report what took hold.
void refuse_impossible(const Plan& plan, const AuditSpec& spec, const ExecuteOptions& options);

}  // namespace assay
