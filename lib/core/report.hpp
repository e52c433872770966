// One value from which every report format is written.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "core/attribution.hpp"
#include "core/factor.hpp"

namespace assay {

struct ReportRun {
    std::string label;  // "013"
    std::string cell;   // "lr=0.1 init=1"
    Outcome outcome = Outcome::missing;
    std::string reason;  // empty for completed runs
    std::optional<double> accuracy;
    std::string predictions;  // SHA-256; empty where there are none
    std::string weights;      // SHA-256 of the tensor table; empty where there is none
    bool replay = false;
};

struct FailedRun {
    std::string label, cell, reason;
    std::vector<std::string> log_tail;  // the last lines of what it printed
    std::string reproduce;              // a command that does it again by hand
};

// What makes figures of this report unbelievable: exit code 2, though the report is there.
struct ReportError {
    std::string flag;    // "SEED_NOT_WIRED"
    std::string code;    // "D0107"
    std::string factor;  // "seed.dropout"
    std::string message, got, expected, help;
};

// The name of an audit that was asked for as a command, without a spec: assay run -- CMD.
inline constexpr const char* k_command_audit = "command";
// Where a command looks for runs when nobody says otherwise.
inline constexpr const char* k_default_store = ".assay";

// The only part that may differ between two reports of the same runs.
struct ReportContext {
    std::string generated;  // UTC, ISO 8601
    std::string host;
    std::string store;
    std::string tool;                                // "assay 0.1.0"
    double training_s = 0;                           // sum of the runs' wall times
    bool enough = false;                             // a gate is decided: what is missing is not wanted
    std::map<std::string, std::string> places = {};  // factor -> where the spec names it: "study.yaml:9:5"
};

struct Report {
    std::string name;
    std::string audit;   // id, 64 hex digits
    std::string design;  // "every combination", "4 blocks of 2 seeds a stream, crossed", "seeds side by side"
    std::uint64_t root_seed = 1;
    std::vector<Factor> factors;
    std::size_t planned = 0, stored = 0;  // runs
    std::vector<ReportError> errors;
    std::vector<std::string> lead;  // the answer in sentences, made from the figures below
    Attribution attribution;
    std::vector<ReportRun> runs;
    std::vector<FailedRun> failed;
    Json trainer;                          // identity
    Json pinned;                           // hardware held at one value
    Json versions;                         // library -> version, of the first run that said
    std::vector<std::string> next;         // what to do now
    std::vector<std::string> assumptions;  // what the figures rest on
    ReportContext context;
};

}  // namespace assay
