// The formats of a gate that CI systems read. Each is a pure function of one GateReport; none adds a judgement.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "core/gate_report.hpp"

namespace assay {

// JUnit XML: a test case for each rule and for each failed run. `strict`: without `file` and `line` on a test case and
// without `message` on skipped, which Jenkins' xUnit plugin refused for years (its junit-*.xsd); what they say stands
// in the bodies in both flavours.
std::string gate_junit(const GateReport& report, bool strict);

// harness/report/gate-1.schema.json.
Json gate_json(const GateReport& report);

// GitHub workflow commands for standard output: an error for each rule that fails, the worst first, at most 9 since a
// step shows 10; likewise warnings. "" when nothing is to be said.
std::string gate_github_commands(const GateReport& report);
// Lines for the file $GITHUB_OUTPUT: outcome, exit, audit, baseline, failed.
std::string gate_github_output(const GateReport& report);
// Markdown for $GITHUB_STEP_SUMMARY, where the whole is dropped above 1 MiB, and for a comment, which takes 65,536
// characters: sections that do not fit are left out from the end, and it says so.
inline constexpr std::size_t k_summary_bytes = 900'000;
inline constexpr std::size_t k_comment_bytes = 60'000;
std::string gate_markdown(const GateReport& report, std::size_t most_bytes);

// GitLab's Code Quality report: an entry for each rule that does not pass, with a fingerprint that holds no number.
Json gate_codequality(const GateReport& report);
// OpenMetrics text for GitLab's metrics report: value, interval and outcome of every rule.
std::string gate_openmetrics(const GateReport& report);
// shields.io's endpoint form.
Json gate_badge(const GateReport& report);

struct GateFormatOptions {
    bool strict_junit = false;
};
struct GateFormat {
    std::string_view name;    // "JUnit"
    std::string_view ending;  // of a file's name: ".xml"; the first row whose ending fits decides
    std::function<std::string(const GateReport&, const GateFormatOptions&)> write;
};
const std::vector<GateFormat>& gate_formats();
// By the end of the file's name; nothing when no format has it.
const GateFormat* gate_format_of(std::string_view file_name);

}  // namespace assay
