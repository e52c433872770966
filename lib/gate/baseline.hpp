// The baseline of a gate: which stored runs are the yardstick, and what they showed when a person accepted them. Kept
// as assay.baseline.json beside the spec, in version control: small, a fact a line, so that a diff reads well. A value
// and its text; no I/O.
//
//   {"accepted": "2026-11-28T18:40:00Z",              UTC
//    "audit": sha256,                                 of the accepted runs' plan, in the store
//    "digest": sha256,                                of the canonical JSON of all other members: an edit shows
//    "environment": {"cpu.model": "...", ...},        identity fields of the first run's environment, as texts
//    "environments": {id: ["001", "002"], ...},       runs by the id of their environment; "unknown" for none
//    "figures": {"accuracy": {"high": .., "low": .., "text": "97.1%", "value": ..}, ...},     by rule, null for none
//    "name": "gate_release",                          of the audit
//    "runs": {"001": sha256, ...},                    by number: run ids
//    "schema": "assay/baseline/1",
//    "spec": sha256,                                  of the resolved spec
//    "tool": "assay 0.1.0"}
//
// Limits: 1 MiB, 10,000 runs. Errors G0301 to G0305 say what is wrong: each ends the gate, none lets it pass.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "core/evidence.hpp"

namespace assay {

struct BaselineFigure {
    std::string text;  // as a person reads it: "8.4% [6.5, 10.4]", "identical"
    std::optional<double> value;
    std::optional<Interval> interval;
    friend bool operator==(const BaselineFigure&, const BaselineFigure&) = default;
};

struct Baseline {
    std::string name;                                              // of the audit
    std::string audit;                                             // id
    std::string spec;                                              // digest of the resolved spec
    std::string accepted;                                          // UTC, ISO 8601
    std::string tool;                                              // "assay 0.1.0"
    std::map<std::string, std::string> runs;                       // "001" -> run id
    std::map<std::string, std::string> environment;                // identity fields of the first run's environment
    std::map<std::string, std::vector<std::string>> environments;  // environment id -> numbers of runs
    std::map<std::string, BaselineFigure> figures;                 // by rule
    friend bool operator==(const Baseline&, const Baseline&) = default;
};

inline constexpr std::string_view k_baseline_schema = "assay/baseline/1";
inline constexpr std::string_view k_baseline_file = "assay.baseline.json";
inline constexpr std::size_t k_baseline_bytes = std::size_t{1} << 20;
inline constexpr std::string_view k_unknown_environment = "unknown";

// The whole file. Equal baselines give equal bytes.
std::string baseline_text(const Baseline& baseline);

// `source`: the file's name, for messages. Line ends and blanks may differ from what baseline_text writes; no fact may.
//   G0301 (74) no JSON, with the place; a merge conflict is named as one
//   G0302 (74) JSON that is no baseline, or lacks a member
//   G0303 (74) of a newer assay
//   G0304 (74) its digest does not fit: edited by hand or damaged
Baseline parse_baseline(std::string_view text, std::string_view source);

// Error G0305 (2) when the baseline is of an audit with another name.
void check_baseline_of(const Baseline& baseline, const std::string& name, std::string_view source);

}  // namespace assay
