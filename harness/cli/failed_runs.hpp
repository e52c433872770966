// Runs of a plan that failed or ran out of time, as a report and a gate show them.
#pragma once

#include <vector>

#include "cli/audit.hpp"
#include "core/report.hpp"

namespace assay {

// With the end of their logs, and the script that repeats one by hand where its folder is still there.
std::vector<FailedRun> failed_runs(const Store& store, const Plan& plan, const StoredRuns& stored,
                                   const Options& options);

}  // namespace assay
