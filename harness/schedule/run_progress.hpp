// How far one run says that it is, for whoever watches: from progress.jsonl, or else from what it prints.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "trainer/own_progress.hpp"

namespace assay {

class RunProgress {
public:
    RunProgress() = default;
    // `how` is trainer.progress of the spec; "" where what is printed says nothing.
    RunProgress(const std::filesystem::path& out, const std::string& how);
    void printed(std::string_view piece);
    // Something new, at most twice a second.
    std::optional<Reached> look(std::chrono::steady_clock::time_point now);

private:
    std::filesystem::path file_;
    std::optional<OwnProgress> own_;
    std::chrono::steady_clock::time_point looked_{};
    std::optional<Reached> said_;
};

}  // namespace assay
