// What a training may take: time, and disk in its own folder. Whoever overruns gets SIGTERM, and after a grace SIGKILL.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace assay {

struct Limits {
    double time_s = 3600;
    std::uint64_t disk_bytes = 0;  // 0: none
    double grace_s = 15;           // between SIGTERM and SIGKILL
};

inline constexpr int k_again_limit = 100;  // exit 75 that often is a loop

enum class Overrun { none, time, disk };

// Bytes on disk below a folder, links not followed; 0 when it is not there. Files may come and go meanwhile.
std::uint64_t bytes_below(const std::filesystem::path& folder);

// Watches one training from its start.
class LimitWatch {
public:
    using Clock = std::chrono::steady_clock;
    LimitWatch(const Limits& limits, std::vector<std::filesystem::path> folders);

    enum class Order { none, ask_to_end, end_everything };
    // What has to be done now; each order is given once.
    Order look(Clock::time_point now);
    // Somebody else asked it to end: the grace begins.
    void was_asked(Clock::time_point now);

    bool asked() const { return asked_.has_value(); }
    Overrun overrun() const { return overrun_; }  // why it was asked, if a limit was the reason
    double seconds(Clock::time_point now) const { return std::chrono::duration<double>(now - begin_).count(); }

private:
    bool too_much_disk(Clock::time_point now);
    Limits limits_;
    std::vector<std::filesystem::path> folders_;
    Clock::time_point begin_, measured_;
    Clock::duration measuring_{};  // what the last measuring took
    std::optional<Clock::time_point> asked_;
    Overrun overrun_ = Overrun::none;
    bool killed_ = false;
};

}  // namespace assay
