// The README of this folder: text that stands, and one section a bar that is replaced when the bar is run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calibration/run.hpp"

namespace assay::calibration {

std::string verdict_line(const Verdict& verdict);  // one row of the table, without a line end

struct Summary {
    std::size_t audits = 0;  // of a cell, where it was not run again
    std::size_t cells = 0, over = 0;
    std::string more_words;  // of the command
};
std::string bar_section(const Bar& bar, const std::vector<Verdict>& verdicts, const Summary& summary);

// `readme` with the section of `bar` replaced, or put where it belongs; sections stand in the order of all_bars(),
// then of pool_bar_ids(), after the text above the first of them.
std::string with_section(std::string_view readme, std::string_view bar, std::string_view section);

}  // namespace assay::calibration
