// Anybody's runs as an audit: a table with one row a run -> a plan and its records. Grammar: audits/README.md.
//
// Columns whose value changes are the factors, levels in the order of appearance; columns with one value are what every
// run was given. Runs are matched by their labels: equal seeds are one seed. The design follows from the rows:
//   "seeds"      several seed streams, and the runs fall into two blocks or more that share no seed, two seeds of each
//                stream in each block
//   "repeat"     several seed streams, and no two runs of one configuration differ in one stream alone
//   "factorial"  all else
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "core/plan.hpp"
#include "core/run.hpp"

namespace assay {

// The same table gives the same value, wherever it and its files lie. The trainer of every request is
// {"kind":"import","table":SHA-256 of all that was read}: what another table says of a run never stands for this one.
struct ImportedAudit {
    Plan plan;
    std::vector<RunRecord> records;              // records[i] belongs to plan.runs[i]
    std::map<std::string, std::string> objects;  // SHA-256 -> bytes: what the records refer to
};

// All errors at once (up to 20), each with its place in the table; exit 2, or 74 when a file cannot be read.
class TableError : public Error {
public:
    using Error::Error;
};
// Reads the files that the table names. `name`: of the audit; empty: the table's own, as far as it can be one.
ImportedAudit import_table(std::string_view bytes, const std::filesystem::path& path, const std::string& name);

inline constexpr std::size_t k_import_runs_max = 10'000;

}  // namespace assay
