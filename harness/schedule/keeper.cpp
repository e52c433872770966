// The keeper's side runs in a fork without exec: system calls and memory of its own only, nothing that allocates.
#include "schedule/keeper.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <bitset>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "schedule/start.hpp"

namespace assay {
namespace {

constexpr int k_end_everything = SIGHUP;
constexpr std::size_t k_pid_limit = std::size_t{1} << 22;  // the kernel's PID_MAX_LIMIT

// What getdents64 writes; glibc has no name for it.
struct DirectoryEntry {
    ino64_t inode;
    off64_t offset;
    unsigned short length;
    unsigned char type;
    char name[1];
};

// Field 4 of /proc/PID/stat: the parent. The command in field 2 may hold anything, so from the last bracket on.
pid_t parent_of(int proc, const char* pid) {
    std::array<char, 64> path{};
    std::strncpy(path.data(), pid, 16);
    std::strcat(path.data(), "/stat");
    const int file = ::openat(proc, path.data(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    std::array<char, 1024> text{};
    const ssize_t got = ::read(file, text.data(), text.size() - 1);
    ::close(file);
    const char* const bracket = got > 0 ? std::strrchr(text.data(), ')') : nullptr;
    if (bracket == nullptr || std::strlen(bracket) < 5) return 0;
    return static_cast<pid_t>(std::strtol(bracket + 4, nullptr, 10));
}

// Kills every process that descends from this one; how many could be signalled, -1 without /proc. A parent comes before
// its children there, but for numbers that wrapped around: they are found the next time.
int kill_descendants() {
    static std::bitset<k_pid_limit> family;
    family.reset();
    const pid_t self = ::getpid();
    family.set(static_cast<std::size_t>(self));
    const int proc = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0) return -1;
    int signalled = 0;
    alignas(DirectoryEntry) std::array<char, 16384> entries;
    for (;;) {
        const long got = ::syscall(SYS_getdents64, proc, entries.data(), entries.size());
        if (got <= 0) break;
        for (long at = 0; at < got;) {
            const auto* const entry = reinterpret_cast<const DirectoryEntry*>(entries.data() + at);
            at += entry->length;
            const long pid = std::strtol(entry->name, nullptr, 10);
            const pid_t parent = pid > 1 ? parent_of(proc, entry->name) : 0;
            if (parent <= 0 || pid == self || !family.test(static_cast<std::size_t>(parent) % k_pid_limit)) continue;
            family.set(static_cast<std::size_t>(pid) % k_pid_limit);
            signalled += ::kill(static_cast<pid_t>(pid), SIGKILL) == 0 ? 1 : 0;
        }
    }
    ::close(proc);
    return signalled;
}

struct Kept {
    pid_t trainer = 0;
    int status = 0;
    bool ended = false;
};

// False when there is no child any more.
bool reap(Kept& kept) {
    int status = 0;
    for (;;) {
        const pid_t pid = ::waitpid(-1, &status, WNOHANG);
        if (pid <= 0) return pid == 0;
        if (pid != kept.trainer) continue;
        kept.status = status;
        kept.ended = true;
    }
}

// Again and again, because a process that is being killed may still have started another.
void kill_until_nothing_is_left(Kept& kept, const sigset_t& signals) {
    int unable = 0;
    while (unable < 2) {
        const int signalled = kill_descendants();
        if (signalled < 0) ::kill(-kept.trainer, SIGKILL);
        unable = signalled == 0 || (signalled < 0 && kept.ended) ? unable + 1 : 0;
        if (!reap(kept)) return;
        const timespec pause{0, 5'000'000};
        ::sigtimedwait(&signals, nullptr, &pause);
        if (!reap(kept)) return;
    }
}

// As if the trainer had been our child: the same exit code, or the same signal.
[[noreturn]] void end_like(const Kept& kept) {
    if (!kept.ended) ::_exit(127);
    if (WIFEXITED(kept.status)) ::_exit(WEXITSTATUS(kept.status));
    const int signal = WTERMSIG(kept.status);
    ::signal(signal, SIG_DFL);
    ::kill(::getpid(), signal);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_UNBLOCK, &all, nullptr);
    ::_exit(128 + signal);
}

// Nothing of assay stays open here: a lock, a pipe that somebody reads to its end.
void let_go_of_files() {
    const int null = ::open("/dev/null", O_RDWR);
    for (const int fd : {0, 1, 2}) ::dup2(null, fd);
    if (::syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
    const long limit = ::sysconf(_SC_OPEN_MAX);  // before Linux 5.9
    for (int fd = 3; fd < limit; ++fd) ::close(fd);
}

[[noreturn]] void keep(const PreparedStart& prepared, const ProcessStart& start, pid_t assay, const sigset_t& signals) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_PDEATHSIG, k_end_everything);
    for (const int signal : {SIGINT, SIGPIPE}) ::signal(signal, SIG_IGN);
    ::signal(SIGCHLD, SIG_DFL);
    Kept kept;
    const pid_t self = ::getpid();
    if (::getppid() != assay) ::_exit(127);  // it died before prctl
    kept.trainer = ::fork();
    if (kept.trainer == 0) become(prepared, start, self);
    if (kept.trainer < 0) {
        static constexpr char k_message[] = "assay: cannot start a process: no room for it\n";
        if (::write(start.stderr_fd, k_message, sizeof k_message - 1) < 0) ::_exit(127);
        ::_exit(127);
    }
    ::setpgid(kept.trainer, kept.trainer);
    let_go_of_files();
    for (bool end = false; !end;) {
        const bool more = reap(kept);
        if (kept.ended || !more) break;
        const int signal = ::sigwaitinfo(&signals, nullptr);
        if (signal == SIGTERM) ::kill(-kept.trainer, SIGTERM);
        end = signal == k_end_everything;
    }
    kill_until_nothing_is_left(kept, signals);
    end_like(kept);
}

}  // namespace

pid_t start_kept(const ProcessStart& start) {
    const PreparedStart prepared(start);
    const pid_t assay = ::getpid();
    sigset_t signals, before;
    ::sigemptyset(&signals);
    for (const int signal : {SIGCHLD, SIGTERM, k_end_everything}) ::sigaddset(&signals, signal);
    ::sigprocmask(SIG_BLOCK, &signals, &before);  // none may come before the keeper waits for them
    const pid_t keeper = ::fork();
    if (keeper == 0) keep(prepared, start, assay, signals);
    const int error = errno;
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    if (keeper < 0) no_process();
    return keeper;
}

void ask_to_end(pid_t keeper) {
    if (keeper > 1) ::kill(keeper, SIGTERM);
}

void end_everything(pid_t keeper) {
    if (keeper > 1) ::kill(keeper, k_end_everything);
}

}  // namespace assay
