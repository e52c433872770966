// What makes a report unbelievable, said before anything else.
#pragma once

#include <vector>

#include "core/report.hpp"

namespace assay {

struct Writer;

// From report.attribution and report.trainer. SEED_NOT_WIRED: a seed stream that was varied and reaches nothing.
std::vector<ReportError> report_errors(const Report& report);
// "SEED_NOT_WIRED: seed.dropout changes no bit in 12 pairs: ..."
std::string error_sentence(const ReportError& error);

// The terminal's lead: each error, where it comes from, got, expected, what to do.
void errors_section(Writer& w);

}  // namespace assay
