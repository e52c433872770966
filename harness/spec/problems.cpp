#include "spec/problems.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {
constexpr std::size_t k_shown = 20;
constexpr std::size_t k_line_columns = 100;  // longer lines are not worth showing
}  // namespace

Problems::Problems(std::string_view text, std::filesystem::path path)
    : lines_(split_lines(text)), path_(std::move(path)) {}

void Problems::add(std::string code, const Place& place, std::string message, std::string caret, std::string note) {
    problems_.push_back({std::move(code), place, std::move(message), std::move(caret), std::move(note)});
}

Place Problems::find(const Place& from, std::string_view text) const {
    auto column = static_cast<std::size_t>(std::max(from.column, 0));
    for (auto line = static_cast<std::size_t>(std::max(from.line, 0)); line < lines_.size(); ++line, column = 0) {
        const std::size_t at = lines_[line].find(text, column);
        if (at != std::string::npos) return {static_cast<int>(line), static_cast<int>(at), text.size()};
    }
    return from;
}

// The line as it can be shown, and carets below it: a character of several bytes is one column.
std::string Problems::excerpt(const Problem& p, const std::string& margin) const {
    const std::string& line = lines_[static_cast<std::size_t>(p.place.line)];
    const std::string shown = printable_line(line);
    if (display_width(shown) > k_line_columns) return p.caret.empty() ? "" : margin + "= " + p.caret + "\n";
    const std::size_t column = std::min(static_cast<std::size_t>(std::max(p.place.column, 0)), line.size());
    const std::string before = printable_line(line.substr(0, column));
    const std::string marked = printable_line(line.substr(column, p.place.width));
    return std::to_string(p.place.line + 1) + " | " + shown + "\n" + margin + "| " +
           std::string(display_width(before), ' ') + std::string(std::max<std::size_t>(1, display_width(marked)), '^') +
           (p.caret.empty() ? "" : " " + p.caret) + "\n" + margin + "|\n";
}

std::string Problems::one(const Problem& p, bool with_note) const {
    std::string out = "error[" + p.code + "]: " + printable_line(p.message) + "\n";
    const std::string file = path_.empty() ? "(built in)" : path_.string();
    std::string margin = "  ";
    if (p.place.line < 0 || static_cast<std::size_t>(p.place.line) >= lines_.size()) {
        out += "  --> " + file + (p.caret.empty() ? "" : "   " + p.caret) + "\n";
    } else {
        const std::string& line = lines_[static_cast<std::size_t>(p.place.line)];
        const std::size_t column = display_width(line.substr(0, static_cast<std::size_t>(std::max(p.place.column, 0))));
        const std::string number = std::to_string(p.place.line + 1);
        margin = std::string(number.size() + 1, ' ');
        out += "  --> " + file + ":" + number + ":" + std::to_string(column + 1) + "\n" + margin + "|\n" +
               excerpt(p, margin);
    }
    if (p.note.empty() || !with_note) return out;
    std::string bullet = margin + "= ";
    for (const std::string& note : split_lines(wrap(p.note, 74))) {
        out += bullet + note + "\n";
        bullet = margin + "  ";
    }
    return out;
}

std::string Problems::text() const {
    std::vector<Problem> sorted = problems_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
        return a.place.line != b.place.line ? a.place.line < b.place.line : a.place.column < b.place.column;
    });
    std::string out;
    std::set<std::string> notes;
    for (std::size_t i = 0; i < std::min(sorted.size(), k_shown); ++i) {
        out += (i == 0 ? "" : "\n") + one(sorted[i], notes.insert(sorted[i].note).second);
    }
    if (sorted.size() > k_shown) out += "\nand " + plural(sorted.size() - k_shown, "more error") + "\n";
    return out;
}

}  // namespace assay
