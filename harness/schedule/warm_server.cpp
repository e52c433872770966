#include "schedule/warm_server.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "base/error.hpp"
#include "base/json.hpp"

namespace assay {
namespace {
constexpr std::size_t k_answer_limit = 1U << 20;
constexpr off_t k_log_limit = 1U << 16;
}  // namespace

WarmServer::WarmServer(std::vector<std::string> command, const std::map<std::string, std::string>& environment,
                       const std::filesystem::path& directory) {
    to_ = make_pipe();
    from_ = make_pipe();
    log_ = ::memfd_create("server", MFD_CLOEXEC);
    command.emplace_back("--serve");
    pid_ = start_process({std::move(command), environment, directory, to_.read_end, from_.write_end, log_});
    close_fd(to_.read_end);
    close_fd(from_.write_end);
    ::fcntl(from_.read_end, F_SETFL, O_NONBLOCK);
}

WarmServer::~WarmServer() {
    end();
    close_fd(to_.write_end);
    close_fd(from_.read_end);
    close_fd(log_);
}

// A process that is ending already keeps its own wait status.
int WarmServer::end() {
    if (pid_ == 0) return wait_status_;
    for (const auto& [run, child] : running_) signal_group(child.pid, SIGKILL);
    signal_group(pid_, SIGKILL);
    while (::waitpid(pid_, &wait_status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    dead_ = true;
    return wait_status_;
}

void WarmServer::start(const std::string& run, const std::map<std::string, std::string>& environment,
                       const std::filesystem::path& log, Json::Object more) {
    Json::Object variables;
    for (const auto& [name, value] : environment) variables.emplace(name, value);
    more["run"] = run;
    more["env"] = std::move(variables);
    more["log"] = log.string();
    const std::string line = canonical_json(std::move(more)) + "\n";
    running_[run] = {};
    // A request fits the pipe's buffer many times over; SIGPIPE is ignored while runs are executed.
    if (::write(to_.write_end, line.data(), line.size()) != static_cast<ssize_t>(line.size())) dead_ = true;
}

std::string WarmServer::log() const {
    const off_t size = ::lseek(log_, 0, SEEK_END);
    std::string text(static_cast<std::size_t>(k_log_limit), '\0');
    const ssize_t got = ::pread(log_, text.data(), text.size(), std::max(off_t{0}, size - k_log_limit));
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

void WarmServer::take_line(const std::string& line, std::vector<Finished>& finished) {
    const Json answer = parse_json(line, "answer of the warm server");
    if (const Json* run = answer.find("started")) {
        const auto it = running_.find(run->as_string());
        if (it == running_.end()) return;
        it->second.pid = static_cast<pid_t>(answer.at("pid").as_integer());
        if (it->second.awaiting != 0) signal_group(it->second.pid, it->second.awaiting);
    } else if (const Json* done = answer.find("finished")) {
        running_.erase(done->as_string());
        finished.push_back({done->as_string(), static_cast<int>(answer.at("status").as_integer())});
    } else {
        answer.at("ready");
    }
}

std::vector<WarmServer::Finished> WarmServer::read_answers() {
    std::vector<Finished> finished;
    std::array<char, 65536> bytes;
    for (;;) {
        const ssize_t got = ::read(from_.read_end, bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) break;
        if (got <= 0 || buffer_.size() > k_answer_limit) {
            dead_ = true;
            break;
        }
        buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    }
    try {
        for (std::size_t end = buffer_.find('\n'); end != std::string::npos; end = buffer_.find('\n')) {
            take_line(buffer_.substr(0, end), finished);
            buffer_.erase(0, end + 1);
        }
    } catch (const Error&) {
        dead_ = true;
    }
    return finished;
}

void WarmServer::signal_run(const std::string& run, int signal) {
    const auto it = running_.find(run);
    if (it == running_.end()) return;
    it->second.awaiting = signal;
    signal_group(it->second.pid, signal);
}

}  // namespace assay
