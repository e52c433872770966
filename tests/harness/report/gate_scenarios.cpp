#include "harness/report/gate_scenarios.hpp"

#include <map>

namespace assay::testing {
namespace {

GateCase passing() {
    GateCase one;
    one.rule = "replay identical";
    one.metric = "replay";
    one.state = CaseState::pass;
    one.reason = "identical";
    one.headline = "replay passes: every repeat is identical";
    one.measured = "identical, 3 of 3 repeats";
    one.limit = "identical";
    one.place = {"gate.yaml", 12, 3};
    return one;
}

GateCase failing() {
    GateCase one;
    one.rule = "flips.hardware < 0.1% by lr";
    one.metric = "flips.hardware";
    one.state = CaseState::fail;
    one.headline = "flips.hardware fails: 8.4% of predicted labels change with the CPU's instruction set";
    one.measured = "8.4% [6.5, 10.4] at lr=0.1";
    one.limit = "< 0.1%";
    one.value = 0.084;
    one.interval = Interval{0.065, 0.104};
    one.bound = 0.001;
    one.detail = {"  measured   8.4%  95% interval 6.5 to 10.4, at lr = 0.1 (9 pairs of runs)",
                  "  limit      < 0.1%                                              gate.yaml:13", "",
                  "  What to do, cheapest first", "    1 lower lr: at 0.001 the same difference changes no label"};
    one.place = {"gate.yaml", 13, 3};
    return one;
}

GateCase undecided() {
    GateCase one;
    one.rule = "accuracy >= 97%";
    one.metric = "accuracy";
    one.headline = "accuracy: cannot tell yet, 97.1% lies within 0.5 points of the limit";
    one.measured = "97.1% [96.6, 97.6]";
    one.limit = ">= 97%";
    one.more = "9 more runs decide it";
    one.value = 0.971;
    one.interval = Interval{0.966, std::nullopt};
    one.bound = 0.97;
    one.detail = {"  measured   97.1%  95% interval 96.6 to 97.6", "  more       9 runs, about 31 s"};
    one.place = {"gate.yaml", 14, 0};
    return one;
}

GateReport common() {
    GateReport report;
    report.name = "gate_release";
    report.audit = std::string(64, '7');
    report.baseline = std::string(64, '5');
    report.runs = 12;
    report.run_ids = {std::string(64, 'a'), std::string(64, 'b')};
    report.baseline_run_ids = {std::string(64, 'c')};
    report.context = {"2026-11-23T00:20:00Z", "runner-7", ".assay", "assay 0.1.0", 412.703, {}};
    return report;
}

GateReport passes() {
    GateReport report = common();
    report.cases = {passing()};
    report.outcome = GateOutcome::pass;
    report.exit = 0;
    report.verdict = "passes: the 1 rule holds, 12 runs";
    return report;
}

GateReport fails() {
    GateReport report = common();
    report.cases = {passing(), failing(), undecided()};
    report.outcome = GateOutcome::fail;
    report.exit = 1;
    report.verdict = "fails: 1 of 3, 1 undecided";
    report.notes = {"baseline made with libtorch 2.3.1, here 2.4.0: differences may come from that"};
    report.ledger = {"Changed against the baseline", "  fixed 12, broken 31, other wrong answer 4 of 2000 inputs"};
    LedgerRow all, seven;
    all.inputs = 2000;
    all.fixed = 12;
    all.broken = 31;
    all.changed_wrong = 4;
    all.changed = 47;
    all.flips_per_10000 = 235;
    all.seeds_worse = 6;
    all.worse_share = 1;
    all.worse_interval = Interval{0.54, 1};
    all.excess = 1.5;
    all.excess_interval = Interval{1.2, 1.9};
    seven.slice = "class";
    seven.value = "7";
    seven.inputs = 12;
    seven.small = true;
    seven.no_excess = "12 inputs";
    report.ledgers = {{"lr 0.1", 6, {all, seven}}};
    report.sequence = SequenceFacts{6, 24, {6, 12, 18, 24}, true, 36};
    for (GateCase& one : report.cases) one.decided_at = 6;
    report.cases.back().decided_at = 0;
    return report;
}

GateReport waits() {
    GateReport report = common();
    report.baseline.clear();
    report.baseline_run_ids.clear();
    report.cases = {undecided()};
    report.cases[0].state = CaseState::warned;
    report.cases[0].place = {};
    report.cases[0].value.reset();
    report.cases[0].interval.reset();
    report.cases[0].bound.reset();
    report.exit = 3;
    report.verdict = "undecided: 1 of 1";
    return report;
}

// Names, levels and logs from a stranger's pull request.
GateReport hostile() {
    GateReport report = common();
    report.name = "a|b";
    report.cases = {failing()};
    GateCase& one = report.cases[0];
    one.metric = "flips.data.</script><img src=x onerror=alert(1)>";
    one.rule = one.metric + " < 1%";
    one.headline = "a,b:c%\n::error::injected \"quoted\" & \x01\x1b[31m \xff ``` \xEF\xBF\xBE]]>";
    one.detail = {"```", "::set-output name=x::y", "| a | b |"};
    one.place = {"dir,with:odd%.yaml", 1, 1};
    report.failed = {{"013", "x=<b>", "exit 1; \x02last\nline", {"Traceback ]]> <oops>", "````"}, "sh 'a b.sh'"}};
    report.outcome = GateOutcome::fail;
    report.exit = 1;
    report.verdict = "fails\n::error::1";
    report.notes = {"<b>note</b>"};
    return report;
}

GateReport many() {
    GateReport report = common();
    for (int i = 0; i < 23; ++i) {
        report.cases.push_back(i % 2 == 0 ? failing() : undecided());
        report.cases.back().metric += ".f" + std::to_string(i);
        report.cases.back().rule += " at " + std::to_string(i);
    }
    report.outcome = GateOutcome::incomplete;
    report.exit = 1;
    report.verdict = "fails: 12 of 23";
    report.failed = {{"002", "lr=0.1", "R0206: stopped at its time limit of 2 s", {}, ""}};
    return report;
}

GateReport kinds() {
    GateReport report = common();
    for (const CaseState state : {CaseState::reported, CaseState::incomplete, CaseState::refused}) {
        report.cases.push_back(undecided());
        report.cases.back().state = state;
        report.cases.back().rule = std::string(case_state_name(state)) + " rule";
        report.cases.back().more.clear();
    }
    report.outcome = GateOutcome::refused;
    report.exit = 2;
    report.verdict = "refused: 1 of 3 can never be decided";
    return report;
}

GateReport one_run() {
    GateReport report = common();
    report.outcome = GateOutcome::outlier;
    report.exit = 1;
    report.verdict = "outlier: the one candidate run is farther from the baseline's 20 than any of them (p 0.048)";
    report.cases = {failing()};
    return report;
}

const std::map<std::string, GateReport (*)()>& scenarios() {
    static const std::map<std::string, GateReport (*)()> k_scenarios = {
        {"passes", passes}, {"fails", fails},     {"waits", waits}, {"hostile", hostile},
        {"many", many},     {"one_run", one_run}, {"kinds", kinds}};
    return k_scenarios;
}

}  // namespace

std::vector<std::string> gate_scenario_names() {
    std::vector<std::string> names;
    for (const auto& [name, make] : scenarios()) names.push_back(name);
    return names;
}

GateReport gate_scenario(const std::string& name) { return scenarios().at(name)(); }

}  // namespace assay::testing
