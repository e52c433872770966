// Gates as a person may meet them, made by hand: for the tests of their formats.
#pragma once

#include <string>
#include <vector>

#include "core/gate_report.hpp"

namespace assay::testing {

std::vector<std::string> gate_scenario_names();
GateReport gate_scenario(const std::string& name);

}  // namespace assay::testing
