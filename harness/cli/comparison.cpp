#include "cli/comparison.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace assay {
namespace {

constexpr std::size_t k_rows_shown = 40;

// Broken at blanks; a word that is longer than a line is cut.
std::string value_text(const std::string& side, const std::string& value, std::size_t width) {
    std::string text;
    for (const std::string& line : split_lines(wrap(value, width - 6)))
        text += (text.empty() ? "    " + side + " " : "      ") + elide(line, width - 6) + "\n";
    return text.empty() ? "    " + side + "\n" : text;
}

// A value that fits stands in its column; else both get a line of their own.
std::string row_text(const ComparisonRow& row, std::size_t what_width, std::size_t width) {
    if (row.a.empty() && row.b.empty()) {
        const std::string text = "  " + pad_right(row.what, what_width) + "  " + row.how_far;
        if (display_width(text) <= width) return text + "\n";
        return "  " + row.what + "\n" + wrap(row.how_far, width, "    ") + "\n";
    }
    const std::size_t column = (width - what_width - 6) / 2;
    std::string text;
    if (display_width(row.what) <= what_width && display_width(row.a) <= column && display_width(row.b) <= column) {
        text = "  " + pad_right(row.what, what_width) + "  " + pad_right(row.a, column) + "  " + row.b + "\n";
    } else {
        text = "  " + elide(row.what, width - 2) + "\n" + value_text("a", row.a, width) + value_text("b", row.b, width);
    }
    if (!row.how_far.empty()) text += wrap(row.how_far, width, "      ") + "\n";
    return text;
}

// Names and values come from files of anybody's making.
ComparisonRow shown(const ComparisonRow& row) {
    return {printable_line(row.what),
            printable_line(row.a),
            printable_line(row.b),
            printable_line(row.how_far),
            {},
            {},
            {}};
}

std::string section_text(const ComparisonSection& section, std::size_t width) {
    const std::string text = pad_right(section.name, 13) + section.headline;
    std::string out = display_width(text) <= width ? text : section.name + "\n" + wrap(section.headline, width, "  ");
    out += "\n";
    std::size_t what_width = 10;
    for (const ComparisonRow& row : section.rows) what_width = std::max(what_width, display_width(row.what));
    what_width = std::min(what_width, width * 2 / 5);
    for (std::size_t i = 0; i < std::min(section.rows.size(), k_rows_shown); ++i)
        out += row_text(shown(section.rows[i]), what_width, width);
    if (section.rows.size() > k_rows_shown)
        out += "  and " + std::to_string(section.rows.size() - k_rows_shown) + " more; --json has all\n";
    return out;
}

// With a value on one side, null on the other says that there is none.
Json value_json(const ComparisonRow& row, const Json& value, const std::string& text) {
    if (!row.value_a.is_null() || !row.value_b.is_null()) return value;
    return text.empty() ? Json() : Json(text);
}

}  // namespace

bool Comparison::same() const {
    return std::all_of(sections.begin(), sections.end(),
                       [](const ComparisonSection& section) { return section.same || !section.counts; });
}

std::string comparison_text(const Comparison& comparison, std::size_t width) {
    std::string text = "a  " + elide(comparison.a, width - 3) + "\nb  " + elide(comparison.b, width - 3) + "\n\n";
    for (const ComparisonSection& section : comparison.sections) text += section_text(section, width);
    bool shown_only = false;
    for (const ComparisonSection& section : comparison.sections) shown_only |= !section.same && !section.counts;
    if (!comparison.same()) return text + "\nThey differ.\n";
    return text + (shown_only ? "\nThe same, but for what has no part in an answer.\n" : "\nThe same.\n");
}

Json comparison_json(const Comparison& comparison) {
    Json::Array sections;
    for (const ComparisonSection& section : comparison.sections) {
        Json::Array rows;
        for (const ComparisonRow& row : section.rows) {
            rows.push_back(Json::Object{{"what", row.what},
                                        {"a", value_json(row, row.value_a, row.a)},
                                        {"b", value_json(row, row.value_b, row.b)},
                                        {"how_far", row.how_far},
                                        {"numbers", row.numbers}});
        }
        sections.push_back(Json::Object{{"name", section.name},
                                        {"headline", section.headline},
                                        {"same", section.same},
                                        {"counts", section.counts},
                                        {"differences", std::move(rows)}});
    }
    return Json::Object{{"schema", "assay/diff/1"}, {"kind", comparison.kind},   {"a", comparison.a},
                        {"b", comparison.b},        {"same", comparison.same()}, {"sections", std::move(sections)}};
}

}  // namespace assay
