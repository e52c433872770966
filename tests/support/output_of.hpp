// What a program prints, run to its end through the harness's own start_process.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "base/error.hpp"
#include "schedule/process.hpp"

namespace assay::testing {

// Standard output and error together. Throws with them when the program fails.
inline std::string output_of(ProcessStart start) {
    Pipe pipe = make_pipe();
    start.stdout_fd = start.stderr_fd = pipe.write_end;
    const pid_t child = start_process(start);
    close_fd(pipe.write_end);
    std::string text;
    std::array<char, 65536> buffer;
    for (ssize_t got = 1; (got = ::read(pipe.read_end, buffer.data(), buffer.size())) > 0;)
        text.append(buffer.data(), static_cast<std::size_t>(got));
    close_fd(pipe.read_end);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0)
        throw Error("TEST", Exit::bug, start.argv.front() + " ended with " + status_text(status) + "\n" + text);
    return text;
}

}  // namespace assay::testing
