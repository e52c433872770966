// One judgement, for assay gate, assay accept and assay run --gate.
#pragma once

#include "cli/gate_audit.hpp"
#include "core/gate_report.hpp"

namespace assay {

GateReport judge(const Store& store, const GateAudit& audit, const Options& options);
GateReport judge(const Store& store, const GateAudit& audit, const GateBaseline& baseline, const Options& options);

}  // namespace assay
