#include "schedule/kept_process.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "schedule/keeper.hpp"

namespace assay {
namespace {
constexpr std::size_t k_recent_bytes = 64 << 10;
}

KeptProcess::KeptProcess(ProcessStart start) : output_(make_pipe()) {
    ::fcntl(output_.read_end, F_SETFL, O_NONBLOCK);
    start.stdout_fd = start.stderr_fd = output_.write_end;
    try {
        keeper_ = start_kept(start);
    } catch (...) {
        close_fd(output_.read_end);
        close_fd(output_.write_end);
        throw;
    }
    close_fd(output_.write_end);
}

KeptProcess::~KeptProcess() { stop(); }

KeptProcess::KeptProcess(KeptProcess&& other) noexcept
    : keeper_(std::exchange(other.keeper_, 0)),
      output_(std::exchange(other.output_, {})),
      log_(std::move(other.log_)),
      recent_(std::exchange(other.recent_, {})) {}

KeptProcess& KeptProcess::operator=(KeptProcess&& other) noexcept {
    if (this == &other) return *this;
    stop();
    keeper_ = std::exchange(other.keeper_, 0);
    output_ = std::exchange(other.output_, {});
    log_ = std::move(other.log_);
    recent_ = std::exchange(other.recent_, {});
    return *this;
}

void KeptProcess::stop() {
    assay::end_everything(keeper_);
    while (keeper_ > 0 && ::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
    }
    keeper_ = 0;
    close_fd(output_.read_end);
}

void KeptProcess::drain() {
    std::array<char, 65536> bytes;
    for (int i = 0; i < 64 && output_.read_end >= 0; ++i) {
        const ssize_t got = ::read(output_.read_end, bytes.data(), bytes.size());
        if (got < 0) return;
        if (got == 0) close_fd(output_.read_end);
        const std::string_view piece(bytes.data(), static_cast<std::size_t>(got));
        log_.append(piece);
        recent_ += piece;
        if (recent_.size() > 2 * k_recent_bytes) recent_.erase(0, recent_.size() - k_recent_bytes);
    }
}

std::string KeptProcess::take_recent() { return std::exchange(recent_, {}); }

std::optional<int> KeptProcess::look() {
    drain();
    int status = 0;
    if (keeper_ == 0 || ::waitpid(keeper_, &status, WNOHANG) != keeper_) return std::nullopt;
    keeper_ = 0;
    drain();  // what a pipe holds is less than that
    close_fd(output_.read_end);
    return status;
}

void KeptProcess::ask_to_end() { assay::ask_to_end(keeper_); }
void KeptProcess::end_everything() { assay::end_everything(keeper_); }

}  // namespace assay
