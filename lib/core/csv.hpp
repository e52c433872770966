// Comma-separated values with the place of every cell. Pure.
//
//   table := row {end row} [end]     end := "\n" | "\r\n"         (RFC 4180)
//   row   := cell {"," cell}
//   cell  := plain | '"' any character, '"' doubled, line ends too '"'
//
// UTF-8 without a byte order mark. Blanks around a plain cell are no part of it; those in quotes are. Empty lines are
// skipped. At most 1 MiB a cell, and the limits below. The reader that Debian has (libcsv3) does not say where a cell
// stands, which is what an error needs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/place.hpp"

namespace assay {

struct CsvCell {
    std::string text;
    Place place;  // of its first character as written, the quote included
    friend bool operator==(const CsvCell& a, const CsvCell& b) { return a.text == b.text; }
};
using CsvRow = std::vector<CsvCell>;

struct CsvLimits {
    std::size_t bytes = std::size_t{64} << 20;
    std::size_t cells = 1000;  // in a row
};

// Why a table cannot be read: always the first thing that is wrong with it.
struct CsvProblem {
    Place place;
    std::string message;
    std::string caret;  // beside the place: "end the cell with a quote"
    std::string note;
};

// Hands over each row until `take` says false; the row may be moved from. Nothing when the whole text was read.
std::optional<CsvProblem> scan_csv(std::string_view text, const CsvLimits& limits,
                                   const std::function<bool(CsvRow&)>& take);

// Some programs begin UTF-8 with a mark that is no part of the text.
std::string_view without_byte_order_mark(std::string_view text);

inline constexpr std::size_t k_csv_bytes = CsvLimits{}.bytes;

}  // namespace assay
