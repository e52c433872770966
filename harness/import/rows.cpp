#include "import/rows.hpp"

#include <charconv>
#include <cmath>
#include <functional>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

using Role = Column::Role;

constexpr std::size_t k_level_bytes = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<double> finite_number(const std::string& text) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, value);
    const bool good = error == std::errc() && next == end && std::isfinite(value);
    return good ? std::optional(value) : std::nullopt;
}

template <class Integer>
std::optional<Integer> whole(const std::string& text) {
    Integer value = 0;
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data(), end, value);
    const bool good = error == std::errc() && next == end && !text.empty();
    return good ? std::optional(value) : std::nullopt;
}

// What spreadsheets and data frames write where there is no number.
bool says_nothing(const std::string& text) {
    return text.empty() || text == "NA" || text == "NaN" || text == "nan" || text == "null" || text == "None";
}

struct Reader {
    const std::vector<Column>& columns;
    TableFiles& files;
    TableProblems& problems;
    std::optional<AnswerFile> first_answers;
    Place first_answers_place{};
    std::optional<LabelFile> first_labels;
    Place first_labels_place{};

    const CsvCell* cell(const CsvRow& row, Role role) const {
        const auto column = find_column(columns, role);
        return column ? &row[*column] : nullptr;
    }
    std::string text(const CsvRow& row, Role role) const {
        const CsvCell* const found = cell(row, role);
        return found == nullptr ? "" : found->text;
    }
    void add(const char* code, const CsvCell& where, const std::string& message, const std::string& caret = "",
             const std::string& note = "") {
        problems.all.add(code, where.place, message, caret, note);
    }
    // A file's error becomes one of the cell that names it.
    void reading(const CsvCell& where, const std::function<void()>& read) {
        try {
            read();
        } catch (const Error& error) {
            problems.unreadable = problems.unreadable || error.exit() == Exit::unreadable;
            problems.all.add(error.code(), where.place, error.what(), "", error.help());
        }
    }
};

std::string line_text(const Place& place) { return "line " + std::to_string(place.line + 1); }

void read_level(Reader& r, const Column& column, const CsvCell& cell, TableRow& row) {
    if (column.kind == FactorKind::seed) {
        const auto seed = whole<std::uint64_t>(cell.text);
        if (!seed)
            r.add("I0106", cell,
                  "expected a seed, 0 to 18446744073709551615 in decimal, got '" + elide(cell.text, 40) + "'");
        row.levels.emplace_back(std::to_string(seed.value_or(0)));
        return;
    }
    if (cell.text.empty()) {
        r.add("I0106", cell, "no value of " + column.name, "write one",
              "a run without it has a value, too: write none, or its default");
    }
    if (cell.text.size() > k_level_bytes || cell.text.find('\n') != std::string::npos) {
        r.add("I0106", cell, "a value of " + column.name + " that is no short word", "",
              "one line, at most " + std::to_string(k_level_bytes) + " bytes");
    }
    const bool verbatim = column.kind == FactorKind::environment || column.kind == FactorKind::software;
    row.levels.push_back(verbatim ? Json(cell.text) : level_value(cell.text));
}

void read_outcome(Reader& r, const CsvRow& cells, TableRow& row) {
    const CsvCell* const cell = r.cell(cells, Role::outcome);
    if (cell == nullptr || cell->text.empty()) return;
    const std::vector<std::string> names = {"completed", "diverged", "failed", "timed_out", "skipped"};
    const auto state = state_from_name(cell->text);
    if (!state) {
        const auto near = nearest_name(cell->text, names);
        r.add("I0106", *cell, "no outcome is called '" + elide(cell->text, 40) + "'",
              near ? "did you mean '" + *near + "'?" : "", "outcomes: " + join(names, ", "));
        return;
    }
    row.state = *state;
    if (*state != RunState::completed) row.reason = "the table says: " + cell->text;
}

void read_replicate(Reader& r, const CsvRow& cells, TableRow& row) {
    const CsvCell* const cell = r.cell(cells, Role::replicate);
    if (cell == nullptr) return;
    const auto number = whole<int>(cell->text);
    if (number && *number >= 0) {
        row.replicate = *number;
        return;
    }
    r.add("I0106", *cell, "expected the number of a repeat, got '" + elide(cell->text, 40) + "'", "",
          "0 is the run itself, 1 its first repeat");
    row.replicate = 0;
}

void read_response(Reader& r, const Column& column, const CsvCell& cell, TableRow& row) {
    if (const auto value = finite_number(cell.text)) {
        row.metrics[column.name] = *value;
        return;
    }
    const bool completed = row.state == RunState::completed;
    const bool has_predictions = find_column(r.columns, Role::predictions).has_value();
    if (!completed && (says_nothing(cell.text) || cell.text.find("inf") != std::string::npos)) return;
    if (cell.text.empty() && has_predictions) return;
    r.add("I0106", cell,
          cell.text.empty() ? "a completed run without response." + column.name
                            : "expected a number, got '" + elide(cell.text, 40) + "'",
          completed ? "say why in the column outcome" : "",
          completed ? "outcomes: completed, diverged, failed, timed_out, skipped" : "");
}

void take_answers(Reader& r, const CsvCell& cell, TableRow& row) {
    r.reading(cell, [&] {
        const AnswerFile& file = r.files.answers(cell.text);
        if (!r.first_answers) {
            r.first_answers = file;
            r.first_answers_place = cell.place;
        }
        const auto shape = [](const AnswerFile& f) {
            return std::to_string(f.n_inputs) + " x " + std::to_string(f.n_classes);
        };
        if (shape(file) != shape(*r.first_answers)) {
            throw Error("I0108", Exit::usage,
                        cell.text + " is " + shape(file) + ", the answers of " + line_text(r.first_answers_place) +
                            " are " + shape(*r.first_answers) +
                            ": the held-out inputs must be the same, in the same order, in every run");
        }
        row.members["predictions.npy"] = file.file;
        if (row.state != RunState::completed || file.diverged.empty()) return;
        row.state = RunState::diverged;
        row.reason = file.diverged;
    });
}

void read_answers(Reader& r, const CsvRow& cells, TableRow& row) {
    const CsvCell* const cell = r.cell(cells, Role::predictions);
    if (cell == nullptr) return;
    const bool ended = row.state == RunState::completed || row.state == RunState::diverged;
    if (!cell->text.empty() && ended) {
        take_answers(r, *cell, row);
    } else if (!cell->text.empty()) {
        r.add("I0106", *cell, "a run that " + std::string(state_name(row.state)) + " has no predictions",
              "leave this cell empty, or mend the outcome");
    } else if (row.state == RunState::completed) {
        r.add("I0106", *cell, "a completed run without predictions", "name its file",
              "or say in the column outcome: diverged, failed, timed_out, skipped");
    }
}

// Only beside answers: those of a failed run are judged by nothing.
void read_labels(Reader& r, const CsvRow& cells, TableRow& row) {
    const CsvCell* const cell = r.cell(cells, Role::labels);
    if (cell == nullptr || cell->text.empty() || !row.members.contains("predictions.npy")) return;
    r.reading(*cell, [&] {
        const LabelFile& file = r.files.labels(cell->text);
        const AnswerFile& answers = *r.first_answers;
        if (!r.first_labels) {
            r.first_labels = file;
            r.first_labels_place = cell->place;
        }
        std::string problem;
        if (file.count != answers.n_inputs) {
            problem =
                " has " + plural(file.count, "label") + ", the predictions have " + plural(answers.n_inputs, "row");
        } else if (file.least < 0 || file.largest >= static_cast<std::int64_t>(answers.n_classes)) {
            problem = " has labels from " + std::to_string(file.least) + " to " + std::to_string(file.largest) +
                      "; expected 0 to " + std::to_string(answers.n_classes - 1);
        } else if (!(file.file == r.first_labels->file)) {
            problem = " holds other labels than the file of " + line_text(r.first_labels_place) +
                      ": all runs must be judged on the same inputs";
        }
        if (!problem.empty()) throw Error("I0108", Exit::usage, cell->text + problem);
        row.members["labels.npy"] = file.file;
    });
}

void read_weights(Reader& r, const CsvRow& cells, TableRow& row) {
    const CsvCell* const cell = r.cell(cells, Role::weights);
    if (cell == nullptr || cell->text.empty()) return;
    r.reading(*cell, [&] { row.weights = r.files.weights(cell->text); });
}

TableRow read_row(Reader& r, const CsvRow& cells) {
    TableRow row;
    row.place = cells.front().place;
    read_outcome(r, cells, row);
    read_replicate(r, cells, row);
    read_answers(r, cells, row);  // may find that it diverged
    for (std::size_t i = 0; i < r.columns.size(); ++i) {
        if (r.columns[i].role == Role::factor) read_level(r, r.columns[i], cells[i], row);
        if (r.columns[i].role == Role::response) read_response(r, r.columns[i], cells[i], row);
    }
    read_labels(r, cells, row);
    read_weights(r, cells, row);
    return row;
}

}  // namespace

Json level_value(const std::string& text) {
    if (text == "true" || text == "false") return Json(text == "true");
    const std::size_t first = text.starts_with('-') ? 1 : 0;
    const bool number = text.size() > first && (is_digit(text[first]) || text[first] == '.');
    const bool padded = text.size() > first + 1 && text[first] == '0' && is_digit(text[first + 1]);
    const auto value = number && !padded ? finite_number(text) : std::nullopt;
    if (!value) return Json(text);
    const bool large_integer = std::abs(*value) >= 9007199254740992.0 && text.find_first_of(".eE") == std::string::npos;
    return large_integer ? Json(text) : Json(*value == 0 ? 0.0 : *value);
}

std::vector<TableRow> read_rows(const std::vector<Column>& columns, const std::vector<CsvRow>& rows, TableFiles& files,
                                TableProblems& problems) {
    Reader reader{columns, files, problems, {}, {}, {}, {}};
    std::vector<TableRow> out;
    for (const CsvRow& cells : rows) {
        if (cells.size() == columns.size()) {
            out.push_back(read_row(reader, cells));
            continue;
        }
        const bool more = cells.size() > columns.size();
        reader.add("I0105", more ? cells[columns.size()] : cells.back(),
                   plural(cells.size(), "cell") + ", the header has " + plural(columns.size(), "column"),
                   more ? "the first one too many" : "the last one",
                   "a comma inside a cell needs quotes around the cell");
    }
    return out;
}

}  // namespace assay
