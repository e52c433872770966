// One run of a plan again, cold and outside the store.
#include <poll.h>

#include "schedule/execute.hpp"
#include "schedule/kept_process.hpp"
#include "schedule/limits.hpp"
#include "schedule/record.hpp"
#include "schedule/reload.hpp"

namespace assay {

namespace {

struct Attempt {
    RunFolder folder;
    Ending ending;
};

Ending run_to_end(const RunFolder& folder, const Limits& limits) {
    LimitWatch watch(limits, {folder.path, folder.checkpoints});
    const std::string started = utc_now();
    KeptProcess process(folder.start);
    std::optional<int> status;
    while (!(status = process.look())) {
        pollfd waiting{process.fd(), POLLIN, 0};
        ::poll(&waiting, 1, process.fd() < 0 ? 10 : 100);
        const auto order = watch.look(LimitWatch::Clock::now());
        if (order == LimitWatch::Order::ask_to_end) process.ask_to_end();
        if (order == LimitWatch::Order::end_everything) process.end_everything();
    }
    const double wall_s = watch.seconds(LimitWatch::Clock::now());
    return {*status, watch.overrun(), wall_s, started, process.log().text(), "", 0};
}

Attempt attempt_once(const Plan& plan, const AuditSpec& spec, const PlannedRun& run, const ExecuteOptions& options,
                     const std::filesystem::path& folder) {
    RunFolder made = make_run_folder(folder, spec, run, run_label(plan, run.number), audit_id(plan), 0, options);
    Ending ending = run_to_end(made, limits_of(spec, options));
    return {std::move(made), std::move(ending)};
}

}  // namespace

LoneRun run_once(const Plan& plan, const AuditSpec& spec, int run_index, const ExecuteOptions& options,
                 const std::filesystem::path& folder, const Expected& expected) {
    const PlannedRun& run = plan.runs.at(static_cast<std::size_t>(run_index));
    Attempt attempt = attempt_once(plan, spec, run, options, folder / "run");
    for (int again = 1; again <= k_again_limit && asks_again(attempt.ending.wait_status, attempt.ending.overrun);
         ++again) {
        attempt = attempt_once(plan, spec, run, options, folder / "run");  // its checkpoints stay
        attempt.ending.restarts = again;
    }
    FinishedRun finished = finish_run(attempt.folder, spec, attempt.ending, expected);
    if (finished.record.state == RunState::completed && !spec.trainer.predict.empty()) {
        const RunFolder reload = make_reload_folder(attempt.folder, spec);
        take_reload(reload, spec, run_to_end(reload, limits_of(spec, options)), finished);
    }
    return {std::move(finished.record), std::move(finished.files)};
}

}  // namespace assay
