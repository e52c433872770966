// Constructed audits that show every part of a report once.
#pragma once

#include <string>
#include <vector>

#include "core/report.hpp"

namespace assay::testing {

struct Scenario {
    std::string name;
    Report report;
};

const std::vector<Scenario>& scenarios();
std::vector<std::string> scenario_names();
const Report& scenario(const std::string& name);

}  // namespace assay::testing
