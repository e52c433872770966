// What the commands share: from a spec or a stored audit to runs and a report.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/attribute.hpp"
#include "archive/store.hpp"
#include "cli/options.hpp"
#include "core/input_table.hpp"
#include "core/plan.hpp"
#include "core/report.hpp"
#include "schedule/execute.hpp"
#include "spec/spec.hpp"

namespace assay {

// A spec as it was read; `path` is absolute, and names the folder in which a training command runs.
struct SpecSource {
    std::string text;
    std::filesystem::path path;
};

struct Audit {
    AuditSpec spec;
    Plan plan;
    ExecuteOptions execution;          // with the servers that were asked
    std::optional<InputTable> inputs;  // what plan.inputs refers to
};

std::filesystem::path store_path(const Options& options);
// For commands that only read. Error U0107 (exit 5) where there is nothing yet, A0002 (74) where something else is.
Store open_store(const Options& options);
// <store>/work: folders of running and failed runs, and what only this machine knows of an audit. Safe to delete.
std::filesystem::path work_path(const Options& options, const Plan& plan);
ExecuteOptions execute_options(const Options& options);

// The spec named by the arguments, or the one that stands for a command after `--`. Error U0106 when neither is there.
SpecSource requested_spec(const Options& options);
// Plans the spec for the trainers of this machine. Error S0301 (exit 2) names every level that this machine cannot
// provide; for libtorch trainers the libraries themselves were asked, in one short process for each environment.
Audit prepare_audit(const SpecSource& source, const Options& options);

// Stored audits by reference: "last", "last~2", the beginning of an id (4 digits or more), a name. Error U0107 (exit 2)
// lists what there is.
std::string resolve_audit(const Store& store, const std::string& reference);

// For each planned run what the store has. Error A0106 (exit 74) when two runs were judged on different labels.
struct StoredRuns {
    std::vector<RunData> runs;                        // runs[i] belongs to plan.runs[i]
    std::optional<std::vector<std::int64_t>> labels;  // true labels of the held-out inputs
    std::size_t stored = 0;                           // runs with a record
    std::size_t failed = 0;                           // of these: failed or timed out
};
// The runs that speak for the plan's requests today.
StoredRuns load_runs(const Store& store, const Plan& plan);
// These runs and no others: a later attempt at the same request does not take a run's place.
StoredRuns load_runs(const Store& store, const Plan& plan, std::vector<StoredRun> runs);

// Writes the report as the options ask (terminal text or JSON, standard output or a file). Returns yes; usage when it
// holds an error (a seed stream that the trainer does not read); incomplete when runs failed or are missing, but for
// those that a gate did without (`enough`); nothing when the trainer skipped them all.
Exit show_report(const Store& store, const Plan& plan, const Options& options, bool enough = false);

}  // namespace assay
