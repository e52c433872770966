// Child processes: started with exactly the environment given, in a process group of their own, their output kept
// within bounds, nothing of them left running.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct ProcessStart {
    std::vector<std::string> argv;                   // argv[0] is looked up in the PATH of `environment`
    std::map<std::string, std::string> environment;  // all of it
    std::filesystem::path directory;                 // empty: here
    int stdin_fd = -1;                               // -1: /dev/null
    int stdout_fd = -1;                              // given to the child, closed by the caller
    int stderr_fd = -1;
};

// Starts it; the child is killed when this process dies, also by kill -9. Error R0101 (exit 74) when the system has no
// room for a process; a program that does not exist ends with status 127 and says so on its stderr.
pid_t start_process(const ProcessStart& start);

// A pipe whose ends are not inherited by other children.
struct Pipe {
    int read_end = -1, write_end = -1;
};
Pipe make_pipe();
void close_fd(int& fd);

// Sends a signal to the group of a child; nothing happens when it is gone.
void signal_group(pid_t leader, int signal);

// "exit 3", "signal 9 (Killed)".
std::string status_text(int wait_status);

// The first and the last MiB of a stream of any length.
class BoundedLog {
public:
    static constexpr std::size_t k_part = std::size_t{1} << 20;
    void append(std::string_view bytes);
    std::string text() const;  // with a line that says how much was left out
private:
    std::string head_, tail_;
    std::size_t total_ = 0;
};

// The last line with something on it.
std::string last_line(const std::string& log);

// Name=value pairs of this process that a child keeps: PATH HOME USER LANG LD_LIBRARY_PATH VIRTUAL_ENV CONDA_PREFIX
// TMPDIR ASSAY_DATA, and `more`.
std::map<std::string, std::string> kept_environment(const std::vector<std::string>& more = {});

}  // namespace assay
