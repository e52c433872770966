// The sections of the terminal's report below the table of pairs. Each is empty where nothing was measured.
#pragma once

#include "report/writer.hpp"

namespace assay {
void how_much_section(Writer& w);  // rounding and seeds on one axis; directions of factors
// Which test a factor went through, with reasons where there is none; `means`: of what the shift is measured.
void directions_section(Writer& w, const std::vector<FactorTest>& tests, const std::string& means);
// `variance`: what V is of "two runs that share no seed".
void shares_section(Writer& w, const std::vector<SeedShares>& all, const std::string& variance);
void hardware_section(Writer& w);
void inputs_section(Writer& w);
void control_section(Writer& w);
}  // namespace assay
