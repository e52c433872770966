// A gate in the terminal: a line for each rule, then for each that does not pass what a reader needs, then the verdict.
#pragma once

#include <string>

#include "core/gate_report.hpp"
#include "report/terminal.hpp"

namespace assay {

std::string gate_text(const GateReport& report, const TerminalStyle& style);
// What stands below one rule that does not pass: its headline and its detail. Also the body of a JUnit failure.
std::string gate_case_text(const GateCase& one);
// ✓ ✗ ? ! ·
std::string_view case_mark(CaseState state);

}  // namespace assay
