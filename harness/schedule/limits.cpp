#include "schedule/limits.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace assay {
namespace fs = std::filesystem;

std::uint64_t bytes_below(const fs::path& folder) {
    std::uint64_t bytes = 0;
    std::error_code error;
    const fs::recursive_directory_iterator end;
    for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error);
         !error && it != end; it.increment(error)) {
        struct stat status {};
        // Blocks, not sizes: a file with holes takes no more than was written.
        if (::lstat(it->path().c_str(), &status) == 0) bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    }
    return bytes;
}

LimitWatch::LimitWatch(const Limits& limits, std::vector<fs::path> folders)
    : limits_(limits), folders_(std::move(folders)), begin_(Clock::now()), measured_(begin_) {}

// At most every quarter of a second, and at most 2% of the time: a folder may hold very many files.
bool LimitWatch::too_much_disk(Clock::time_point now) {
    if (limits_.disk_bytes == 0) return false;
    if (now - measured_ < std::max<Clock::duration>(std::chrono::milliseconds(250), 50 * measuring_)) return false;
    const auto begin = Clock::now();
    std::uint64_t bytes = 0;
    for (const fs::path& folder : folders_) bytes += bytes_below(folder);
    measured_ = Clock::now();
    measuring_ = measured_ - begin;
    return bytes > limits_.disk_bytes;
}

LimitWatch::Order LimitWatch::look(Clock::time_point now) {
    if (asked_) {
        if (killed_ || now - *asked_ <= std::chrono::duration<double>(limits_.grace_s)) return Order::none;
        killed_ = true;
        return Order::end_everything;
    }
    if (seconds(now) > limits_.time_s) {
        overrun_ = Overrun::time;
    } else if (too_much_disk(now)) {
        overrun_ = Overrun::disk;
    } else {
        return Order::none;
    }
    asked_ = now;
    return Order::ask_to_end;
}

void LimitWatch::was_asked(Clock::time_point now) {
    if (!asked_) asked_ = now;
}

}  // namespace assay
