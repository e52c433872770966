// GitHub-flavoured markdown: for a step summary and for a comment on a pull request.
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "report/gate_formats.hpp"
#include "report/gate_text.hpp"

namespace assay {
namespace {

// Names and paths come from outside: nothing of them is markup.
std::string inert(const std::string& text) {
    std::string out;
    for (const char c : printable_line(text)) {
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (std::string_view("|*_`[]\\#~@!").find(c) != std::string_view::npos) {
            out += std::string("\\") + c;
        } else {
            out += c;
        }
    }
    return out;
}

// A fence that the text cannot close.
std::string fenced(const std::string& text) {
    std::string fence = "```";
    while (text.find(fence) != std::string::npos) fence += "`";
    return fence + "text\n" + text + fence + "\n";
}

std::string rules_table(const GateReport& report) {
    std::string out = "| | rule | measured | limit |\n|---|---|---|---|\n";
    for (const GateCase* one : worst_first(report)) {
        const std::string measured = one->measured.empty() ? one->reason : one->measured;
        out += "| " + std::string(case_mark(one->state)) + " " + std::string(case_state_name(one->state)) + " | " +
               inert(one->metric) + " | " + inert(measured) + (one->more.empty() ? "" : "; " + inert(one->more)) +
               " | " + inert(one->limit) + " |\n";
    }
    return out;
}

std::vector<std::string> sections(const GateReport& report) {
    std::vector<std::string> parts;
    for (const GateCase* one : worst_first(report)) {
        if (one->state == CaseState::pass || one->state == CaseState::reported) continue;
        parts.push_back("\n" + fenced(gate_case_text(*one)));
    }
    for (const FailedRun& run : report.failed) {
        std::string log;
        for (const std::string& line : run.log_tail) log += printable_line(line) + "\n";
        parts.push_back("\nRun " + inert(run.label) + " failed: " + inert(run.reason) + "\n" +
                        (log.empty() ? "" : "\n" + fenced(log)));
    }
    if (!report.ledger.empty()) {
        std::string lines;
        for (const std::string& line : report.ledger) lines += printable_line(line) + "\n";
        parts.push_back("\n<details><summary>Changed against the baseline</summary>\n\n" + fenced(lines) +
                        "\n</details>\n");
    }
    return parts;
}

}  // namespace

std::string gate_markdown(const GateReport& report, std::size_t most_bytes) {
    const std::string end = "\n<sub>audit " + report.audit.substr(0, 12) +
                            (report.baseline.empty() ? "" : ", baseline " + report.baseline.substr(0, 12)) + ", " +
                            inert(report.context.tool) + "</sub>\n";
    std::string out = "### " + inert(report.name) + ": " + inert(report.verdict) + "\n\n";
    for (const std::string& note : report.notes) out += "> " + inert(note) + "\n\n";
    const std::string table = rules_table(report);
    const std::string left_out = "\nMore is left out here for its length: it is in the report and the JUnit file.\n";
    const std::size_t room = most_bytes > end.size() + left_out.size() ? most_bytes - end.size() - left_out.size() : 0;
    bool cut = out.size() + table.size() > room;
    if (!cut) out += table;
    for (const std::string& part : sections(report)) {
        if (out.size() + part.size() > room) {
            cut = true;
        } else if (!cut) {
            out += part;
        }
    }
    return out + (cut ? left_out : "") + end;
}

}  // namespace assay
