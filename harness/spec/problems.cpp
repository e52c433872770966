#include "spec/problems.hpp"

#include <algorithm>

#include "base/text.hpp"

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

std::string Problems::one(const Problem& p) const {
    std::string out = "error[" + p.code + "]: " + p.message + "\n";
    const std::string file = path_.empty() ? "(built in)" : path_.string();
    const auto line = static_cast<std::size_t>(std::max(p.place.line, 0));
    if (p.place.line < 0 || line >= lines_.size()) {
        out += "  --> " + file + (p.caret.empty() ? "" : "   " + p.caret) + "\n";
    } else {
        const auto column = static_cast<std::size_t>(std::max(p.place.column, 0));
        const std::string number = std::to_string(line + 1);
        const std::string margin(number.size() + 1, ' ');
        out += "  --> " + file + ":" + number + ":" + std::to_string(column + 1) + "\n" + margin + "|\n";
        if (display_width(lines_[line]) <= k_line_columns) {
            out += number + " | " + lines_[line] + "\n" + margin + "| " + std::string(column, ' ') +
                   std::string(std::max<std::size_t>(1, p.place.width), '^') + (p.caret.empty() ? "" : " " + p.caret) +
                   "\n" + margin + "|\n";
        } else if (!p.caret.empty()) {
            out += margin + "= " + p.caret + "\n";
        }
    }
    if (!p.note.empty()) {
        for (const std::string& note : split_lines(wrap(p.note, 74))) out += "   = " + note + "\n";
    }
    return out;
}

std::string Problems::text() const {
    std::vector<Problem> sorted = problems_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
        return a.place.line != b.place.line ? a.place.line < b.place.line : a.place.column < b.place.column;
    });
    std::string out;
    for (std::size_t i = 0; i < std::min(sorted.size(), k_shown); ++i) out += (i == 0 ? "" : "\n") + one(sorted[i]);
    if (sorted.size() > k_shown) out += "\nand " + plural(sorted.size() - k_shown, "more error") + "\n";
    return out;
}

}  // namespace assay
