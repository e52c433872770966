// The report for a person at a terminal, or for a log.
#pragma once

#include <string>

#include "core/report.hpp"

namespace assay {

struct TerminalStyle {
    int width = 80;  // never exceeded by tables; columns that do not fit follow below
    bool color = false;
    bool unicode = true;  // false: ASCII only
    bool brief = false;   // the table, the sentences that explain it and what to do next, in this order; no statistics
};

std::string terminal_report(const Report& report, const TerminalStyle& style);

}  // namespace assay
