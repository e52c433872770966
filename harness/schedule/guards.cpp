#include "schedule/guards.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"

namespace assay {
namespace {

volatile std::sig_atomic_t g_interrupts, g_terminations;

void count_signal(int signal) {
    const int before = signal == SIGINT ? g_interrupts : g_terminations;
    (signal == SIGINT ? g_interrupts : g_terminations) = before + 1;
}

}  // namespace

SignalScope::SignalScope() {
    g_interrupts = 0;
    g_terminations = 0;
    struct sigaction action {};
    action.sa_handler = count_signal;
    ::sigaction(SIGINT, &action, &interrupt_);
    ::sigaction(SIGTERM, &action, &terminate_);
    action.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &action, &pipe_);
}
SignalScope::~SignalScope() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGTERM, &terminate_, nullptr);
    ::sigaction(SIGPIPE, &pipe_, nullptr);
}
SignalCounts signals_seen() { return {g_interrupts, g_terminations}; }

FolderLock::FolderLock(const std::filesystem::path& folder) {
    make_directories(folder);
    fd_ = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    // A process that was killed while it started a trainer leaves the lock to that child, until the child becomes the
    // trainer or notices that its parent is gone. So a lock that is held is asked for again, for a second.
    constexpr int k_attempts = 50;
    constexpr auto k_pause = std::chrono::milliseconds(20);
    bool busy = false;
    for (int attempt = 0; fd_ >= 0 && attempt < k_attempts; ++attempt) {
        if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return;
        busy = errno == EWOULDBLOCK;
        if (!busy) break;
        std::this_thread::sleep_for(k_pause);
    }
    if (fd_ >= 0) ::close(fd_);
    if (!busy) throw Error("F0001", Exit::unreadable, "cannot lock " + (folder / "lock").string());
    throw Error("R0301", Exit::again, "another process executes this audit in " + folder.string(),
                "wait for it, then run the same command again");
}
FolderLock::~FolderLock() { ::close(fd_); }

}  // namespace assay
