// What still runs of a training: every process that carries a text in its environment.
#pragma once

#include <unistd.h>

#include <string>
#include <vector>

#include "base/file.hpp"

namespace assay::testing {

// Zombies have no environment any more, and do not count.
inline std::vector<std::string> processes_with(const std::string& text) {
    std::vector<std::string> found;
    for (const std::string& pid : list_directory("/proc")) {
        if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
        try {
            if (read_file("/proc/" + pid + "/environ").find(text) != std::string::npos) found.push_back(pid);
        } catch (const std::exception&) {  // it has just ended
        }
    }
    return found;
}

// Patience for what must happen; true at once when it has.
template <class Condition>
bool happens(Condition condition) {
    for (int i = 0; i < 3000; ++i, ::usleep(10'000)) {
        if (condition()) return true;
    }
    return condition();
}

}  // namespace assay::testing
