#include "import/csv.hpp"

namespace assay {

std::vector<CsvRow> parse_csv(std::string_view text, Problems& problems) {
    std::vector<CsvRow> rows;
    const auto problem = scan_csv(text, {}, [&](CsvRow& row) {
        rows.push_back(std::move(row));
        return true;
    });
    if (problem) problems.add("I0101", problem->place, problem->message, problem->caret, problem->note);
    return rows;
}

}  // namespace assay
