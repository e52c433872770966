// What holds while runs are executed: signals are counted instead of ending us, and nobody else executes the same
// audit.
#pragma once

#include <csignal>
#include <filesystem>

namespace assay {

struct SignalCounts {
    int interrupts = 0;    // SIGINT
    int terminations = 0;  // SIGTERM
};

// Counts SIGINT and SIGTERM from zero and ignores SIGPIPE for as long as it lives; one at a time.
class SignalScope {
public:
    SignalScope();
    ~SignalScope();
    SignalScope(const SignalScope&) = delete;
    SignalScope& operator=(const SignalScope&) = delete;

private:
    struct sigaction interrupt_ {
    }, terminate_{}, pipe_{};
};
SignalCounts signals_seen();

// Two processes that execute one audit in one folder would write into the same run folders. Error R0301 (exit 75) when
// another has the lock; it ends with its process, also by kill -9.
class FolderLock {
public:
    explicit FolderLock(const std::filesystem::path& folder);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int fd_ = -1;
};

}  // namespace assay
