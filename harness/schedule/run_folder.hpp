// The folder of one run on this machine, and how its trainer is started.
//
//   run.json         what the trainer reads (ASSAY_CONFIG)
//   parameters.json  the parameters alone (${args_json_file})
//   run.sh           does the same by hand: directory, environment and command, complete
//   out/             what the trainer writes (ASSAY_OUT)
//   log.txt          standard output and error of a warm run
//
//   reload/          run.json and out/ of trainer.predict, where the spec has one
//
// and beside it, where the spec says `checkpoints: true`, RUN.checkpoints (ASSAY_CHECKPOINT_DIR): what a training keeps
// for its next attempt.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/plan.hpp"
#include "schedule/execute.hpp"
#include "schedule/limits.hpp"
#include "schedule/process.hpp"
#include "spec/spec.hpp"
#include "trainer/protocol.hpp"

namespace assay {

struct RunFolder {
    std::filesystem::path path;
    std::filesystem::path checkpoints;  // empty: none
    TrainerInput input;
    ProcessStart start;                         // cold
    std::map<std::string, std::string> shared;  // variables of the libraries: one server for each set of them
    std::map<std::string, std::string> own;     // ASSAY_*: this run's alone
};

// Makes the folder anew, whatever was there, but for the checkpoints. Error F0001 (exit 74) when it cannot be written.
RunFolder make_run_folder(const std::filesystem::path& path, const AuditSpec& spec, const PlannedRun& run,
                          const std::string& label, const std::string& audit, int attempt,
                          const ExecuteOptions& options);

std::filesystem::path checkpoint_folder(const std::filesystem::path& run_folder);
Limits limits_of(const AuditSpec& spec, const ExecuteOptions& options);

// Without syncing: after a crash of the machine the folder is made anew. Error F0001 (exit 74).
void write_scratch(const std::filesystem::path& path, const std::string& text);
// Writes run.sh: kept for runs that failed.
void write_script(const RunFolder& folder);

// The built-in trainer's executable, or the first word of the command.
std::vector<std::string> trainer_command(const AuditSpec& spec, const ExecuteOptions& options);
// Where a training command runs: the spec's folder, or here.
std::filesystem::path trainer_directory(const AuditSpec& spec);
// Variables of a run but ASSAY_*: kept ones, the spec's, the hardware's, the factors'.
std::map<std::string, std::string> shared_variables(const AuditSpec& spec, const RunRequest& request);

}  // namespace assay
