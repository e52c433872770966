#include "import/columns.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>

#include "base/text.hpp"

namespace assay {
namespace {

using Role = Column::Role;

struct Word {
    const char* name;
    Role role;
};
constexpr std::array<Word, 5> k_words = {{{"predictions", Role::predictions},
                                          {"labels", Role::labels},
                                          {"weights", Role::weights},
                                          {"replicate", Role::replicate},
                                          {"outcome", Role::outcome}}};
// What a run reports, never what it was given: taken for hyperparameters these would make each run a cell of its own.
const std::set<std::string> k_measures = {
    "accuracy", "acc",      "loss",    "log_loss", "nll",           "brier",    "ece",    "auc",          "f1",
    "score",    "val_loss", "val_acc", "error",    "test_accuracy", "test_acc", "metric", "val_accuracy", "test_loss"};
const std::string k_grammar =
    "columns: KIND.NAME for what varies (kinds: seed, hyperparameter, architecture, hardware, software, environment, "
    "data; a bare name is a hyperparameter), response.NAME for a number, predictions, labels, weights, replicate, "
    "outcome";

std::vector<std::string> kinds_and_response() {
    std::vector<std::string> names = kind_names();
    names.emplace_back("response");
    return names;
}

std::string did_you_mean(const std::optional<std::string>& near, const std::string& after = "") {
    return near ? "did you mean '" + *near + after + "'?" : "";
}

bool is_identifier(const std::string& text) {
    static const std::regex k_identifier("[A-Za-z_][A-Za-z0-9_]{0,63}");
    return text.size() <= 64 && std::regex_match(text, k_identifier);
}

void unknown_kind(const CsvCell& cell, const std::string& kind, const std::string& name, Problems& problems) {
    const auto names = kinds_and_response();
    problems.add("I0102", cell.place, "no column is of the kind '" + elide(kind, 40) + "'",
                 did_you_mean(nearest_name(kind, names), "." + elide(name, 40)), k_grammar);
}

// Words of the table's own, and what could be a slip of the pen.
void read_bare(const CsvCell& cell, Column& column, Problems& problems) {
    if (cell.text == "seed") {
        column.kind = FactorKind::seed;
        column.name = "all";
        return;
    }
    std::vector<std::string> own = {"seed"};
    for (const Word& word : k_words) {
        own.emplace_back(word.name);
        if (cell.text != word.name) continue;
        column.role = word.role;
        return;
    }
    const auto kinds = kinds_and_response();
    if (std::find(kinds.begin(), kinds.end(), cell.text) != kinds.end()) {
        problems.add("I0102", cell.place, "'" + cell.text + "' is a kind of column and needs a name",
                     "write " + cell.text + ".NAME", k_grammar);
    } else if (k_measures.contains(cell.text)) {
        problems.add("I0102", cell.place, "'" + cell.text + "' names something measured, not something that was set",
                     "write response." + cell.text, "if it was set: write hyperparameter." + cell.text);
    } else if (const auto near = nearest_name(cell.text, own)) {
        problems.add("I0102", cell.place, "'" + elide(cell.text, 40) + "' is nearly '" + *near + "'",
                     did_you_mean(near), "if it was set for the run: write hyperparameter." + elide(cell.text, 40));
    }
}

void check_stream(const CsvCell& cell, const std::string& name, Problems& problems) {
    std::vector<std::string> streams = seed_streams();
    streams.emplace_back("all");
    if (std::find(streams.begin(), streams.end(), name) != streams.end()) return;
    problems.add("I0102", cell.place, "no seed stream is called '" + elide(name, 40) + "'",
                 did_you_mean(nearest_name(name, streams)), "streams: " + join(streams, ", "));
}

Column read_column(const CsvCell& cell, Problems& problems) {
    Column column{Role::factor, FactorKind::hyperparameter, cell.text, cell.place};
    const std::size_t dot = cell.text.find('.');
    if (dot != std::string::npos) {
        const std::string kind = cell.text.substr(0, dot);
        column.name = cell.text.substr(dot + 1);
        const auto known = kind_from_name(kind);
        if (kind == "response") {
            column.role = Role::response;
        } else if (known) {
            column.kind = *known;
        } else {
            unknown_kind(cell, kind, column.name, problems);
            return column;
        }
    }
    if (cell.text.empty()) {
        problems.add("I0102", cell.place, "a column without a name", "", k_grammar);
    } else if (!is_identifier(column.name)) {
        problems.add("I0102", cell.place, "'" + elide(cell.text, 40) + "' is no name for a column", "",
                     "names: letters, digits, underscore; not a digit first; at most 64");
    } else if (dot == std::string::npos) {
        read_bare(cell, column, problems);
    } else if (column.role == Role::factor && column.kind == FactorKind::seed) {
        check_stream(cell, column.name, problems);
    }
    return column;
}

bool is_parameter(const Column& column) {
    return column.role == Role::factor && (column.kind == FactorKind::hyperparameter ||
                                           column.kind == FactorKind::architecture || column.kind == FactorKind::data);
}

// One column for one thing; parameters of any kind share one list of names.
void check_repeated(const std::vector<Column>& columns, Problems& problems) {
    std::map<std::string, int> seen;
    for (const Column& column : columns) {
        const std::string kind = is_parameter(column) ? "parameter" : std::string(kind_name(column.kind));
        const std::string key = std::to_string(static_cast<int>(column.role)) + " " +
                                (column.role == Role::factor ? kind + "." : "") +
                                (column.role == Role::factor || column.role == Role::response ? column.name : "");
        const auto [first, fresh] = seen.emplace(key, column.place.column);
        if (fresh) continue;
        problems.add("I0103", column.place, "a second column for the same thing", "remove one of them",
                     "the first begins in column " + std::to_string(first->second + 1) + " of the line");
    }
}

void check_seeds(const std::vector<Column>& columns, Problems& problems) {
    const auto is_seed = [](const Column& c) { return c.role == Role::factor && c.kind == FactorKind::seed; };
    const auto all =
        std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return is_seed(c) && c.name == "all"; });
    if (all == columns.end() || std::count_if(columns.begin(), columns.end(), is_seed) == 1) return;
    problems.add("I0103", all->place, "one seed for every stream, beside a seed for one stream",
                 "keep this one, or the others");
}

}  // namespace

std::optional<std::size_t> find_column(const std::vector<Column>& columns, Role role) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].role == role) return i;
    }
    return std::nullopt;
}

std::vector<Column> read_columns(const CsvRow& header, Problems& problems) {
    std::vector<Column> columns;
    const bool other = header.size() == 1 && header[0].text.find_first_of(";\t") != std::string::npos;
    if (other) {
        problems.add("I0102", header[0].place, "one column only", "separate the cells by commas");
        return columns;
    }
    for (const CsvCell& cell : header) columns.push_back(read_column(cell, problems));
    if (!problems.empty()) return columns;
    check_repeated(columns, problems);
    check_seeds(columns, problems);
    if (!find_column(columns, Role::predictions) && !find_column(columns, Role::response)) {
        problems.add("I0104", {0, 0, 1}, "the table says nothing of what came out of the runs",
                     "add a column predictions", k_grammar);
    }
    if (!find_column(columns, Role::factor))
        problems.add("I0104", {0, 0, 1}, "the table says nothing of what was varied", "add a column seed", k_grammar);
    return columns;
}

}  // namespace assay
