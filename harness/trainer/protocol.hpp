// The trainer protocol, version 1: how the harness hands a run to any training command, and what it reads back.
//
// In: the environment variables below and one file, run.json, whose path is in ASSAY_CONFIG. stdin is closed;
// the working directory is the spec's folder; the process leads a process group of its own.
// Out, in the folder ASSAY_OUT, each file written as name.tmp and renamed:
//   predictions.npy     compulsory: [N, C], probabilities of the same held-out inputs in the same order in every run;
//                       other files and other answers: core/answers.hpp
//   labels.npy          integers [N], the true labels                                    (optional)
//   ids.txt             an id for each row, one a line                                   (optional)
//   weights.safetensors the trained weights, digested per tensor                         (optional)
//   steps.npy           uint64 [steps + 1, 8]: XXH3-128 (high, low) of weights, optimiser state, batch indices and
//                       random keys; row 0 after initialisation, row s after step s     (optional)
//   effective.json      {"hardware":{name: what the library reports}}: a hardware level counts as forced only when
//                       it stands here and equals what was asked                       (built-in trainers: compulsory)
//   versions.json       library -> version                                              (optional)
//   metrics.json        flat name -> number                                             (optional)
//   progress.jsonl      lines {"step":3,"of":10}                                        (optional)
//   run_id              text: must be ASSAY_RUN_ID when it is there                     (optional)
//   failure             text shown as the reason of a failed run                        (optional)
// Exit codes: 0 read the results; 75 again, please; 125 this combination makes no sense; else failed.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/json.hpp"
#include "core/run.hpp"

namespace assay {

inline constexpr int k_protocol_version = 1;
inline constexpr int k_exit_again = 75;
inline constexpr int k_exit_skip = 125;

// One run as it is handed to a trainer.
struct TrainerInput {
    std::string run_id;  // "013"
    std::string audit;   // audit id, 64 hex digits; empty for a lone run
    int attempt = 0;
    RunRequest request;
    std::filesystem::path out;  // absolute; exists and is empty
};

// {"protocol":1,"run_id":"013","audit":..,"attempt":0,"out":..,"params":{..},"seeds":{"master":"123",..},"seeds are
//  decimal strings","hardware":{"threads":1,..},"replicate":0}
Json run_json(const TrainerInput& input);
TrainerInput parse_run_json(const Json& json);  // Error P0101 (exit 2) naming what is missing

// ASSAY_PROTOCOL, ASSAY_CONFIG, ASSAY_OUT, ASSAY_RUN_ID, ASSAY_ATTEMPT, ASSAY_SEED, ASSAY_SEED_INIT, ...,
// ASSAY_PARAM_LR, ..., ASSAY_PARAMS, and ASSAY_DEVICE, ASSAY_THREADS, ASSAY_DETERMINISTIC where asked.
std::map<std::string, std::string> protocol_variables(const TrainerInput& input, const std::filesystem::path& config);

}  // namespace assay
