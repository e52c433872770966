// Text for people: suggestions, numbers, columns. Locale-free.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// The candidate nearest to `name` by edit distance (with transpositions), if it is near enough to be a
// misspelling: at most a third of the longer name's letters, and at least one letter in common.
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> candidates);

std::string join(std::span<const std::string> parts, std::string_view separator);
std::vector<std::string> split(std::string_view text, char separator);  // keeps empty parts
std::vector<std::string> split_lines(std::string_view text);            // without the line ends

// Columns that a terminal shows for UTF-8 `text` (one per code point; the program's own output only).
std::size_t display_width(std::string_view text);
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);
// At most `width` columns; cut at the end with an ellipsis.
std::string elide(std::string_view text, std::size_t width);
// Breaks at blanks so that no line is wider; words longer than a line stay whole.
std::string wrap(std::string_view text, std::size_t width, std::string_view indent = "");

std::string fixed(double value, int decimals);        // "0.70"
std::string percent(double share, int decimals = 1);  // 0.117 -> "11.7%"
std::string scientific(double value);                 // two significant digits: 6.1e-7, 0.84, 12
std::string duration_text(double seconds);            // "41 s", "2m 40s", "3h 05m", "0.4 s"
std::string plural(std::size_t count, std::string_view one, std::string_view many = {});  // "1 run", "2 runs"

std::string upper_case(std::string ascii);
std::string lower_case(std::string ascii);

// A tilde for each character that is not ASCII: one column for one column.
std::string ascii_columns(std::string_view utf8);

}  // namespace assay
