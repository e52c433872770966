// Numbers from a CSV file, with or without a line of names.
#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "core/answers_parts.hpp"
#include "core/csv.hpp"

namespace assay {
namespace {

constexpr CsvLimits k_limits{.bytes = std::size_t{1} << 30, .cells = 100'000};

std::string place_text(const std::string& name, const Place& place) {
    if (place.line < 0) return name;
    return name + ":" + std::to_string(place.line + 1) + ":" + std::to_string(place.column + 1);
}

bool is_header(const CsvRow& row) {
    const bool no_number =
        std::none_of(row.begin(), row.end(), [](const CsvCell& cell) { return number_in_text(cell.text).has_value(); });
    return no_number || std::any_of(row.begin(), row.end(), [](const CsvCell& cell) { return cell.text == "id"; });
}

struct CsvNumbers {
    const std::string& name;
    std::optional<std::size_t> id_column = {};
    std::size_t columns = 0, rows = 0;  // all columns, the ids too
    std::vector<double> values = {};
    std::vector<std::string> ids = {};
    bool all_whole = true;
    bool first = true;
    bool counts = false;  // the first line is 0,1,2..: the names that pandas gives, or answers

    // A line of names; false when the row holds numbers.
    bool take_header(const CsvRow& row) {
        columns = row.size();
        for (std::size_t i = 0; i < row.size(); ++i) counts = (i == 0 || counts) && row[i].text == std::to_string(i);
        counts = counts && columns > 1;
        if (!is_header(row)) return false;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (row[i].text.empty())
                refuse_answers(place_text(name, row[i].place) +
                               ": a column without a name: pandas' index? "
                               "(to_csv(index=False); ids belong into a column id)");
            if (row[i].text != "id") continue;
            if (id_column) refuse_answers(place_text(name, row[i].place) + ": two columns are called id");
            id_column = i;
        }
        return true;
    }

    void take_row(CsvRow& row) {
        if (row.size() != columns)
            refuse_answers(place_text(name, row[0].place) + ": " + plural(row.size(), "cell") +
                           " in this line, above it has " + std::to_string(columns));
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i == id_column) {
                ids.push_back(std::move(row[i].text));
                continue;
            }
            const auto number = number_in_text(row[i].text);
            if (!number) refuse_cell(row, i);
            values.push_back(number->value);
            all_whole = all_whole && number->whole;
        }
        ++rows;
    }

    // Whether 0,1,2.. above the answers was their names: it was where the answers are no whole numbers.
    void drop_counting_names() {
        if (!counts || rows < 2) return;
        const auto first_answer = values.begin() + static_cast<std::ptrdiff_t>(columns);
        if (std::all_of(first_answer, values.end(), [](double value) { return value == std::floor(value); }))
            refuse_answers(name +
                           ":1:1: 0,1.. are names of columns or answers? Both are possible here "
                           "(pandas: to_csv(index=False, header=False))");
        values.erase(values.begin(), first_answer);
        --rows;
    }

    [[noreturn]] void refuse_cell(const CsvRow& row, std::size_t i) const {
        const std::string got =
            row[i].text.empty() ? "an empty cell" : "'" + elide(printable_line(row[i].text), 40) + "'";
        const bool index = rows == 0 && i == 0;
        const std::string help = !row[i].text.empty() ? ""
                                 : index              ? " (pandas: to_csv(index=False); ids belong into a column id)"
                                                      : " (pandas writes NaN so; na_rep='nan' keeps it)";
        refuse_answers(place_text(name, row[i].place) + ": row " + std::to_string(rows) + ", column " +
                       std::to_string(i) + " (from 0): expected a number, got " + got + help);
    }
};

}  // namespace

NumberTable read_csv_numbers(std::string_view bytes, const std::string& name) {
    CsvNumbers read{name};
    const auto problem = scan_csv(without_byte_order_mark(bytes), k_limits, [&](CsvRow& row) {
        const bool header = read.first && read.take_header(row);
        read.first = false;
        if (!header) read.take_row(row);
        return true;
    });
    if (problem) {
        refuse_answers(place_text(name, problem->place) + ": " + problem->message +
                       (problem->note.empty() ? "" : "; " + problem->note));
    }
    read.drop_counting_names();
    const std::size_t numbers = read.columns - (read.id_column ? 1 : 0);
    if (read.rows == 0 || numbers == 0) refuse_answers(name + " holds no numbers");
    return {array_of_text({read.rows, numbers}, read.values, read.all_whole), std::move(read.ids)};
}

}  // namespace assay
