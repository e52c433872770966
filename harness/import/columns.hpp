// The header of a table of runs: what each column is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/factor.hpp"
#include "import/csv.hpp"
#include "spec/problems.hpp"

namespace assay {

// A factor is KIND.NAME: "seed.init", "hardware.isa"; NAME alone is a hyperparameter, "seed" alone is seed.all.
// "response.NAME" is a number that the run reported. The rest are words of the table's own.
struct Column {
    enum class Role { factor, response, predictions, labels, weights, replicate, outcome };
    Role role = Role::factor;
    FactorKind kind = FactorKind::hyperparameter;  // of a factor
    std::string name;                              // of a factor or a response
    Place place;
};

// One column a cell. Unknown kinds and streams, misspelt words, repeated columns, and a table without answers go to
// `problems` (I0102, I0103, I0104).
std::vector<Column> read_columns(const CsvRow& header, Problems& problems);

std::optional<std::size_t> find_column(const std::vector<Column>& columns, Column::Role role);

}  // namespace assay
