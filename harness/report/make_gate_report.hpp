// A verdict in words: what a failing gate must say to whoever meets it first in a log.
#pragma once

#include <string>
#include <vector>

#include "core/gate_report.hpp"
#include "core/verdict.hpp"

namespace assay {

// What only the command line knows.
struct GateSurroundings {
    std::string name;                  // of the audit
    std::string audit, baseline;       // ids; baseline "" without one
    std::string store_option;          // " --store DIR", to be put behind a command; "" for the usual place
    std::vector<std::string> changes;  // since the baseline: "lr 0.001 -> 0.1"
    std::vector<std::string> notes;    // before the verdict's own
    std::vector<FailedRun> failed;
    std::vector<std::string> run_ids, baseline_run_ids;
    ReportContext context;
};

// The verdict decides, this only words it. Pure.
GateReport make_gate_report(const Verdict& verdict, GateSurroundings surroundings);

// "8.4% [6.5, 10.4]"; "identical"; "" where nothing was measured.
std::string gate_measured_text(const RuleResult& result);

}  // namespace assay
