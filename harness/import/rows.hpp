// The rows of a table of runs as values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/run.hpp"
#include "import/columns.hpp"
#include "import/files.hpp"

namespace assay {

struct TableRow {
    Place place;               // of its first cell
    std::vector<Json> levels;  // one a factor column; seeds as decimal strings
    std::optional<int> replicate;
    RunState state = RunState::completed;
    std::string reason;
    Json metrics = Json(Json::Object());
    std::map<std::string, MemberRef> members;
    std::vector<TensorDigest> weights;
};

struct TableProblems {
    Problems& all;
    bool unreadable = false;  // any of them is a file that cannot be read: exit 74, not 2
};

// Values, files, and what must hold of them together: one shape of answers, one set of labels, and answers for every
// run that completed. Whatever is wrong goes to `problems` (I0105 to I0108) with its cell.
std::vector<TableRow> read_rows(const std::vector<Column>& columns, const std::vector<CsvRow>& rows, TableFiles& files,
                                TableProblems& problems);

// As a JSON value: a plain decimal number, true, false, or else a word. 007, nan and integers that no double holds are
// words.
Json level_value(const std::string& text);

}  // namespace assay
