// Comma-separated values with the place of every cell. Pure.
//
//   table := row {end row} [end]     end := "\n" | "\r\n"         (RFC 4180)
//   row   := cell {"," cell}
//   cell  := plain | '"' any character, '"' doubled, line ends too '"'
//
// UTF-8 without a byte order mark. Blanks around a plain cell are no part of it; those in quotes are. Empty lines are
// skipped. At most 64 MiB, 1,000 cells a row, 1 MiB a cell. The reader that Debian has (libcsv3) does not say where a
// cell stands, which is what an error needs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/problems.hpp"

namespace assay {

struct CsvCell {
    std::string text;
    Place place;  // of its first character as written, the quote included
    friend bool operator==(const CsvCell& a, const CsvCell& b) { return a.text == b.text; }
};
using CsvRow = std::vector<CsvCell>;

// What cannot be read is added to `problems` (I0101); the rows read so far come back, and mean nothing.
std::vector<CsvRow> parse_csv(std::string_view text, Problems& problems);

// Some programs begin UTF-8 with a mark that is no part of the text.
std::string_view without_byte_order_mark(std::string_view text);

inline constexpr std::size_t k_csv_bytes = std::size_t{64} << 20;

}  // namespace assay
