// Runs what is missing of a plan, durably: every finished run is in the store before the next event.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/store.hpp"
#include "core/plan.hpp"
#include "spec/spec.hpp"
#include "trainer/own_progress.hpp"
#include "trainer/results.hpp"

namespace assay {

class ServerPool;

struct ExecuteOptions {
    int jobs = 0;               // slots; 0: as many as cores
    std::size_t limit = 0;      // start at most this many runs; 0: all
    double budget_s = 0;        // start no run after this; 0: none
    bool retry_failed = false;  // run again what failed or timed out (never what diverged)
    bool fail_fast = false;
    bool cold = false;                        // never use the warm server
    double grace_s = 15;                      // between SIGTERM and SIGKILL
    std::filesystem::path trainer_directory;  // where assay-torch and assay-synthetic are
    std::filesystem::path scratch;            // run folders; kept for failed runs
    std::shared_ptr<ServerPool> servers;      // warm servers that are loaded already; none: execute starts its own
    std::vector<int> order;                   // indices into Plan::runs, each once; empty: the plan's own
    std::function<bool()> enough;             // asked at first, and after runs were kept: to start no more
};

struct RunEvent {
    enum class Kind { started, reached, finished, tick, interrupted } kind = Kind::tick;
    int index = 0;                      // into Plan::runs
    const RunRecord* record = nullptr;  // finished only
    Reached reached = {};               // reached only: how far it says that it is
};

struct ExecuteSummary {
    std::size_t planned = 0, reused = 0, executed = 0, failed = 0;  // failed: failed or timed out, now or before
    bool stopped_early = false;  // limit or budget; a failure under fail_fast is no such stop
    bool enough = false;         // the options said so
    std::size_t servers = 0;     // warm servers started, those of the options included
    int signal = 0;              // SIGINT or SIGTERM, if one ended it
    double training_s = 0;       // sum of the wall times of the runs executed now
    double wall_s = 0;
};

// Every event is delivered on the calling thread, after the run is durable. The first SIGINT ends the starting of runs
// and waits for the running ones; a second one, or SIGTERM, ends the trainers too (their runs are not kept).
// Error R0301 (exit 75) when another process executes this audit on this machine.
ExecuteSummary execute(const Plan& plan, const AuditSpec& spec, Store& store, const ExecuteOptions& options,
                       const std::function<void(const RunEvent&)>& on_event);

// One run of the plan again, in a fresh process, without the store: for `assay replay`. Its files by member name. What
// is `expected` of it is what the store knows of other runs.
struct LoneRun {
    RunRecord record;
    std::map<std::string, std::string> files;
};
LoneRun run_once(const Plan& plan, const AuditSpec& spec, int run_index, const ExecuteOptions& options,
                 const std::filesystem::path& folder, const Expected& expected = {});

}  // namespace assay
