// GitHub: workflow commands, and the file of outputs.
#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "report/gate_formats.hpp"

namespace assay {
namespace {

constexpr std::size_t k_annotations = 9;  // a step shows 10 of each kind

std::string replaced(const std::string& text, bool property) {
    std::string out;
    for (const char c : printable_line(text)) {
        if (c == '%') {
            out += "%25";
        } else if (property && c == ':') {
            out += "%3A";
        } else if (property && c == ',') {
            out += "%2C";
        } else {
            out += c;
        }
    }
    return out;
}

std::string command(const char* kind, const GateCase& one) {
    std::string text = std::string("::") + kind + " ";
    if (!one.place.file.empty()) {
        text += "file=" + replaced(one.place.file, true);
        if (one.place.line > 0) text += ",line=" + std::to_string(one.place.line);
        if (one.place.column > 0) text += ",col=" + std::to_string(one.place.column);
        text += ",";
    }
    text += "title=" + replaced(one.metric + " " + std::string(case_state_name(one.state)), true) +
            "::" + replaced(one.headline, false);
    for (const std::string& line : one.detail) text += "%0A" + replaced(line, false);
    return text + "\n";
}

std::string annotations(const char* kind, const std::vector<const GateCase*>& cases) {
    std::string text;
    for (std::size_t i = 0; i < std::min(cases.size(), k_annotations); ++i) text += command(kind, *cases[i]);
    if (cases.size() > k_annotations)
        text += "and " + std::to_string(cases.size() - k_annotations) + " more: see the step summary\n";
    return text;
}

}  // namespace

std::string gate_github_commands(const GateReport& report) {
    std::vector<const GateCase*> errors, warnings;
    for (const GateCase* one : worst_first(report)) {
        if (one->state == CaseState::pass || one->state == CaseState::reported) continue;
        const bool blocks = one->state == CaseState::fail || one->state == CaseState::refused;
        (blocks ? errors : warnings).push_back(one);
    }
    return annotations("error", errors) + annotations("warning", warnings);
}

std::string gate_github_output(const GateReport& report) {
    const auto line = [](const std::string& name, const std::string& value) {
        return name + "=" + printable_line(value) + "\n";
    };
    return line("outcome", std::string(gate_outcome_name(report.outcome))) + line("exit", std::to_string(report.exit)) +
           line("audit", report.audit) + line("baseline", report.baseline) +
           line("failed", std::to_string(cases_in(report, CaseState::fail))) + line("verdict", report.verdict);
}

}  // namespace assay
