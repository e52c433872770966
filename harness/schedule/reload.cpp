#include "schedule/reload.hpp"

#include "base/file.hpp"
#include "base/utf8.hpp"
#include "core/decision.hpp"
#include "trainer/placeholders.hpp"

namespace assay {
namespace {

Predictions predictions_of(const std::map<std::string, std::string>& files, double threshold) {
    Predictions predictions = *predictions_from_array(parse_npy(files.at("predictions.npy"))).predictions;
    predictions.threshold = threshold;
    return predictions;
}

Reload judge(const RunFolder& reload, const AuditSpec& spec, const Ending& ending, const FinishedRun& run) {
    Reload failed;
    if (ending.wait_status != 0 || ending.overrun != Overrun::none) {
        failed.reason = printable_line(failure_reason(reload, spec, ending, "trainer.predict"));
        return failed;
    }
    Expected expected;  // of the run itself: rows are matched by its ids
    learn(expected, run.files);
    const TrainerResults results = read_results(reload.input, result_names(spec), expected, false);
    if (results.state == RunState::completed)
        return compare_reloaded(predictions_of(run.files, decision_threshold(run.record.request)),
                                predictions_of(results.files, decision_threshold(run.record.request)));
    failed.reason = results.reason;
    return failed;
}

}  // namespace

RunFolder make_reload_folder(const RunFolder& trained, const AuditSpec& spec) {
    RunFolder folder;
    folder.path = trained.path / "reload";
    make_directories(folder.path / "out");
    folder.input = trained.input;
    folder.input.out = folder.path / "out";
    write_scratch(folder.path / "run.json", pretty_json(run_json(folder.input)));
    folder.start = trained.start;
    folder.start.argv =
        expand_command(spec.trainer.predict, folder.input, {trained.path / "parameters.json", trained.input.out});
    folder.start.environment["ASSAY_CONFIG"] = (folder.path / "run.json").string();
    folder.start.environment["ASSAY_OUT"] = folder.input.out.string();
    folder.start.environment["ASSAY_TRAINED"] = trained.input.out.string();
    return folder;
}

void take_reload(const RunFolder& reload, const AuditSpec& spec, const Ending& ending, FinishedRun& run) {
    run.files[k_reload_member] = canonical_json(to_json(judge(reload, spec, ending, run)));
    if (!ending.log.empty()) run.files["log.txt"] += "---- trainer.predict\n" + ending.log;
}

}  // namespace assay
