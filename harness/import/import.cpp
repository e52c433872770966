#include "import/import.hpp"

#include <algorithm>
#include <regex>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "core/manifest.hpp"
#include "import/columns.hpp"
#include "import/layout.hpp"
#include "import/rows.hpp"

namespace assay {
namespace fs = std::filesystem;
namespace {

void stop_if_any(const Problems& problems, Exit exit = Exit::usage) {
    if (!problems.empty()) throw TableError(problems.first_code(), exit, problems.text());
}

// "runs/My Sweep.csv" -> "my_sweep"
std::string name_of(const fs::path& path) {
    std::string name;
    for (const char c : path.stem().string()) {
        const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool word = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9');
        if (word || (!name.empty() && (small == '.' || small == '-' || small == '_'))) {
            name += small;
        } else if (!name.empty() && name.back() != '_') {
            name += '_';
        }
    }
    return name.empty() ? "imported" : name.substr(0, 64);
}

void check_name(const std::string& name) {
    static const std::regex k_name("[a-z0-9][a-z0-9._-]{0,63}");
    if (name.size() <= 64 && std::regex_match(name, k_name)) return;
    throw Error("U0112", Exit::usage, "'" + elide(name, 70) + "' is no name for an audit",
                "names: lower-case letters, digits, dot, dash, underscore; at most 64");
}

void check_size(const std::vector<CsvRow>& rows, Problems& problems) {
    if (rows.size() < 2) {
        problems.add("I0104", {rows.empty() ? -1 : 0, 0, 1}, "the table has no runs", "",
                     "the first line names the columns, every further line is a run");
    } else if (rows.size() - 1 > k_import_runs_max) {
        problems.add("I0104", rows[k_import_runs_max + 1].front().place,
                     plural(rows.size() - 1, "run") + "; at most " + std::to_string(k_import_runs_max));
    }
}

std::vector<RunRecord> records_of(const Plan& plan, std::vector<TableRow> rows) {
    std::vector<RunRecord> records;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        RunRecord record;
        record.request = plan.runs[i].request;
        record.state = rows[i].state;
        record.reason = std::move(rows[i].reason);
        record.hardware = {record.request.hardware, Json(Json::Object())};
        record.versions = Json::Object{};
        record.metrics = std::move(rows[i].metrics);
        record.members = std::move(rows[i].members);
        record.weights = std::move(rows[i].weights);
        records.push_back(std::move(record));
    }
    return records;
}

// Called before the requests name their trainer.
Json identity_of(const std::vector<RunRecord>& records) {
    Json::Array manifests;
    for (const RunRecord& record : records) manifests.push_back(manifest_json(record));
    return Json::Object{{"kind", "import"}, {"version", 1}, {"table", sha256_hex(canonical_json(manifests))}};
}

Json spec_of(const std::string& name, const std::vector<Column>& columns, const CsvRow& header) {
    Json::Array names;
    for (std::size_t i = 0; i < columns.size(); ++i) names.emplace_back(header[i].text);
    return Json::Object{
        {"assay", 1}, {"name", name}, {"trainer", Json::Object{{"kind", "import"}}}, {"columns", std::move(names)}};
}

}  // namespace

ImportedAudit import_table(std::string_view bytes, const fs::path& path, const std::string& name) {
    const std::string own_name = name.empty() ? name_of(path) : name;
    check_name(own_name);
    const std::string_view text = without_byte_order_mark(bytes);
    Problems problems(text, path);
    std::vector<CsvRow> cells = parse_csv(text, problems);
    stop_if_any(problems);
    check_size(cells, problems);
    stop_if_any(problems);
    const CsvRow header = cells.front();
    cells.erase(cells.begin());
    const std::vector<Column> columns = read_columns(header, problems);
    stop_if_any(problems);

    TableFiles files(path.parent_path());
    TableProblems row_problems{problems};
    std::vector<TableRow> rows = read_rows(columns, cells, files, row_problems);
    stop_if_any(problems, row_problems.unreadable ? Exit::unreadable : Exit::usage);
    ImportedAudit audit;
    audit.plan = plan_of_rows(columns, rows, problems);
    stop_if_any(problems);
    audit.plan.name = own_name;
    audit.plan.spec = spec_of(own_name, columns, header);
    audit.records = records_of(audit.plan, std::move(rows));
    const Json trainer = identity_of(audit.records);
    for (std::size_t i = 0; i < audit.records.size(); ++i)
        audit.plan.runs[i].request.trainer = audit.records[i].request.trainer = trainer;
    audit.objects = std::move(files.objects());
    return audit;
}

}  // namespace assay
