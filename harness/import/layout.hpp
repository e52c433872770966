// From rows to a plan: what varies, what repeats, which design it is.
#pragma once

#include <string>
#include <vector>

#include "core/plan.hpp"
#include "import/rows.hpp"

namespace assay {

// Requests without a trainer. Rows that fit no plan go to `problems`: I0109 repeats, I0110 nothing varies.
// Precondition: every row has a level of every factor column.
Plan plan_of_rows(const std::vector<Column>& columns, const std::vector<TableRow>& rows, Problems& problems);

}  // namespace assay
