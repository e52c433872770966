// What a person sees while runs are executed. On a terminal three lines, redrawn; else a line each 30 s and one for
// each failure, so that a log shows that something lives.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/plan.hpp"
#include "schedule/execute.hpp"

namespace assay {

struct ProgressStyle {
    bool redraw = false;  // a terminal that can move its cursor
    bool color = false;
    bool unicode = false;
    int width = 80;
};

class Progress {
public:
    // `write` gets text for standard error; `so_far` gives the first estimate in one line, or "", and is asked seldom.
    Progress(const Plan& plan, std::size_t done, ProgressStyle style, std::function<void(const std::string&)> write,
             std::function<std::string()> so_far);
    void on_event(const RunEvent& event);
    void finish();  // clears the redrawn lines

private:
    void draw();
    std::string bar(std::size_t width) const;
    std::string remaining() const;
    void clear();

    const Plan& plan_;
    ProgressStyle style_;
    std::function<void(const std::string&)> write_;
    std::function<std::string()> so_far_;
    std::size_t done_ = 0, done_here_ = 0, failed_ = 0;
    std::map<int, std::optional<Reached>> running_;
    std::chrono::steady_clock::time_point begin_, drawn_, asked_;
    std::chrono::steady_clock::duration answering_{};  // what the last estimate took
    std::string estimate_;
    bool on_screen_ = false;
};

}  // namespace assay
