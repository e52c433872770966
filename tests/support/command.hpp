// Runs a program for a test and keeps what it printed.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace assay::testing {

struct CommandResult {
    int exit = -1;  // 128 + signal when a signal ended it
    std::string out, err;
};

// Starts argv in `folder` with the caller's environment changed by `environment`; out and err go to files in `folder`.
inline pid_t start_command(const std::vector<std::string>& argv, const std::filesystem::path& folder,
                           const std::map<std::string, std::string>& environment = {}) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    if (::chdir(folder.c_str()) != 0) ::_exit(126);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::dup2(::open(".out", O_WRONLY | O_CREAT | O_TRUNC, 0644), 1);
    ::dup2(::open(".err", O_WRONLY | O_CREAT | O_TRUNC, 0644), 2);
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execvp(words[0], words.data());
    ::_exit(127);
}

inline CommandResult finish_command(pid_t child, const std::filesystem::path& folder) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(folder / ".out"),
            read_file(folder / ".err")};
}

inline CommandResult run_command(const std::vector<std::string>& argv, const std::filesystem::path& folder,
                                 const std::map<std::string, std::string>& environment = {}) {
    return finish_command(start_command(argv, folder, environment), folder);
}

}  // namespace assay::testing
