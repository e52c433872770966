// One process under a keeper, with what it prints: a training, or what a spec has done with the trained model.
#pragma once

#include <optional>
#include <string>

#include "schedule/process.hpp"

namespace assay {

class KeptProcess {
public:
    KeptProcess() = default;  // none
    // Standard output and error go into one bounded log. Errors as start_process.
    explicit KeptProcess(ProcessStart start);
    ~KeptProcess();  // kills what still runs
    KeptProcess(const KeptProcess&) = delete;
    KeptProcess& operator=(const KeptProcess&) = delete;
    KeptProcess(KeptProcess&& other) noexcept;
    KeptProcess& operator=(KeptProcess&& other) noexcept;

    bool runs() const { return keeper_ > 0; }
    int fd() const { return output_.read_end; }  // readable when it printed something; -1: closed
    // Takes what was printed, without waiting and at most 4 MiB, so that a flood keeps nobody waiting; the wait status
    // once it has ended and nothing of it is left.
    std::optional<int> look();
    void ask_to_end();      // SIGTERM to its process group
    void end_everything();  // SIGKILL to it and to all that it started
    const BoundedLog& log() const { return log_; }
    // What was printed since this was asked last; of a flood its end.
    std::string take_recent();

private:
    void drain();
    void stop();
    pid_t keeper_ = 0;
    Pipe output_;
    BoundedLog log_;
    std::string recent_;
};

}  // namespace assay
