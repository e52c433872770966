#include "schedule/progress.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

std::string clock_text(double seconds) {
    const auto whole = static_cast<long>(seconds);
    const auto two = [](long value) { return (value < 10 ? "0" : "") + std::to_string(value); };
    return "[" + two(whole / 60) + ":" + two(whole % 60) + "]";
}

}  // namespace

Progress::Progress(const Plan& plan, std::size_t done, ProgressStyle style,
                   std::function<void(const std::string&)> write, std::function<std::string()> so_far)
    : plan_(plan),
      style_(style),
      write_(std::move(write)),
      so_far_(std::move(so_far)),
      done_(done),
      begin_(Clock::now()),
      drawn_(style.redraw ? Clock::time_point{} : begin_),
      asked_(begin_) {}

// Of runs that say how far they are, what they have done counts; a run that says nothing counts when it is over.
std::string Progress::remaining() const {
    double here = static_cast<double>(done_here_), left = static_cast<double>(plan_.runs.size() - done_);
    for (const auto& [index, reached] : running_) {
        const double share = reached && reached->epoch.empty() ? reached->share : 0;
        here += share;
        left -= share;
    }
    if (here < 0.05) return "";  // too little to say anything
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin_).count();
    return "about " + duration_text(elapsed / here * left) + " left";
}

std::string Progress::bar(std::size_t width) const {
    const std::size_t total = std::max<std::size_t>(1, plan_.runs.size());
    const std::size_t full = width * done_ / total;
    std::string out;
    for (std::size_t i = 0; i < width; ++i)
        out += i < full ? (style_.unicode ? "━" : "#") : (style_.unicode ? "─" : "-");
    return out;
}

void Progress::clear() {
    if (on_screen_) write_("\r\033[2A\033[J");
    on_screen_ = false;
}

void Progress::draw() {
    drawn_ = Clock::now();
    const std::string counts = std::to_string(running_.size()) + " running, " + std::to_string(failed_) + " failed" +
                               (remaining().empty() ? "" : ", " + remaining());
    const std::string done = std::to_string(done_) + "/" + std::to_string(plan_.runs.size());
    if (!style_.redraw) {
        const double elapsed = std::chrono::duration<double>(drawn_ - begin_).count();
        write_(clock_text(elapsed) + " " + done + " runs, " + std::to_string(failed_) + " failed" +
               (remaining().empty() ? "" : ", " + remaining()) + "\n");
        return;
    }
    // The estimate costs time that trainings could use: at most 0.4% of it.
    if (drawn_ - asked_ > std::max<Clock::duration>(std::chrono::seconds(2), 250 * answering_)) {
        asked_ = Clock::now();
        estimate_ = so_far_();
        answering_ = Clock::now() - asked_;
    }
    const auto width = static_cast<std::size_t>(style_.width) - 1;
    const std::size_t words = 5 + done.size() + 2 + 2 + counts.size();
    std::string now;
    for (const auto& [index, reached] : running_) {
        const PlannedRun& run = plan_.runs[static_cast<std::size_t>(index)];
        now += (now.empty() ? "" : " · ") + run_label(plan_, run.number) + " " + cell_text(plan_, run);
        if (reached) now += " " + (reached->epoch.empty() ? "" : reached->epoch + " ") + percent(reached->share, 0);
    }
    clear();
    write_(elide("run  " + done + "  " + (width > words + 8 ? bar(width - words) : "") + "  " + counts, width) + "\n" +
           elide("now  " + now, width) + "\n" + elide("yet  " + estimate_, width));
    on_screen_ = true;
}

void Progress::on_event(const RunEvent& event) {
    if (event.kind == RunEvent::Kind::started) running_[event.index].reset();
    if (event.kind == RunEvent::Kind::reached) running_[event.index] = event.reached;
    if (event.kind == RunEvent::Kind::interrupted) {
        clear();
        write_("stopping: waiting for " + plural(running_.size(), "run") + "; interrupt again to end them\n");
    }
    if (event.kind == RunEvent::Kind::finished) {
        running_.erase(event.index);
        ++done_;
        ++done_here_;
        const RunState state = event.record->state;
        if (state == RunState::failed || state == RunState::timed_out) {
            ++failed_;
            clear();
            const PlannedRun& run = plan_.runs[static_cast<std::size_t>(event.index)];
            write_("run " + run_label(plan_, run.number) + " failed: " + event.record->reason + "\n");
        }
    }
    const auto wait =
        style_.redraw ? Clock::duration(std::chrono::milliseconds(100)) : Clock::duration(std::chrono::seconds(30));
    if (Clock::now() - drawn_ >= wait) draw();
}

void Progress::finish() { clear(); }

}  // namespace assay
