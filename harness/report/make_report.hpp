// Gathers what every report format shows.
#pragma once

#include <vector>

#include "analysis/attribute.hpp"
#include "core/report.hpp"

namespace assay {

// `failed` and `context` are what only the command line knows. Everything else is a pure function of plan and runs.
Report make_report(const Plan& plan, const std::vector<RunData>& runs, Attribution attribution,
                   std::vector<FailedRun> failed, ReportContext context);

}  // namespace assay
