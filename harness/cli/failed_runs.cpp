#include "cli/failed_runs.hpp"

#include "base/text.hpp"

namespace assay {
namespace {

constexpr std::size_t k_log_lines = 5;

std::vector<std::string> log_tail(const Store& store, const RunRecord& record) {
    const auto it = record.members.find("log.txt");
    if (it == record.members.end()) return {};
    std::vector<std::string> lines = split_lines(store.get_object(it->second));
    if (lines.size() > k_log_lines) lines.erase(lines.begin(), lines.end() - k_log_lines);
    return lines;
}

// A shell takes it as one word, whatever the path holds.
std::string shell_word(const std::string& text) {
    const std::string plain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "_-./+:,@%=";
    if (text.find_first_not_of(plain) == std::string::npos) return text;
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

}  // namespace

std::vector<FailedRun> failed_runs(const Store& store, const Plan& plan, const StoredRuns& stored,
                                   const Options& options) {
    std::vector<FailedRun> failed;
    for (std::size_t i = 0; i < plan.runs.size(); ++i) {
        const auto& record = stored.runs[i].record;
        if (!record || (record->state != RunState::failed && record->state != RunState::timed_out)) continue;
        const std::string label = run_label(plan, plan.runs[i].number);
        const auto script = work_path(options, plan) / label / "run.sh";
        failed.push_back({label, cell_text(plan, plan.runs[i]), record->reason, log_tail(store, *record),
                          std::filesystem::exists(script) ? "sh " + shell_word(script.string()) : ""});
    }
    return failed;
}

}  // namespace assay
