// One run of a plan again, cold and outside the store.
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "schedule/execute.hpp"
#include "schedule/record.hpp"

namespace assay {

using Clock = std::chrono::steady_clock;

LoneRun run_once(const Plan& plan, const AuditSpec& spec, int run_index, const ExecuteOptions& options,
                 const std::filesystem::path& folder) {
    const PlannedRun& run = plan.runs.at(static_cast<std::size_t>(run_index));
    const RunFolder made =
        make_run_folder(folder / "run", spec, run, run_label(plan, run.number), audit_id(plan), 0, options);
    Pipe output = make_pipe();
    ProcessStart start = made.start;
    start.stdout_fd = start.stderr_fd = output.write_end;
    const auto begin = Clock::now();
    const std::string started = utc_now();
    const pid_t pid = start_process(start);
    close_fd(output.write_end);
    BoundedLog log;
    std::array<char, 65536> bytes;
    bool timed_out = false;
    for (;;) {
        pollfd waiting{output.read_end, POLLIN, 0};
        if (!timed_out && Clock::now() - begin > std::chrono::duration<double>(spec.trainer.timeout_s)) {
            timed_out = true;
            signal_group(pid, SIGKILL);
        }
        if (::poll(&waiting, 1, 100) <= 0) continue;
        const ssize_t got = ::read(output.read_end, bytes.data(), bytes.size());
        if (got <= 0) break;
        log.append({bytes.data(), static_cast<std::size_t>(got)});
    }
    close_fd(output.read_end);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    signal_group(pid, SIGKILL);
    const double wall_s = std::chrono::duration<double>(Clock::now() - begin).count();
    FinishedRun finished = finish_run(made, spec, {status, timed_out, wall_s, started, log.text(), ""}, std::nullopt);
    return {std::move(finished.record), std::move(finished.files)};
}

}  // namespace assay
