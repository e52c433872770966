// A table whose faults are listed with the other faults of what is imported.
#pragma once

#include "core/csv.hpp"
#include "spec/problems.hpp"

namespace assay {

// What cannot be read is added to `problems` (I0101); the rows read so far come back, and mean nothing.
std::vector<CsvRow> parse_csv(std::string_view text, Problems& problems);

}  // namespace assay
