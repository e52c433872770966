// The report for programs: harness/report/report-1.schema.json. Every field is always there, null for nothing; only
// `context` may differ between two reports of the same runs.
#pragma once

#include "base/json.hpp"
#include "core/report.hpp"

namespace assay {
Json json_report(const Report& report);  // "schema": "assay/report/1"
}  // namespace assay
