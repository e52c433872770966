// JUnit XML as Jenkins, GitLab and the usual GitHub actions read it.
#include <cmath>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "report/gate_formats.hpp"
#include "report/gate_text.hpp"

namespace assay {
namespace {

// XML 1.0 has no way to write control characters, nor U+FFFE and U+FFFF.
std::string writable(const std::string& text) {
    std::string out = printable_line(text);
    for (const char* const none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
        for (std::size_t at = out.find(none); at != std::string::npos; at = out.find(none)) out.replace(at, 3, "?");
    }
    return out;
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : writable(text)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string escaped_lines(const std::string& text) {
    std::string out;
    for (const std::string& line : split_lines(text)) out += escaped(line) + "\n";
    return out;
}

std::string attribute(const std::string& name, const std::string& value) {
    return " " + name + "=\"" + escaped(value) + "\"";
}

struct Suite {
    const GateReport& report;
    bool strict;
    std::string out;

    std::string place(const SpecPlace& place) const {
        if (strict || place.file.empty()) return "";
        return attribute("file", place.file) + (place.line > 0 ? attribute("line", std::to_string(place.line)) : "");
    }
    // GitLab keeps the first of two cases with one name, so names are unique: the rule holds its limit.
    void begin(const std::string& group, const std::string& name, const SpecPlace& where) {
        out += "    <testcase" + attribute("classname", report.name + "." + group) + attribute("name", name) +
               place(where) + attribute("time", "0");
    }
    void problem(const std::string& element, const std::string& type, const std::string& message,
                 const std::string& body) {
        out += ">\n      <" + element + attribute("type", type) + attribute("message", message) + ">" +
               escaped_lines(body) + "</" + element + ">\n    </testcase>\n";
    }
    static bool is_error(const GateCase& one) {
        return one.state == CaseState::refused || one.state == CaseState::incomplete;
    }
    void rule(const GateCase& one) {
        begin("gate", one.rule, one.place);
        if (one.state == CaseState::pass) {
            out += "/>\n";
        } else if (one.state == CaseState::fail) {
            problem("failure", "gate", case_summary(one), gate_case_text(one));
        } else if (is_error(one)) {
            problem("error", "gate", case_summary(one), gate_case_text(one));
        } else {
            out += ">\n      <skipped" + (strict ? "" : attribute("message", case_summary(one))) + ">" +
                   escaped_lines(gate_case_text(one)) + "</skipped>\n    </testcase>\n";
        }
    }
    void failed_run(const FailedRun& run) {
        begin("runs", "run " + run.label, {});
        std::string body = run.reason + "\n" + run.cell + "\n";
        for (const std::string& line : run.log_tail) body += line + "\n";
        if (!run.reproduce.empty()) body += "by hand: " + run.reproduce + "\n";
        problem("error", "trainer", run.reason, body);
    }
    void property(const std::string& name, const std::string& value) {
        if (value.empty()) return;
        out += "      <property" + attribute("name", name) + attribute("value", value) + "/>\n";
    }
};

}  // namespace

std::string gate_junit(const GateReport& report, bool strict) {
    Suite suite{report, strict, ""};
    const std::size_t failures = cases_in(report, CaseState::fail);
    const std::size_t skipped = cases_in(report, CaseState::undecided) + cases_in(report, CaseState::warned) +
                                cases_in(report, CaseState::reported);
    const std::size_t errors =
        report.failed.size() + cases_in(report, CaseState::refused) + cases_in(report, CaseState::incomplete);
    const std::string counts = attribute("tests", std::to_string(report.cases.size() + report.failed.size())) +
                               attribute("failures", std::to_string(failures)) +
                               attribute("errors", std::to_string(errors));
    const std::string time = attribute("time", fixed(report.context.training_s, 3));
    std::string stamp = report.context.generated;
    if (stamp.ends_with('Z')) stamp.pop_back();
    suite.out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "assay") + counts + time +
                ">\n  <testsuite" + attribute("name", report.name) + counts +
                attribute("skipped", std::to_string(skipped)) + time + attribute("timestamp", stamp) +
                attribute("hostname", report.context.host) + ">\n    <properties>\n";
    suite.property("audit", report.audit);
    suite.property("baseline", report.baseline);
    suite.property("outcome", std::string(gate_outcome_name(report.outcome)));
    suite.property("verdict", report.verdict);
    for (const std::string& note : report.notes) suite.property("note", note);
    suite.out += "    </properties>\n";
    for (const GateCase& one : report.cases) suite.rule(one);
    for (const FailedRun& run : report.failed) suite.failed_run(run);
    return suite.out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace assay
