// assay gate --sign: the verdict and what it was given on, as one signed statement.
#pragma once

#include <filesystem>

#include "archive/dsse.hpp"
#include "cli/gate_audit.hpp"
#include "core/gate_report.hpp"

namespace assay {

inline constexpr std::string_view k_verdict_file = "assay.verdict.dsse.json";
inline constexpr std::string_view k_verdict_ending = ".dsse.json";
// In the predicate, beside what in-toto's test result has.
inline constexpr std::string_view k_verdict_member = "assay_gate";

// An in-toto test result (v0.1). Subjects: `manifest.json` of each run that was judged, and the file of the baseline.
// Configuration: the spec's file and the audit's plan. PASSED is a passed gate only: what is undecided or incomplete
// is FAILED there, and its rules are among the failed ones; `assay_gate` has outcome, exit code, sentence, and each
// rule with what was measured against which limit.
Statement gate_statement(const GateReport& report, const GateAudit& audit, const GateBaseline& baseline);

// The -o that ends in .dsse.json, else assay.verdict.dsse.json beside the baseline.
std::filesystem::path verdict_path(const GateBaseline& baseline, const Options& options);

}  // namespace assay
