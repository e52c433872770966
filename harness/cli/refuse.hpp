// Levels that this machine cannot provide are refused before anything runs, never silently replaced.
#pragma once

#include "core/plan.hpp"
#include "schedule/execute.hpp"
#include "spec/spec.hpp"

namespace assay {

// The identity of the trainer, when this machine can provide every level of the draft (a plan that does not know the
// identity yet). Otherwise Error S0301 (exit 2) with one line for each level and its reason. First what the machine's
// description rules out (cpu flags, devices); then, for the libtorch trainer, one short process in each hardware
// environment of the plan, in which the libraries report what took hold.
Json identify_or_refuse(const Plan& draft, const AuditSpec& spec, const ExecuteOptions& options);

}  // namespace assay
