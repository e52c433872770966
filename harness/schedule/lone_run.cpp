// One run of a plan again, cold and outside the store.
#include <poll.h>

#include "schedule/execute.hpp"
#include "schedule/kept_process.hpp"
#include "schedule/limits.hpp"
#include "schedule/record.hpp"

namespace assay {

namespace {

struct Attempt {
    RunFolder folder;
    Ending ending;
};

Attempt attempt_once(const Plan& plan, const AuditSpec& spec, const PlannedRun& run, const ExecuteOptions& options,
                     const std::filesystem::path& folder) {
    RunFolder made = make_run_folder(folder, spec, run, run_label(plan, run.number), audit_id(plan), 0, options);
    LimitWatch watch(limits_of(spec, options), {made.path, made.checkpoints});
    const std::string started = utc_now();
    KeptProcess process(made.start);
    std::optional<int> status;
    while (!(status = process.look())) {
        pollfd waiting{process.fd(), POLLIN, 0};
        ::poll(&waiting, 1, process.fd() < 0 ? 10 : 100);
        const auto order = watch.look(LimitWatch::Clock::now());
        if (order == LimitWatch::Order::ask_to_end) process.ask_to_end();
        if (order == LimitWatch::Order::end_everything) process.end_everything();
    }
    const double wall_s = watch.seconds(LimitWatch::Clock::now());
    return {std::move(made), {*status, watch.overrun(), wall_s, started, process.log().text(), ""}};
}

}  // namespace

LoneRun run_once(const Plan& plan, const AuditSpec& spec, int run_index, const ExecuteOptions& options,
                 const std::filesystem::path& folder, const Expected& expected) {
    const PlannedRun& run = plan.runs.at(static_cast<std::size_t>(run_index));
    Attempt attempt = attempt_once(plan, spec, run, options, folder / "run");
    for (int again = 0; again < k_again_limit && asks_again(attempt.ending.wait_status, attempt.ending.overrun);
         ++again)
        attempt = attempt_once(plan, spec, run, options, folder / "run");  // its checkpoints stay
    FinishedRun finished = finish_run(attempt.folder, spec, attempt.ending, expected);
    return {std::move(finished.record), std::move(finished.files)};
}

}  // namespace assay
