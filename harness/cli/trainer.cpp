// assay trainer check: does a training command follow the protocol? Three runs, outside any store.
#include <iostream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/render.hpp"
#include "design/design.hpp"
#include "schedule/identity.hpp"
#include "trainer/conformance.hpp"

namespace assay {
namespace {
namespace fs = std::filesystem;

// The first run of the spec's plan; the same again; the same with other seeds.
Plan three_runs(Plan plan) {
    PlannedRun run = plan.runs.front();
    run.request.replicate = 0;
    PlannedRun again = run, other = run;
    again.request.replicate = 1;
    for (auto& [stream, seed] : other.request.seeds) seed ^= 0x5eed;
    plan.runs = {run, again, other};
    for (std::size_t i = 0; i < plan.runs.size(); ++i) plan.runs[i].number = static_cast<int>(i) + 1;
    plan.order = {0, 1, 2};
    return plan;
}

ObservedRun observe(const Plan& plan, const AuditSpec& spec, int index, const ExecuteOptions& options,
                    Expected& expected) {
    const TemporaryDirectory scratch;
    LoneRun lone = run_once(plan, spec, index, options, scratch.path(), expected);
    ObservedRun run{std::move(lone.record), std::move(lone.files), list_directory(scratch.path() / "run" / "out")};
    if (run.record.state == RunState::completed) learn(expected, run.files);
    return run;
}

const char* word(ConformanceResult result) {
    return result == ConformanceResult::pass ? "pass" : result == ConformanceResult::fail ? "FAIL" : "skip";
}

std::string rules_text(const std::vector<Rule>& rules) {
    std::string text;
    for (const Rule& rule : rules) {
        text += std::string(word(rule.result)) + "  " + pad_right(rule.name, 14) + rule.says +
                (rule.result == ConformanceResult::skip ? ": " + rule.detail : "") + "\n";
        if (rule.result == ConformanceResult::fail)
            text += wrap(printable_line(rule.detail), 72, std::string(20, ' ')) + "\n";
    }
    if (!was_judged(rules))
        return text +
               "Nothing was judged: the trainer declined these settings.\nA spec is checked by the first run "
               "of its plan; let that be one that it trains.\n";
    return text + (conforms(rules) ? "The trainer follows the protocol.\n" : "The trainer breaks the protocol.\n");
}

Json rules_json(const std::vector<Rule>& rules) {
    Json::Array all;
    for (const Rule& rule : rules) {
        all.push_back(Json::Object{{"rule", rule.name},
                                   {"says", rule.says},
                                   {"result", lower_case(word(rule.result))},
                                   {"detail", rule.detail}});
    }
    return Json::Object{{"schema", "assay/trainer-check/1"}, {"conforms", conforms(rules)}, {"rules", std::move(all)}};
}

}  // namespace

int trainer_command(const Options& options) {
    const std::string what = options.arguments.empty() ? "" : options.arguments[0];
    if (what != "check") {
        throw Error(
            "U0115", Exit::usage,
            what.empty() ? "assay trainer needs a word that says what to do" : "assay trainer has no '" + what + "'",
            "assay trainer check -- python train.py --seed '${seed}' --out '${out}'");
    }
    check_output(options);
    Options of_spec = options;
    of_spec.arguments.erase(of_spec.arguments.begin());
    const SpecSource source = requested_spec(of_spec);
    const AuditSpec spec = parse_spec(source.text, source.path);
    const ExecuteOptions execution = execute_options(options);
    const Plan plan = three_runs(make_plan(spec, trainer_identity(spec, execution)));
    Expected expected;
    std::vector<ObservedRun> runs;
    for (int i = 0; i < 3; ++i) runs.push_back(observe(plan, spec, i, execution, expected));
    const std::vector<Rule> rules = judge_trainer(runs[0], runs[1], runs[2]);
    emit(
        options, [&] { return rules_text(rules); }, [&] { return rules_json(rules); });
    if (!was_judged(rules)) return static_cast<int>(Exit::nothing);
    return static_cast<int>(conforms(rules) ? Exit::yes : Exit::no);
}

}  // namespace assay
