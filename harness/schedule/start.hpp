// Of start_process and the keeper alone: what a child needs, made before the fork, because between fork and exec only
// system calls are safe.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "schedule/process.hpp"

namespace assay {

struct PreparedStart {
    std::vector<std::string> words, variables;
    std::vector<char*> argv, envp;  // into them
    std::string program;            // found in the PATH of the environment

    explicit PreparedStart(const ProcessStart& start);
    PreparedStart(const PreparedStart&) = delete;
    PreparedStart& operator=(const PreparedStart&) = delete;
};

// In the child: a process group of its own, killed when `parent` dies, signals as a fresh process has them; then the
// program. Status 127 when it cannot be started.
[[noreturn]] void become(const PreparedStart& prepared, const ProcessStart& start, pid_t parent);

// Error R0101 (exit 74): the system has no room for a process.
[[noreturn]] void no_process();

}  // namespace assay
