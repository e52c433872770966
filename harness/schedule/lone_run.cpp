// One run of a plan again, cold and outside the store.
#include <poll.h>

#include "schedule/execute.hpp"
#include "schedule/kept_process.hpp"
#include "schedule/limits.hpp"
#include "schedule/record.hpp"

namespace assay {

LoneRun run_once(const Plan& plan, const AuditSpec& spec, int run_index, const ExecuteOptions& options,
                 const std::filesystem::path& folder, const Expected& expected) {
    const PlannedRun& run = plan.runs.at(static_cast<std::size_t>(run_index));
    const RunFolder made =
        make_run_folder(folder / "run", spec, run, run_label(plan, run.number), audit_id(plan), 0, options);
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
    FinishedRun finished =
        finish_run(made, spec, {*status, watch.overrun(), wall_s, started, process.log().text(), ""}, expected);
    return {std::move(finished.record), std::move(finished.files)};
}

}  // namespace assay
