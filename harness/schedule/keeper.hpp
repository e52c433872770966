// A keeper: a small process between assay and a trainer. Whatever a trainer starts, also what has left its process
// group or was handed to init (a daemon), belongs to the keeper (PR_SET_CHILD_SUBREAPER) and is killed when the trainer
// ends, when it is told to, or when assay dies, also by kill -9. Only what the trainer may not be killed for (a program
// of another user, by sudo) outlives it.
#pragma once

#include <sys/types.h>

#include "schedule/process.hpp"

namespace assay {

// Starts the trainer under a keeper of its own. The keeper ends when nothing of the trainer runs any more, with the
// trainer's own wait status. Errors as start_process.
pid_t start_kept(const ProcessStart& start);

// To a keeper that has not been waited for: SIGTERM to the trainer's process group; SIGKILL to all that it started.
void ask_to_end(pid_t keeper);
void end_everything(pid_t keeper);

}  // namespace assay
