// Lines, titles and tables of the terminal's report. Included by its parts only.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "core/report.hpp"
#include "report/terminal.hpp"

namespace assay {

struct Writer {
    const Report& report;
    const TerminalStyle& style;
    std::string out;

    std::string bold(const std::string& text) const { return style.color ? "\033[1m" + text + "\033[0m" : text; }
    std::string red(const std::string& text) const { return style.color ? "\033[31m" + text + "\033[0m" : text; }
    void line(const std::string& text) { out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n"; }
    std::size_t width() const { return static_cast<std::size_t>(style.width); }
    void title(const std::string& text) {
        for (const std::string& part : split_lines(wrap(text, width()))) line(bold(part));
    }
    void paragraph(const std::string& label, const std::string& text) {
        const auto lines = split_lines(wrap(text, width() - 12));
        for (std::size_t i = 0; i < lines.size(); ++i) line(pad_right(i == 0 ? label : "", 12) + lines[i]);
    }
    // Rows of a table, as wide as what is in them; a row of one part is a line of its own. A name that does not fit
    // beside the other columns stands above them, and on a very narrow terminal each part takes a line.
    void table(const std::vector<std::vector<std::string>>& rows) {
        constexpr std::size_t k_gap = 2, k_least_name = 6;
        std::vector<std::size_t> widths;
        for (const auto& row : rows) {
            for (std::size_t c = 0; row.size() > 1 && c < row.size(); ++c) {
                widths.resize(std::max(widths.size(), c + 1));
                widths[c] = std::max(widths[c], display_width(row[c]) + k_gap);
            }
        }
        std::size_t others = 0;
        for (std::size_t c = 1; c < widths.size(); ++c) others += widths[c];
        const bool fits = others + k_least_name <= width() + k_gap;
        if (fits && !widths.empty()) widths[0] = std::min(widths[0], width() + k_gap - others);
        for (const auto& row : rows) {
            if (row.size() == 1) {
                line(wrap(row[0], width(), "  "));
            } else if (fits) {
                beside(row, widths, k_gap);
            } else {
                stacked(row);
            }
        }
    }

private:
    void name_above(const std::string& name) { line(wrap(name, width() - 2, "  ")); }
    void beside(const std::vector<std::string>& row, const std::vector<std::size_t>& widths, std::size_t gap) {
        const bool above = display_width(row[0]) + gap > widths[0];
        if (above) name_above(row[0]);
        std::string text = pad_right(above ? "" : row[0], widths[0]);
        for (std::size_t c = 1; c < row.size(); ++c) text += pad_right(row[c], widths[c]);
        line(text);
    }
    void stacked(const std::vector<std::string>& row) {
        if (!row[0].empty()) name_above(row[0]);
        for (std::size_t c = 1; c < row.size(); ++c) {
            if (!row[c].empty()) line(wrap(row[c], width(), "      "));
        }
    }
};

}  // namespace assay
