#include "cli/gate_sign.hpp"

#include "base/digest.hpp"
#include "base/file.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

Json number_or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json sequence_json(const std::optional<SequenceFacts>& sequence) {
    if (!sequence) return {};
    return Json::Object{{"seeds", sequence->seeds},
                        {"planned", sequence->planned},
                        {"looks", Json::Array(sequence->looks.begin(), sequence->looks.end())},
                        {"decided", sequence->decided}};
}

Json rule_json(const GateCase& one) {
    return Json::Object{{"rule", one.rule},
                        {"state", case_state_name(one.state)},
                        {"reason", one.reason},
                        {"measured", one.measured},
                        {"limit", one.limit},
                        {"value", number_or_null(one.value)},
                        {"low", one.interval ? Json(one.interval->low) : Json()},
                        {"high", one.interval ? number_or_null(one.interval->high) : Json()},
                        {"bound", number_or_null(one.bound)}};
}

TestResult result_of(const GateReport& report) {
    TestResult result;
    for (const GateCase& one : report.cases) {
        if (one.state == CaseState::pass) {
            result.passed.push_back(one.rule);
        } else if (one.state == CaseState::warned) {
            result.warned.push_back(one.rule);
        } else if (one.state != CaseState::reported) {
            result.failed.push_back(one.rule);
        }
    }
    const bool passed = report.exit == 0 && report.outcome == GateOutcome::pass && result.warned.empty();
    result.result = passed ? "PASSED" : report.exit == 0 ? "WARNED" : "FAILED";
    return result;
}

Json verdict_json(const GateReport& report, const GateBaseline& baseline) {
    Json::Array rules;
    for (const GateCase& one : report.cases) rules.push_back(rule_json(one));
    return Json::Object{{"name", report.name},
                        {"audit", report.audit},
                        {"baseline", report.baseline},
                        {"accepted", baseline.accepted ? baseline.accepted->accepted : std::string()},
                        {"outcome", gate_outcome_name(report.outcome)},
                        {"exit", report.exit},
                        {"verdict", report.verdict},
                        {"sequence", sequence_json(report.sequence)},
                        {"rules", std::move(rules)},
                        {"runs", std::uint64_t{report.runs}},
                        {"failed_runs", std::uint64_t{report.failed.size()}},
                        {"generated", report.context.generated},
                        {"tool", report.context.tool}};
}

}  // namespace

Statement gate_statement(const GateReport& report, const GateAudit& audit, const GateBaseline& baseline) {
    std::vector<Subject> subjects;
    for (const std::string& id : report.run_ids) subjects.push_back({"manifest.json", id});
    if (baseline.accepted) subjects.push_back({baseline.path.filename().string(), baseline.digest});
    TestResult result = result_of(report);
    result.configuration = {{audit.spec.path.filename().string(), sha256_hex(read_file(audit.spec.path))},
                            {"audit.json", audit.id}};
    Statement statement = test_result_statement(result, std::move(subjects));
    statement.predicate[std::string(k_verdict_member)] = verdict_json(report, baseline);
    return statement;
}

fs::path verdict_path(const GateBaseline& baseline, const Options& options) {
    for (const fs::path& path : options.outputs) {
        if (path.string().ends_with(k_verdict_ending)) return path;
    }
    return baseline.path.parent_path() / k_verdict_file;
}

}  // namespace assay
