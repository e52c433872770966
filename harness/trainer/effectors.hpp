// The table of hardware knobs: for each factor its levels, the variables that force a level, and how a trainer
// verifies that it took hold. Libraries read these variables once, at process start, so a level is a process.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace assay {

struct Effector {
    std::string name;         // "isa"
    std::string levels;       // for people: "baseline, avx2, avx512"
    std::string verified_by;  // "at::show_config(), dnnl_get_effective_cpu_isa(), openblas_get_corename()"
    std::string acts_on;      // one line for `plan`
};
// device threads isa blas onednn deterministic tf32 flush_denormals
const std::vector<Effector>& effectors();
const Effector* find_effector(const std::string& name);

// Checks type and range of a level; the text of what is wrong, or nothing.
std::optional<std::string> level_problem(const std::string& effector, const Json& level);

// The variables for a run's hardware block; all levels of a factor set the same names. `isa` sets
// OPENBLAS_CORETYPE and the oneDNN variables only where `blas` and `onednn` are not named themselves.
// Always set as well: OMP_WAIT_POLICY=passive where threads > 1, TZ=UTC, LC_ALL=C.UTF-8.
std::map<std::string, std::string> hardware_variables(const Json& hardware);

// What this machine has, read without starting anything: /proc/cpuinfo flags, cores allowed, NVIDIA devices.
struct MachineCapabilities {
    std::vector<std::string> cpu_flags;  // sorted
    std::string cpu_model;
    int cores = 1;
    int cuda_devices = 0;
};
MachineCapabilities read_machine();

// Why this machine cannot provide the level ("this CPU has no avx512f"), or nothing.
std::optional<std::string> refusal(const std::string& effector, const Json& level, const Json& hardware,
                                   const MachineCapabilities& machine);

// Differences between what was asked and what the trainer's libraries reported: one line each, empty when all
// reported levels agree. Levels without a report are listed in `unverified`.
struct Verification {
    std::vector<std::string> contradictions;
    std::vector<std::string> unverified;
};
Verification verify_hardware(const Json& requested, const Json& effective);

}  // namespace assay
