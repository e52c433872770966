// GitLab: Code Quality and metrics; and the badge.
#include "base/digest.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "report/gate_formats.hpp"

namespace assay {
namespace {

Json quality_entry(const GateReport& report, const GateCase& one) {
    const std::string file = one.place.file.empty() ? "assay.yaml" : one.place.file;
    // The same finding next week, whatever was measured and asked then: neither figure nor limit goes into it.
    const std::string fingerprint = sha256_hex("assay gate\n" + report.name + "\n" + one.metric + "\n" + file +
                                               (one.scope.empty() ? "" : "\n" + one.scope));
    return Json::Object{
        {"description", printable_line(one.headline)},
        {"check_name", "assay." + one.metric},
        {"fingerprint", fingerprint},
        {"severity", one.state == CaseState::fail || one.state == CaseState::refused ? "major" : "minor"},
        {"location",
         Json::Object{{"path", file}, {"lines", Json::Object{{"begin", one.place.line > 0 ? one.place.line : 1}}}}}};
}

std::string label_text(const std::string& text) {
    std::string out;
    for (const char c : printable_line(text)) {
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
    return out;
}

struct Family {
    const char* name;
    const char* help;
    std::optional<double> (*value)(const GateCase&);
};

constexpr Family k_families[] = {
    {"assay_gate_value", "what was measured", [](const GateCase& one) { return one.value; }},
    {"assay_gate_low", "lower end of its interval",
     [](const GateCase& one) { return one.interval ? std::optional(one.interval->low) : std::nullopt; }},
    {"assay_gate_high", "upper end of its interval",
     [](const GateCase& one) { return one.interval ? one.interval->high : std::nullopt; }},
    {"assay_gate_limit", "the limit of the spec", [](const GateCase& one) { return one.bound; }},
    {"assay_gate_passes", "1 where the rule passes, 0 where it does not",
     [](const GateCase& one) { return std::optional(one.state == CaseState::pass ? 1.0 : 0.0); }},
};

}  // namespace

Json gate_codequality(const GateReport& report) {
    Json::Array entries;
    for (const GateCase* one : worst_first(report)) {
        if (one->state != CaseState::pass && one->state != CaseState::reported)
            entries.push_back(quality_entry(report, *one));
    }
    return entries;
}

std::string gate_openmetrics(const GateReport& report) {
    std::string out;
    for (const Family& family : k_families) {
        std::string rows;
        for (const GateCase& one : report.cases) {
            const auto value = family.value(one);
            if (!value) continue;
            rows += std::string(family.name) + "{audit=\"" + label_text(report.name) + "\",rule=\"" +
                    label_text(one.rule) + "\"} " + number_text(*value) + "\n";
        }
        if (rows.empty()) continue;
        out += "# TYPE " + std::string(family.name) + " gauge\n# HELP " + family.name + " " + family.help + "\n" + rows;
    }
    return out + "# EOF\n";
}

Json gate_badge(const GateReport& report) {
    const std::size_t passing = cases_in(report, CaseState::pass);
    std::string message = std::string(gate_outcome_name(report.outcome));
    const char* color = "red";
    if (report.outcome == GateOutcome::pass) {
        message = std::to_string(passing) + " of " + plural(report.cases.size(), "rule") + " pass";
        color = passing == report.cases.size() ? "brightgreen" : "yellow";
    } else if (report.outcome == GateOutcome::reported) {
        color = "lightgrey";
    } else if (report.outcome != GateOutcome::fail && report.outcome != GateOutcome::outlier &&
               report.outcome != GateOutcome::refused) {
        color = "yellow";
    } else if (const std::size_t failing = cases_in(report, CaseState::fail); failing > 0) {
        message = std::to_string(failing) + " of " + plural(report.cases.size(), "rule") + " fail";
    }
    return Json::Object{{"schemaVersion", 1}, {"label", "repeatable"}, {"message", message}, {"color", color}};
}

}  // namespace assay
