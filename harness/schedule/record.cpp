#include "schedule/record.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "trainer/protocol.hpp"

namespace assay {
namespace {

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string size_text(std::uint64_t bytes) {
    constexpr std::uint64_t k_gib = std::uint64_t{1} << 30;
    return bytes % k_gib == 0 ? std::to_string(bytes / k_gib) + " GiB" : std::to_string(bytes >> 20) + " MiB";
}

}  // namespace

std::string failure_reason(const RunFolder& folder, const AuditSpec& spec, const Ending& ending,
                           const std::string& who) {
    const std::string own = failure_text(folder.input.out);
    const std::string line = own.empty() ? last_line(ending.log) : own;
    const std::string tail =
        line.empty() ? "" : "; " + std::string(own.empty() ? "last line: " : "it says: ") + elide(line, 200);
    if (!ending.lost.empty()) return "R0220: " + ending.lost + tail;
    if (ending.overrun == Overrun::time)
        return "R0206: stopped at its time limit of " + duration_text(spec.trainer.timeout_s) + tail;
    if (ending.overrun == Overrun::disk)
        return "R0230: stopped at its disk limit: it wrote more than " + size_text(spec.trainer.disk_bytes) +
               " into its folder (trainer.disk)" + tail;
    if (asks_again(ending.wait_status, ending.overrun) && ending.restarts >= k_again_limit)
        return "R0236: " + who + " asked to be started again (exit 75) " + std::to_string(k_again_limit) +
               " times and never ended" + tail;
    const std::string what =
        WIFSIGNALED(ending.wait_status) ? "R0205: " + who + " was ended by " : "R0204: " + who + " ended with ";
    return what + status_text(ending.wait_status) + tail;
}

ResultNames result_names(const AuditSpec& spec) {
    return {spec.trainer.predictions, spec.trainer.labels, spec.trainer.weights, spec.trainer.decision};
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

void learn(Expected& expected, const Store& store, const RunRecord& record) {
    std::map<std::string, std::string> files;
    for (const char* name : {"predictions.npy", "labels.npy", "ids.txt"}) {
        const auto member = record.members.find(name);
        if (member != record.members.end()) files.emplace(name, store.get_object(member->second));
    }
    learn(expected, files);
}

bool asks_again(int wait_status, Overrun overrun) {
    return overrun == Overrun::none && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == k_exit_again;
}

FinishedRun finish_run(const RunFolder& folder, const AuditSpec& spec, const Ending& ending, const Expected& expected) {
    FinishedRun finished;
    RunRecord& record = finished.record;
    record.request = folder.input.request;
    record.hardware = {record.request.hardware, Json(Json::Object())};
    record.versions = record.metrics = Json::Object{};
    record.attempt = folder.input.attempt;
    record.wall_s = ending.wall_s;
    record.started = ending.started;
    record.host = host_name();
    const bool ended_itself = ending.lost.empty() && ending.overrun == Overrun::none;
    const bool ended_well = ended_itself && ending.wait_status == 0;
    if (ended_well) {
        const bool must_verify = spec.trainer.kind == "torch";
        TrainerResults results = read_results(folder.input, result_names(spec), expected, must_verify);
        record.state = results.state;
        record.reason = std::move(results.reason);
        record.hardware = std::move(results.hardware);
        record.versions = std::move(results.versions);
        record.metrics = std::move(results.metrics);
        record.weights = std::move(results.weights);
        finished.files = std::move(results.files);
        if (!spec.trainer.keep_weights)
            std::erase_if(finished.files, [](const auto& file) { return file.first.starts_with("weights."); });
    } else if (ended_itself && WIFEXITED(ending.wait_status) && WEXITSTATUS(ending.wait_status) == k_exit_skip) {
        record.state = RunState::skipped;
        record.reason = "the trainer skipped it (exit 125)";
    } else {
        record.state = ending.overrun == Overrun::time ? RunState::timed_out : RunState::failed;
        record.reason = printable_line(failure_reason(folder, spec, ending, "the trainer"));
    }
    if (!ending.log.empty()) finished.files["log.txt"] = ending.log;
    return finished;
}

}  // namespace assay
