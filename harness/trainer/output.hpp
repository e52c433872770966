// How a trainer's files come into ASSAY_OUT: each whole or not there, progress a line now and then.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace assay {

// Written as NAME.tmp, then renamed. Not synced: the store makes durable what it takes in. Error F0001 (74).
void write_output(const std::filesystem::path& out, const std::string& name, std::string_view bytes);

// Lines {"step":3,"of":10} in progress.jsonl, at most two a second.
class ProgressLines {
public:
    explicit ProgressLines(const std::filesystem::path& out) : path_(out / "progress.jsonl") {}
    void operator()(std::int64_t step, std::int64_t of);

private:
    std::filesystem::path path_;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace assay
