// Audits with numbers, made up and then analysed: no BLAS has a part in the figures.
#pragma once

#include "lib/analysis/audit_builder.hpp"

namespace assay::testing {

Audit scored_audit();         // answers, labels, and two numbers that the trainer reports
Audit numbers_audit();        // numbers alone: a rate, a machine, seeds crossed with both
Audit equal_numbers_audit();  // the same number everywhere
Audit one_seed_audit();
Audit own_seeds_audit();  // three levels, each with seeds of its own

}  // namespace assay::testing
