#include "import/input_table.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "import/csv.hpp"
#include "import/import.hpp"

namespace assay {
namespace {

const char* const k_id = "id";
const char* const k_grammar = "the first line names the columns, one of them id; each further line is an input";

void stop_if_any(const Problems& problems) {
    if (!problems.empty()) throw TableError(problems.first_code(), Exit::usage, problems.text());
}

bool good_text(const std::string& text) {
    return !text.empty() && text.size() <= k_input_text_bytes && text.find('\n') == std::string::npos;
}

const std::string& unfit_text() {
    static const std::string k_text = "at most " + std::to_string(k_input_text_bytes) + " bytes, on one line";
    return k_text;
}

void check_header(const CsvRow& header, Problems& problems) {
    std::map<std::string, const CsvCell*> seen;
    for (const CsvCell& cell : header) {
        if (!good_text(cell.text)) {
            problems.add("I0111", cell.place, cell.text.empty() ? "a column without a name" : "no name for a column",
                         cell.text.empty() ? "" : unfit_text(), k_grammar);
        } else if (!seen.emplace(cell.text, &cell).second) {
            problems.add("I0111", cell.place, "two columns are called '" + elide(cell.text, 40) + "'");
        }
    }
    if (header.size() > k_slices_max + 1)
        problems.add("I0111", header[k_slices_max + 1].place, "more than " + std::to_string(k_slices_max) + " slices");
    if (seen.contains(k_id)) return;
    const auto slip = std::find_if(header.begin(), header.end(), [](const CsvCell& cell) {
        return cell.text == "ID" || cell.text == "Id" || cell.text == "ids";
    });
    problems.add("I0111", slip == header.end() ? header.front().place : slip->place, "no column is called id",
                 slip == header.end() ? "" : "did you mean 'id'?", k_grammar);
}

std::size_t id_column(const CsvRow& header) {
    return static_cast<std::size_t>(
        std::find_if(header.begin(), header.end(), [](const CsvCell& cell) { return cell.text == k_id; }) -
        header.begin());
}

void check_lines(const std::vector<CsvRow>& rows, Problems& problems) {
    const std::size_t columns = rows.front().size();
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (rows[i].size() == columns) continue;
        problems.add(
            "I0112", rows[i].front().place,
            plural(rows[i].size(), "cell") + " in this line, " + std::to_string(columns) + " in the line of names");
    }
    if (rows.size() < 2) problems.add("I0112", rows.front().front().place, "the table has no inputs", "", k_grammar);
}

std::vector<std::string> read_ids(const std::vector<CsvRow>& rows, std::size_t column, Problems& problems) {
    std::vector<std::string> ids;
    std::map<std::string, int> lines;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const CsvCell& cell = rows[i][column];
        ids.push_back(cell.text);
        if (!good_text(cell.text)) {
            problems.add("I0112", cell.place, cell.text.empty() ? "an input without an id" : "no id for an input",
                         cell.text.empty() ? "" : unfit_text());
            continue;
        }
        const auto [it, fresh] = lines.emplace(cell.text, cell.place.line + 1);
        if (!fresh)
            problems.add(
                "I0112", cell.place,
                "the id '" + elide(cell.text, 40) + "' stands in line " + std::to_string(it->second) + " already");
    }
    return ids;
}

// The first cell with one value too many is where a person finds out that the column is no slice.
bool too_many(const std::vector<CsvRow>& rows, std::size_t column, Problems& problems) {
    std::set<std::string> seen;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const CsvCell& cell = rows[i][column];
        if (cell.text.empty()) continue;
        if (!good_text(cell.text)) problems.add("I0113", cell.place, "no value for a slice", unfit_text());
        seen.insert(cell.text);
        if (seen.size() <= k_slice_values_max) continue;
        problems.add("I0113", cell.place,
                     "the column '" + elide(rows.front()[column].text, 40) + "' has more than " +
                         std::to_string(k_slice_values_max) + " different values: it is no slice",
                     "", "group its values, or leave the column out");
        return true;
    }
    return false;
}

Slice read_slice(const std::vector<CsvRow>& rows, std::size_t column, Problems& problems) {
    Slice slice{rows.front()[column].text, {}, {}};
    if (too_many(rows, column, problems)) return slice;
    std::map<std::string, std::size_t> numbers;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (!rows[i][column].text.empty()) numbers[rows[i][column].text] = 0;
    }
    for (auto& [value, number] : numbers) {
        slice.values.push_back(value);
        number = slice.values.size();
    }
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const auto it = numbers.find(rows[i][column].text);
        slice.of.push_back(it == numbers.end() ? 0 : it->second);
    }
    if (numbers.empty())
        problems.add("I0113", rows.front()[column].place,
                     "the column '" + elide(slice.name, 40) + "' is empty in every line", "leave it out");
    return slice;
}

}  // namespace

InputTable read_input_table(std::string_view bytes, const std::filesystem::path& path) {
    const std::string_view text = without_byte_order_mark(bytes);
    Problems problems(text, path);
    const std::vector<CsvRow> rows = parse_csv(text, problems);
    stop_if_any(problems);
    if (rows.empty()) problems.add("I0111", {-1, 0, 1}, "the table of inputs is empty", "", k_grammar);
    stop_if_any(problems);
    check_header(rows.front(), problems);
    stop_if_any(problems);
    check_lines(rows, problems);
    stop_if_any(problems);
    InputTable table;
    const std::size_t id = id_column(rows.front());
    table.ids = read_ids(rows, id, problems);
    for (std::size_t column = 0; column < rows.front().size(); ++column) {
        if (column != id) table.slices.push_back(read_slice(rows, column, problems));
    }
    stop_if_any(problems);
    return table;
}

}  // namespace assay
