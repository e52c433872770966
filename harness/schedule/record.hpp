// How a trainer ended, as a record.
#pragma once

#include <optional>
#include <string>

#include "archive/store.hpp"
#include "core/run.hpp"
#include "schedule/run_folder.hpp"
#include "trainer/results.hpp"

namespace assay {

struct Ending {
    int wait_status = 0;
    Overrun overrun = Overrun::none;  // the limit at which it was stopped
    double wall_s = 0;
    std::string started;  // UTC, ISO 8601
    std::string log;
    std::string lost;  // why there is no status: the warm server died; else empty
    int restarts = 0;  // after exit 75
};

// Exit 75. A training that was stopped at a limit has had its time, whatever it says.
bool asks_again(int wait_status, Overrun overrun);

// Why a process did not end well, in one line, its own words if it left some; `who` it is: "the trainer".
std::string failure_reason(const RunFolder& folder, const AuditSpec& spec, const Ending& ending,
                           const std::string& who);
ResultNames result_names(const AuditSpec& spec);

// Reads the results of a trainer that ended well; any other end is the reason. `files` are the members' bytes, with
// log.txt.
struct FinishedRun {
    RunRecord record;
    std::map<std::string, std::string> files;
};
FinishedRun finish_run(const RunFolder& folder, const AuditSpec& spec, const Ending& ending, const Expected& expected);

// As learn(expected, files), of a completed run that is in the store.
void learn(Expected& expected, const Store& store, const RunRecord& record);

std::string utc_now();

}  // namespace assay
