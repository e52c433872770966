#include "schedule/execute.hpp"

#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <deque>
#include <memory>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/file.hpp"
#include "schedule/done_folders.hpp"
#include "schedule/guards.hpp"
#include "schedule/kept_process.hpp"
#include "schedule/limits.hpp"
#include "schedule/record.hpp"
#include "schedule/reload.hpp"
#include "schedule/run_progress.hpp"
#include "schedule/server_pool.hpp"
#include "trainer/effectors.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

struct Pending {
    int index = 0;
    int attempt = 0;
    int again = 0;
};

// trainer.predict of a run whose training is over.
struct Reloading {
    RunFolder folder;
    FinishedRun trained;
};

struct Running {
    Pending what;
    RunFolder folder;
    std::string label;
    std::string started;
    KeptProcess process;           // cold
    WarmServer* server = nullptr;  // warm
    LimitWatch watch;
    RunProgress progress;
    std::optional<Reloading> reloading = {};
};

int threads_of(const RunRequest& request) {
    const Json* threads = request.hardware.find("threads");
    return threads != nullptr && threads->is_integer() ? static_cast<int>(threads->as_integer()) : 1;
}

class Execution {
public:
    Execution(const Plan& plan, const AuditSpec& spec, Store& store, const ExecuteOptions& options,
              const std::function<void(const RunEvent&)>& on_event)
        : plan_(plan),
          spec_(spec),
          store_(store),
          options_(options),
          on_event_(on_event),
          audit_(audit_id(plan)),
          work_(options.scratch / audit_.substr(0, 12)),
          slots_(options.jobs > 0 ? options.jobs : read_machine().cores),
          servers_(options.servers ? options.servers : std::make_shared<ServerPool>()) {
        summary_.planned = plan.runs.size();
    }
    ~Execution() {
        for (auto& run : running_) end_everything(*run);
    }
    Execution(const Execution&) = delete;
    Execution& operator=(const Execution&) = delete;

    ExecuteSummary run() {
        const FolderLock lock(work_);
        const SignalScope signals;
        begin_ = Clock::now();
        find_stored();
        ask_whether_enough();
        while (!running_.empty() || !ended_.empty() || may_start()) {
            start_all();
            wait_for_events();
            collect();
            // First: syncing leaves a core idle. Not where what ended may be enough, or goes on to predict again.
            if (spec_.trainer.predict.empty() && (!options_.enough || ended_.empty())) start_all();
            keep_ended();
            watch_limits();
            watch_progress();
            watch_signals();
            on_event_({});
        }
        const bool failed_fast = options_.fail_fast && summary_.failed > 0;
        summary_.stopped_early = !pending_.empty() && summary_.signal == 0 && !failed_fast && !summary_.enough;
        summary_.wall_s = std::chrono::duration<double>(Clock::now() - begin_).count();
        summary_.servers = servers_->started();
        return summary_;
    }

private:
    void find_stored() {
        std::set<std::string> wanted;
        for (const PlannedRun& run : plan_.runs) wanted.insert(request_id(run.request));
        std::map<std::string, RunRecord> stored;
        for (StoredRun& run : store_.find_runs(wanted))
            stored.emplace(request_id(run.record.request), std::move(run.record));
        for (const int index : options_.order.empty() ? plan_.order : options_.order) {
            const auto it = stored.find(request_id(plan_.runs[static_cast<std::size_t>(index)].request));
            if (it == stored.end()) {
                pending_.push_back({index, 0, 0});
                continue;
            }
            const bool failed = it->second.state == RunState::failed || it->second.state == RunState::timed_out;
            if (failed && options_.retry_failed) {
                pending_.push_back({index, it->second.attempt + 1, 0});
                continue;
            }
            ++summary_.reused;
            summary_.failed += failed ? 1U : 0U;
            // Left there by a process that was killed.
            if (!failed) leave(work_ / run_label(plan_, plan_.runs[static_cast<std::size_t>(index)].number));
            if (!expected_.shape && it->second.state == RunState::completed) learn(expected_, store_, it->second);
        }
    }

    bool may_start() const {
        if (pending_.empty() || signals_seen().interrupts + signals_seen().terminations > 0) return false;
        if (summary_.enough) return false;
        if (options_.limit > 0 && started_ >= options_.limit) return false;
        if (options_.fail_fast && (summary_.failed > 0 || !ended_.empty())) return false;
        return options_.budget_s <= 0 ||
               std::chrono::duration<double>(Clock::now() - begin_).count() < options_.budget_s;
    }

    void ask_whether_enough() { summary_.enough = summary_.enough || (options_.enough && options_.enough()); }

    void start_all() {
        while (may_start() && has_room()) start_next();
    }

    // A run with several threads has the machine to itself: its neighbours would change its time, and it theirs.
    bool has_room() const {
        const bool alone = threads_of(plan_.runs[static_cast<std::size_t>(pending_.front().index)].request) > 1;
        if (running_.empty()) return true;
        const auto busy = static_cast<int>(running_.size());
        return !alone && !exclusive_ && busy < slots_;
    }

    // The first replay of each environment starts cold: so it also shows that a warm start gives the same bits. The
    // others need not, and a start is as long as a short training.
    bool takes_warm_start(const PlannedRun& run, const RunFolder& folder) {
        const Json* device = run.request.hardware.find("device");
        const bool cpu = device == nullptr || *device == Json("cpu");
        if (spec_.trainer.kind != "torch" || !spec_.trainer.warm || options_.cold || !cpu) return false;
        return run.request.replicate == 0 || !started_cold_.insert(folder.shared).second;
    }

    void start_next() {
        const Pending what = pending_.front();
        pending_.pop_front();
        const PlannedRun& run = plan_.runs[static_cast<std::size_t>(what.index)];
        const std::string label = run_label(plan_, run.number);
        RunFolder folder = make_run_folder(work_ / label, spec_, run, label, audit_, what.attempt, options_);
        const LimitWatch watch(limits_of(spec_, options_), {folder.path, folder.checkpoints});
        RunProgress progress(folder.input.out, spec_.trainer.progress);
        auto running = std::make_unique<Running>(
            Running{what, std::move(folder), label, utc_now(), {}, nullptr, watch, std::move(progress), {}});
        exclusive_ = threads_of(run.request) > 1;
        if (takes_warm_start(run, running->folder)) {
            const RunFolder& made = running->folder;
            running->server = &servers_->server(trainer_command(spec_, options_), made.shared, made.start.directory);
            running->server->start(label, made.own, made.path / "log.txt");
        } else {
            running->process = KeptProcess(running->folder.start);
        }
        ++started_;
        running_.push_back(std::move(running));
        on_event_({RunEvent::Kind::started, running_.back()->what.index, nullptr, {}});
    }

    void wait_for_events() {
        std::vector<pollfd> fds;
        for (const auto& run : running_) {
            if (run->process.fd() >= 0) fds.push_back({run->process.fd(), POLLIN, 0});
        }
        for (const auto& [variables, server] : servers_->servers()) {
            if (!server->dead()) fds.push_back({server->fd(), POLLIN, 0});
        }
        ::poll(fds.data(), fds.size(), ended_.empty() ? 100 : 0);
    }

    void collect() {
        for (std::size_t i = 0; i < running_.size();) {
            Running& run = *running_[i];
            if (const auto status = run.process.look()) {
                finish(i, *status, run.process.log().text(), "");
            } else {
                ++i;
            }
        }
        for (const auto& [variables, server] : servers_->servers()) {
            if (server->dead()) continue;
            for (const WarmServer::Finished& finished : server->read_answers()) {
                const auto it = std::find_if(running_.begin(), running_.end(), [&, &s = server](const auto& run) {
                    return run->server == s.get() && run->label == finished.run;
                });
                if (it == running_.end()) continue;
                finish(static_cast<std::size_t>(it - running_.begin()), finished.wait_status, warm_log(**it), "");
            }
            if (server->dead()) lose_runs_of(*server);
        }
    }

    static std::string warm_log(const Running& run) {
        BoundedLog log;
        std::error_code error;
        if (fs::file_size(run.folder.path / "log.txt", error) > 0 && !error)
            log.append(read_file(run.folder.path / "log.txt", std::size_t{1} << 30));
        return log.text();
    }

    void lose_runs_of(const WarmServer& server) {
        for (std::size_t i = 0; i < running_.size();) {
            if (running_[i]->server == &server) {
                finish(i, 0, "", "the warm server ended; it printed: " + last_line(server.log()));
            } else {
                ++i;
            }
        }
    }

    // Takes a run out of running_, into ended_ unless it was ended by a signal to us or asks to run again.
    void finish(std::size_t position, int wait_status, std::string log, const std::string& lost) {
        std::unique_ptr<Running> run = std::move(running_[position]);
        running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(position));
        exclusive_ = false;
        const Overrun overrun = run->watch.overrun();
        if (run->watch.asked() && overrun == Overrun::none) {
            pending_.push_front(run->what);
            return;
        }
        if (!run->reloading && lost.empty() && asks_again(wait_status, overrun) && run->what.again < k_again_limit) {
            pending_.push_front({run->what.index, run->what.attempt, run->what.again + 1});
            return;
        }
        Ending ending{wait_status, overrun,        run->watch.seconds(Clock::now()), run->started, std::move(log),
                      lost,        run->what.again};
        ended_.emplace_back(std::move(run), std::move(ending));
    }

    void keep_ended() {
        const bool any = !ended_.empty();
        for (auto& [run, ending] : std::exchange(ended_, {})) {
            if (run->reloading) {
                take_reload(run->reloading->folder, spec_, ending, run->reloading->trained);
                keep(*run, run->reloading->trained);
                continue;
            }
            FinishedRun finished = finish_run(run->folder, spec_, ending, expected_);
            const bool completed = finished.record.state == RunState::completed;
            if (completed) learn(expected_, finished.files);
            if (completed && !spec_.trainer.predict.empty()) {
                predict_again(std::move(run), std::move(finished));
            } else {
                keep(*run, finished);
            }
        }
        if (any) ask_whether_enough();
    }

    // Its results are read already: whatever predict does to the folder of the training, they are what it is held to.
    void predict_again(std::unique_ptr<Running> run, FinishedRun trained) {
        run->reloading = Reloading{make_reload_folder(run->folder, spec_), std::move(trained)};
        run->watch = LimitWatch(limits_of(spec_, options_), {run->folder.path});
        run->process = KeptProcess(run->reloading->folder.start);
        exclusive_ = threads_of(run->folder.input.request) > 1;
        running_.push_back(std::move(run));
    }

    // Storing a run waits for the disk, file by file; what ends meanwhile must not wait for that.
    void start_meanwhile() {
        if (options_.enough || options_.fail_fast || !spec_.trainer.predict.empty()) return;
        collect();
        start_all();
    }

    // Durable before the event.
    void keep(const Running& run, FinishedRun& finished) {
        RunRecord& record = finished.record;
        const bool failed = record.state == RunState::failed || record.state == RunState::timed_out;
        if (failed && record.attempt < retries_until(run.what)) {
            pending_.push_front({run.what.index, run.what.attempt + 1, 0});
            return;
        }
        for (const auto& [name, bytes] : finished.files) {
            record.members[name] = store_.put_object(bytes);
            start_meanwhile();
        }
        store_.put_run(record);
        ++summary_.executed;
        summary_.failed += failed ? 1U : 0U;
        summary_.training_s += record.wall_s;
        if (failed) {
            write_script(run.folder);
        } else {
            leave(run.folder.path);
            for (const auto& [name, bytes] : finished.files) done_.holds(bytes.size());
            // Only of the built-in trainer it is known that nothing else lies there.
            if (run.server == nullptr || done_.are_many()) done_.remove();
        }
        on_event_({RunEvent::Kind::finished, run.what.index, &record, {}});
    }

    void leave(const fs::path& folder) {
        done_.add(folder);
        if (spec_.trainer.checkpoints) done_.add(checkpoint_folder(folder));
    }

    int retries_until(const Pending& what) {
        const auto [it, fresh] = first_attempt_.try_emplace(what.index, what.attempt);
        return it->second + spec_.trainer.retries;
    }

    void ask_to_end(Running& run) {
        run.process.ask_to_end();
        if (run.server != nullptr) run.server->signal_run(run.label, SIGTERM);
    }
    void end_everything(Running& run) {
        run.process.end_everything();
        if (run.server != nullptr) run.server->signal_run(run.label, SIGKILL);
    }

    void watch_limits() {
        for (const auto& run : running_) {
            const auto order = run->watch.look(Clock::now());
            if (order == LimitWatch::Order::ask_to_end) ask_to_end(*run);
            if (order == LimitWatch::Order::end_everything) end_everything(*run);
        }
    }

    void watch_progress() {
        for (const auto& run : running_) {
            if (run->reloading) continue;
            run->progress.printed(run->process.take_recent());
            if (const auto reached = run->progress.look(Clock::now()))
                on_event_({RunEvent::Kind::reached, run->what.index, nullptr, *reached});
        }
    }

    void watch_signals() {
        const SignalCounts seen = signals_seen();
        if (seen.interrupts + seen.terminations == 0) return;
        if (summary_.signal == 0) {
            summary_.signal = seen.terminations > 0 ? SIGTERM : SIGINT;
            on_event_({RunEvent::Kind::interrupted, 0, nullptr, {}});
        }
        if (seen.interrupts < 2 && seen.terminations == 0) return;
        for (const auto& run : running_) {
            if (!run->watch.asked()) ask_to_end(*run);
            run->watch.was_asked(Clock::now());
        }
    }

    const Plan& plan_;
    const AuditSpec& spec_;
    Store& store_;
    const ExecuteOptions& options_;
    const std::function<void(const RunEvent&)>& on_event_;
    const std::string audit_;
    const fs::path work_;
    const int slots_;
    std::deque<Pending> pending_;
    std::map<int, int> first_attempt_;
    const std::shared_ptr<ServerPool> servers_;
    std::set<Variables> started_cold_;                                // environments
    std::vector<std::unique_ptr<Running>> running_;                   // after servers_: ended first
    std::vector<std::pair<std::unique_ptr<Running>, Ending>> ended_;  // not in the store yet
    Expected expected_;
    DoneFolders done_;
    Clock::time_point begin_;
    std::size_t started_ = 0;
    bool exclusive_ = false;
    ExecuteSummary summary_;
};

}  // namespace

ExecuteSummary execute(const Plan& plan, const AuditSpec& spec, Store& store, const ExecuteOptions& options,
                       const std::function<void(const RunEvent&)>& on_event) {
    return Execution(plan, spec, store, options, on_event).run();
}

}  // namespace assay
