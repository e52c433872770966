// An audit whose inputs have names and slices, constructed and computed: two rates, two machines, four seeds of a
// stream.
#pragma once

#include "core/report.hpp"

namespace assay::testing {

Report slices_report(const ReportContext& context);

}  // namespace assay::testing
