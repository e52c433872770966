// AuditSpec -> Plan. Pure, except that the identity of the trainer is handed in.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "core/plan.hpp"
#include "spec/spec.hpp"

namespace assay {

// Every run, its request, and the randomised order of execution (stream "order" of the root seed).
// Runs with more than one thread keep their place; the scheduler runs them alone.
// Error S0201 (exit 2) when the design makes more than `k_runs_max` runs; S0202 when its seeds are too few for its
// claim (design/claims.hpp).
Plan make_plan(const AuditSpec& spec, const Json& trainer_identity);
inline constexpr int k_runs_max = 10'000;

// What a reader of the plan must know before it runs: too few seeds for an interval, a factor nobody can
// pair, an effect that cannot be told from another, a test that cannot find anything. One sentence each, with the mend.
std::vector<std::string> plan_notes(const Plan& plan);

}  // namespace assay
