// Two runs, and two audits, of a store.
#pragma once

#include "archive/store.hpp"
#include "cli/comparison.hpp"
#include "cli/sides.hpp"
#include "core/predictions.hpp"

namespace assay {

// What was asked, where it ran, what came of it, and the first step in which the two part.
std::vector<ComparisonSection> run_sections(const Store& store, const RunRecord& a, const RunRecord& b);

// The specs, the trainers, and each run that stands in both: same bits, or how far apart.
std::vector<ComparisonSection> audit_sections(const Store& store, const AuditSide& a, const AuditSide& b);

// What a run recorded of its environment: the documents that its trainer left, the versions that it reported, and the
// hardware that its libraries spoke for.
Fingerprint run_environment(const Store& store, const RunRecord& record);

// The answers of a run, when they can be read.
std::optional<Predictions> stored_predictions(const Store& store, const RunRecord& record);

}  // namespace assay
