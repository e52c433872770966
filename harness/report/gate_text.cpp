#include "report/gate_text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {

struct Painter {
    const TerminalStyle& style;
    std::string out;

    std::string painted(const char* code, const std::string& text) const {
        return style.color ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
    }
    std::size_t width() const { return static_cast<std::size_t>(style.width); }
    void line(const std::string& text) {
        const std::string shown = style.unicode ? text : ascii_columns(text);
        out += shown.substr(0, shown.find_last_not_of(' ') + 1) + "\n";
    }
    void wrapped(const std::string& text, const std::string& indent = "") {
        for (const std::string& part : split_lines(wrap(printable_line(text), width(), indent))) line(part);
    }
    // A word beside the mark where there is no UTF-8: meaning never hangs on one sign.
    std::string mark(CaseState state) const {
        if (style.unicode) return std::string(case_mark(state));
        switch (state) {
            case CaseState::pass:
                return "ok";
            case CaseState::fail:
            case CaseState::refused:
                return "FAIL";
            case CaseState::undecided:
            case CaseState::incomplete:
                return "??";
            case CaseState::reported:
                return "-";
            default:
                return "!";
        }
    }
};

const char* color_of(CaseState state) {
    switch (state) {
        case CaseState::pass:
            return "32";
        case CaseState::fail:
        case CaseState::refused:
            return "31";
        default:
            return "33";
    }
}

void overview(const GateReport& report, Painter& p) {
    std::size_t names = 0, marks = 0;
    for (const GateCase& one : report.cases) {
        names = std::max(names, display_width(one.metric));
        marks = std::max(marks, display_width(p.mark(one.state)));
    }
    for (const GateCase& one : report.cases) {
        const std::string head = " " + pad_right(p.mark(one.state), marks) + " " + pad_right(one.metric, names) + "  ";
        const std::string place = place_text(one.place);
        std::string tail = printable_line(case_summary(one));
        if (!place.empty()) tail += " (" + place + ")";
        const std::size_t left = display_width(head);
        const std::size_t room = p.width() > left + 20 ? p.width() - left : 20;
        const auto lines = split_lines(wrap(tail, room));
        for (std::size_t i = 0; i < std::max<std::size_t>(1, lines.size()); ++i) {
            const std::string text = i < lines.size() ? lines[i] : "";
            if (i == 0) {
                p.line(p.painted(color_of(one.state), head) + text);
            } else {
                p.line(std::string(left, ' ') + text);
            }
        }
    }
}

void failed_runs(const GateReport& report, Painter& p) {
    for (const FailedRun& run : report.failed) {
        p.line("");
        p.wrapped("run " + run.label + " of the candidate failed: " + run.reason);
        for (const std::string& line : run.log_tail) p.line("   | " + elide(printable_line(line), p.width() - 5));
        if (!run.reproduce.empty()) p.wrapped("by hand: " + run.reproduce, "   ");
    }
}

}  // namespace

std::string_view case_mark(CaseState state) {
    switch (state) {
        case CaseState::pass:
            return "✓";
        case CaseState::fail:
        case CaseState::refused:
            return "✗";
        case CaseState::undecided:
        case CaseState::incomplete:
            return "?";
        case CaseState::reported:
            return "·";
        default:
            return "!";
    }
}

std::string gate_case_text(const GateCase& one) {
    std::string text = std::string(case_mark(one.state)) + " " + printable_line(one.headline) + "\n";
    for (const std::string& line : one.detail) text += printable_line(line) + "\n";
    return text;
}

std::string gate_text(const GateReport& report, const TerminalStyle& style) {
    Painter p{style, ""};
    for (const std::string& note : report.notes) p.wrapped(note);
    if (!report.notes.empty()) p.line("");
    overview(report, p);
    for (const GateCase* one : worst_first(report)) {
        if (one->state == CaseState::pass || one->state == CaseState::reported) continue;
        p.line("");
        for (const std::string& part :
             split_lines(wrap(p.mark(one->state) + " " + printable_line(one->headline), p.width())))
            p.line(p.painted(color_of(one->state), part));
        for (const std::string& line : one->detail) p.line(printable_line(line));
    }
    failed_runs(report, p);
    if (!report.ledger.empty()) p.line("");
    for (const std::string& line : report.ledger) p.line(printable_line(line));
    p.line("");
    p.wrapped(report.verdict);
    return p.out;
}

}  // namespace assay
