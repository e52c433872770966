#include "schedule/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "base/error.hpp"
#include "base/text.hpp"
#include "schedule/start.hpp"

namespace assay {
namespace {

std::string find_program(const ProcessStart& start) {
    const std::string& name = start.argv.front();
    if (name.find('/') != std::string::npos) return name;
    const auto path = start.environment.find("PATH");
    for (const std::string& folder : split(path == start.environment.end() ? "/usr/bin:/bin" : path->second, ':')) {
        const std::string candidate = folder + "/" + name;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    }
    return name;
}

[[noreturn]] void die(const char* what, const char* name) {
    const char* const reason = std::strerror(errno);
    for (const char* part : {"assay: cannot ", what, " ", name, ": ", reason, "\n"}) {
        if (::write(2, part, std::strlen(part)) < 0) break;
    }
    ::_exit(127);
}

}  // namespace

PreparedStart::PreparedStart(const ProcessStart& start) : words(start.argv), program(find_program(start)) {
    for (const auto& [name, value] : start.environment) variables.push_back(name + "=" + value);
    for (std::string& word : words) argv.push_back(word.data());
    for (std::string& variable : variables) envp.push_back(variable.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
}

void become(const PreparedStart& prepared, const ProcessStart& start, pid_t parent) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent died before prctl
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGXFSZ}) ::signal(signal, SIG_DFL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(start.stdin_fd >= 0 ? start.stdin_fd : null, 0);
    ::dup2(start.stdout_fd >= 0 ? start.stdout_fd : null, 1);
    ::dup2(start.stderr_fd >= 0 ? start.stderr_fd : null, 2);
    if (!start.directory.empty() && ::chdir(start.directory.c_str()) != 0) die("work in", start.directory.c_str());
    ::execve(prepared.program.c_str(), prepared.argv.data(), prepared.envp.data());
    die("start", prepared.program.c_str());
}

void no_process() {
    throw Error("R0101", Exit::unreadable, std::string("cannot start a process: ") + std::strerror(errno),
                "free memory or raise the limit of processes; what is stored is safe");
}

pid_t start_process(const ProcessStart& start) {
    const PreparedStart prepared(start);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) become(prepared, start, parent);
    if (child < 0) no_process();
    ::setpgid(child, child);  // in both, whoever is first
    return child;
}

Pipe make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        throw Error("R0101", Exit::unreadable, std::string("cannot make a pipe: ") + std::strerror(errno));
    }
    return {ends[0], ends[1]};
}

void close_fd(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
}

void signal_group(pid_t leader, int signal) {
    if (leader > 1) ::kill(-leader, signal);
}

std::string status_text(int wait_status) {
    if (WIFEXITED(wait_status)) return "exit " + std::to_string(WEXITSTATUS(wait_status));
    const int signal = WTERMSIG(wait_status);
    return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
}

void BoundedLog::append(std::string_view bytes) {
    total_ += bytes.size();
    const std::size_t room = k_part - std::min(k_part, head_.size());
    head_ += bytes.substr(0, room);
    bytes.remove_prefix(std::min(room, bytes.size()));
    tail_ += bytes;
    if (tail_.size() > 2 * k_part) tail_.erase(0, tail_.size() - k_part);
}

std::string BoundedLog::text() const {
    const std::string_view kept = std::string_view(tail_).substr(tail_.size() > k_part ? tail_.size() - k_part : 0);
    const std::size_t left_out = total_ - head_.size() - kept.size();
    if (left_out == 0) return head_ + std::string(kept);
    return head_ + "\n[... " + std::to_string(left_out) + " bytes left out by assay ...]\n" + std::string(kept);
}

std::string last_line(const std::string& log) {
    const auto lines = split_lines(std::string_view(log).substr(log.size() > 4096 ? log.size() - 4096 : 0));
    for (auto it = lines.rbegin(); it != lines.rend(); ++it) {
        if (it->find_first_not_of(" \t") != std::string::npos) return *it;
    }
    return "";
}

std::map<std::string, std::string> kept_environment(const std::vector<std::string>& more) {
    std::vector<std::string> names = {"PATH",        "HOME",         "USER",   "LANG",      "LD_LIBRARY_PATH",
                                      "VIRTUAL_ENV", "CONDA_PREFIX", "TMPDIR", "ASSAY_DATA"};
    names.insert(names.end(), more.begin(), more.end());
    std::map<std::string, std::string> kept;
    for (const std::string& name : names) {
        if (const char* value = std::getenv(name.c_str())) kept[name] = value;
    }
    return kept;
}

}  // namespace assay
