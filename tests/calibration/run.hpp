// Runs the audits of cells, on any number of threads with the same results, and judges what came out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "calibration/cell.hpp"

namespace assay::calibration {

struct Verdict {
    std::string cell, measure;
    Kind kind = Kind::rate;
    std::size_t audits = 0;
    double value = 0;          // share, or mean
    double se = 0;             // its Monte Carlo standard error
    double low = 0, high = 0;  // as the bar has it
    bool ok = false;
};

// widened: a bound is missed only by what chance gives with a probability below 1e-4, were the truth at the bound.
std::vector<Verdict> run_cell(const std::string& bar, const Cell& cell, std::size_t audits, unsigned threads,
                              bool widened);

}  // namespace assay::calibration
