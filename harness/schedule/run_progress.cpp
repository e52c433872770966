#include "schedule/run_progress.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace assay {
namespace fs = std::filesystem;
namespace {

constexpr std::streamoff k_tail_bytes = 1024;

// Only a plain file: a trainer may be anybody's code, and a pipe would keep us waiting.
std::optional<Reached> reached_in_file(const fs::path& path) {
    std::error_code error;
    if (fs::symlink_status(path, error).type() != fs::file_type::regular) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg();
    if (size <= 0) return std::nullopt;
    file.seekg(std::max<std::streamoff>(0, size - k_tail_bytes));
    std::string tail(static_cast<std::size_t>(std::min(size, k_tail_bytes)), '\0');
    file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
    tail.resize(static_cast<std::size_t>(file.gcount()));
    return reached_in_lines(tail);
}

}  // namespace

RunProgress::RunProgress(const fs::path& out, const std::string& how) : file_(out / "progress.jsonl") {
    if (!how.empty()) own_.emplace(how);
}

void RunProgress::printed(std::string_view piece) {
    if (own_) own_->printed(piece);
}

std::optional<Reached> RunProgress::look(std::chrono::steady_clock::time_point now) {
    if (now - looked_ < std::chrono::milliseconds(500)) return std::nullopt;
    looked_ = now;
    auto reached = reached_in_file(file_);
    if (!reached && own_) reached = own_->reached();
    if (!reached || reached == said_) return std::nullopt;
    said_ = reached;
    return reached;
}

}  // namespace assay
