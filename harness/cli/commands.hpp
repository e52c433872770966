// One function per command: options in, exit code out. Answers go to standard output, talk to standard error.
#pragma once

#include <vector>

#include "cli/options.hpp"

namespace assay {
int demo_command(const Options& options);
int plan_command(const Options& options);
int run_command(const Options& options);
int import_command(const Options& options);
int replay_command(const Options& options);
int report_command(const Options& options);
int gate_command(const Options& options);
int accept_command(const Options& options);
int explain_command(const Options& options);
int diff_command(const Options& options);
int fingerprint_command(const Options& options);
int trainer_command(const Options& options);
int archive_command(const Options& options);
int sign_command(const Options& options);
int verify_command(const Options& options);
int init_command(const Options& options);
int doctor_command(const Options& options);

// All of them, in the order of the overview.
const std::vector<Command>& commands();
}  // namespace assay
