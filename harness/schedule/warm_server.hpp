// The client's side of warm mode: one preloaded fork server for each set of library variables
// (harness/trainer/README.md).
//
//   to the server    {"run":"013","env":{"ASSAY_CONFIG":..},"log":"/path/log.txt"}
//                    {"run":"probe","env":{},"log":..,"probe":{"isa":"avx2"},"data":["mnist"]}  a question, see
//                    identity
//   from the server  {"ready":true}   {"started":"013","pid":4711}   {"finished":"013","status":0}
//
// Libraries read their variables once, at process start, so a server serves one environment. It forks a child for each
// run; end of input ends it when its children have.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "schedule/process.hpp"

namespace assay {

class WarmServer {
public:
    // Error R0101 when it cannot be started. `command` gets --serve.
    WarmServer(std::vector<std::string> command, const std::map<std::string, std::string>& environment,
               const std::filesystem::path& directory);
    ~WarmServer();  // ends it
    WarmServer(const WarmServer&) = delete;
    WarmServer& operator=(const WarmServer&) = delete;

    void start(const std::string& run, const std::map<std::string, std::string>& environment,
               const std::filesystem::path& log, Json::Object more = {});

    // Reads what is there, without waiting. Finished runs and their wait status; `dead` is set when the server is gone
    // or talks nonsense.
    struct Finished {
        std::string run;
        int wait_status = 0;
    };
    std::vector<Finished> read_answers();
    bool dead() const { return dead_; }
    std::string log() const;  // the last of what the server itself printed
    // Ends it and what it runs, if it still lives; the wait status of the server.
    int end();
    int fd() const { return from_.read_end; }
    // To the run's process group; a run that has not begun yet gets the last such signal as soon as it has.
    void signal_run(const std::string& run, int signal);

private:
    void take_line(const std::string& line, std::vector<Finished>& finished);
    pid_t pid_ = 0;  // 0: ended
    int wait_status_ = 0;
    Pipe to_, from_;
    int log_ = -1;  // in memory
    std::string buffer_;
    struct Child {
        pid_t pid = 0;     // 0: asked for, not begun
        int awaiting = 0;  // the signal that it gets when it begins
    };
    std::map<std::string, Child> running_;
    bool dead_ = false;
};

}  // namespace assay
