// What a gate judges: a spec with rules, the stored runs of it, and the baseline's. Reads only; starts nothing.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/audit.hpp"
#include "core/verdict.hpp"
#include "gate/baseline.hpp"
#include "gate/decide.hpp"

namespace assay {

struct GateAudit {
    AuditSpec spec;  // as the file is now
    std::string id;  // the stored audit of it
    GateSide side;
    StoredRuns stored;
};

// The argument is a spec's file or a stored audit (whose spec this machine knows); without one assay.yaml, else the
// last audit. Errors: G0101 (2) no spec, or one without rules; G0102 (4) nothing is stored of the spec as it is now, or
// the files that its command reads have changed since.
GateAudit gate_audit(const Store& store, const Options& options);
// Error G0101 (2) when the spec has no rules.
void check_rules(const AuditSpec& spec);
// An audit that ran a moment ago.
GateAudit gate_audit_of(const Store& store, AuditSpec spec, const Plan& plan);

struct GateBaseline {
    std::filesystem::path path;
    std::optional<Baseline> accepted;  // nothing: there is no such file
    std::string digest;                // SHA-256 of the file as it was read
    std::optional<BaselineFacts> facts;
    std::optional<GateSide> side;      // nothing: its runs are not in this store
    std::vector<std::string> changes;  // of parameters and files since then: "lr 0.001 -> 0.1", "train.py"
    std::vector<std::string> notes;
};
std::filesystem::path baseline_path(const AuditSpec& spec, const Options& options);
// Errors G0301 to G0305 of the file; G0306 (2) where --baseline names none; those of a damaged store.
GateBaseline load_baseline(const Store& store, const GateAudit& audit, const Options& options);

// Identity fields of the environment of a run, as texts. Kernels and variables are left out: a hardware factor sets
// them.
std::map<std::string, std::string> identity_fields(const Store& store, const RunRecord& record);
// Digest of them; "" where there are none.
std::string identity_id(const std::map<std::string, std::string>& fields);
std::string spec_digest(const Plan& plan);  // of the resolved spec, which holds no limits

// Seed by seed where the options say so (gate/sequence.hpp), else all runs at once.
Verdict decide_gate(const GateAudit& audit, const GateBaseline& baseline, const Store& store, const Options& options);
// Error G0105 (2): the plan has no seeds side by side, so that none can come after another.
void check_sequence(const Plan& plan);

}  // namespace assay
