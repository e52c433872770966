// The hostile corpus: files that must be refused, by their names.
#pragma once

#include <map>
#include <string>

namespace assay::testing {

// What they are made of today; what the tests read lies in fixtures/golden/archive/hostile.
std::map<std::string, std::string> hostile_files();

}  // namespace assay::testing
