#include "core/csv.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace assay {
namespace {

constexpr std::size_t k_cell_bytes = std::size_t{1} << 20;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct Scanner {
    std::string_view text;
    const CsvLimits& limits;
    std::size_t at = 0, line_begin = 0;
    int line = 0;
    std::optional<CsvProblem> problem;

    bool done() const { return problem || at >= text.size(); }
    bool at_end_of_line() const {
        return at >= text.size() || text[at] == '\n' ||
               (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] == '\n'));
    }
    Place place() const { return {line, static_cast<int>(at - line_begin), 1}; }
    void stop(const Place& where, const std::string& message, const std::string& caret = "") {
        problem = CsvProblem{where, message, caret, ""};
    }
    void end_line() {
        if (at < text.size() && text[at] == '\r') ++at;
        if (at < text.size()) ++at;
        ++line;
        line_begin = at;
    }
};

// The closing quote must end the cell.
CsvCell quoted_cell(Scanner& s) {
    CsvCell cell{"", s.place()};
    const Place begin = s.place();
    ++s.at;
    for (;; ++s.at) {
        if (s.at >= s.text.size()) {
            s.stop(begin, "this quote is never closed", "end the cell with a quote");
            return cell;
        }
        const char c = s.text[s.at];
        if (c == '"') {
            if (s.at + 1 >= s.text.size() || s.text[s.at + 1] != '"') break;
            ++s.at;
        }
        cell.text += c;
        if (c != '\n') continue;
        ++s.line;
        s.line_begin = s.at + 1;
    }
    ++s.at;
    if (s.line == begin.line) cell.place.width = s.at - s.line_begin - static_cast<std::size_t>(begin.column);
    while (!s.at_end_of_line() && is_blank(s.text[s.at])) ++s.at;
    if (!s.at_end_of_line() && s.text[s.at] != ',')
        s.stop(s.place(), "the cell goes on after its closing quote", "write a quote inside a cell twice: \"\"");
    return cell;
}

CsvCell plain_cell(Scanner& s) {
    CsvCell cell{"", s.place()};
    const std::size_t begin = s.at;
    while (!s.at_end_of_line() && s.text[s.at] != ',') {
        if (s.text[s.at] == '"') {
            s.stop(s.place(), "a quote inside a cell that does not begin with one",
                   "put the whole cell in quotes, this one twice");
            return cell;
        }
        ++s.at;
    }
    std::size_t end = s.at;
    while (end > begin && is_blank(s.text[end - 1])) --end;
    cell.text = std::string(s.text.substr(begin, end - begin));
    cell.place.width = std::max<std::size_t>(1, cell.text.size());
    return cell;
}

CsvRow read_row(Scanner& s) {
    CsvRow row;
    for (;;) {
        while (!s.at_end_of_line() && is_blank(s.text[s.at])) ++s.at;
        const bool quoted = s.at < s.text.size() && s.text[s.at] == '"';
        row.push_back(quoted ? quoted_cell(s) : plain_cell(s));
        if (s.problem) return row;
        if (row.back().text.size() > k_cell_bytes) s.stop(row.back().place, "a cell of more than 1 MiB");
        if (row.size() > s.limits.cells)
            s.stop(row.back().place, "more than " + std::to_string(s.limits.cells) + " cells in a row");
        if (s.problem || s.at_end_of_line()) return row;
        ++s.at;  // the comma
    }
}

// What is kept of a table must be text that can be read again.
std::optional<CsvProblem> refused_text(std::string_view text, const CsvLimits& limits) {
    if (text.size() > limits.bytes)
        return CsvProblem{{-1, 0, 1}, "a table of more than " + std::to_string(limits.bytes >> 20) + " MiB", "", ""};
    for (int number = 0; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto* const control = std::find_if(line.begin(), line.end(), [](char c) {
            return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
        });
        const bool damaged = !is_utf8(line);
        if (!damaged && control == line.end()) continue;
        const int column = damaged ? 0 : static_cast<int>(control - line.begin());
        return CsvProblem{{number, column, 1},
                          damaged ? "this line is not UTF-8 text" : "a control character",
                          "",
                          "save the table as UTF-8 text, comma-separated"};
    }
    return std::nullopt;
}

}  // namespace

std::string_view without_byte_order_mark(std::string_view text) {
    constexpr std::string_view k_mark = "\xEF\xBB\xBF";
    return text.starts_with(k_mark) ? text.substr(k_mark.size()) : text;
}

std::optional<CsvProblem> scan_csv(std::string_view text, const CsvLimits& limits,
                                   const std::function<bool(CsvRow&)>& take) {
    if (auto refused = refused_text(text, limits)) return refused;
    Scanner scanner{text, limits, 0, 0, 0, std::nullopt};
    while (!scanner.done()) {
        const std::size_t begin = scanner.at;
        CsvRow row = read_row(scanner);
        const bool nothing = row.size() == 1 && row[0].text.empty() && text.substr(begin, 1) != "\"";
        if (!scanner.problem && !nothing && !take(row)) break;
        scanner.end_line();
    }
    return scanner.problem;
}

}  // namespace assay
