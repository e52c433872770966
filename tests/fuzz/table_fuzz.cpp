// A table of runs and the files beside it, as one input of several files (files_of in fuzz.hpp); the table is runs.csv.
#include <set>

#include "base/digest.hpp"
#include "core/manifest.hpp"
#include "fuzz/fuzz.hpp"
#include "import/csv.hpp"
#include "import/import.hpp"

namespace {
namespace fs = std::filesystem;

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
}

// Cells written in quotes read back as the same cells; a place is inside the text.
void check_cells(std::string_view text) {
    assay::Problems problems(text, "runs.csv");
    const std::vector<assay::CsvRow> rows = assay::parse_csv(text, problems);
    if (!problems.empty()) {
        ASSAY_CHECK(problems.text().starts_with("error[I0101]: "));
        return;
    }
    std::string again;
    for (const assay::CsvRow& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            ASSAY_CHECK(row[i].place.line >= 0 && row[i].place.column >= 0 && row[i].place.width >= 1);
            again += (i == 0 ? "" : ",") + quoted(row[i].text);
        }
        again += "\n";
    }
    assay::Problems none(again, "again.csv");
    ASSAY_CHECK(assay::parse_csv(again, none) == rows);
    ASSAY_CHECK(none.empty());
}

// Every file that a record refers to is there, and what is kept can be read tomorrow.
void check_audit(const assay::ImportedAudit& audit) {
    ASSAY_CHECK(audit.records.size() == audit.plan.runs.size() && !audit.plan.factors.empty());
    std::set<std::string> requests;
    for (std::size_t i = 0; i < audit.records.size(); ++i) {
        const assay::RunRecord& record = audit.records[i];
        ASSAY_CHECK(record.request == audit.plan.runs[i].request);
        ASSAY_CHECK((record.state == assay::RunState::completed) == record.reason.empty());
        ASSAY_CHECK(requests.insert(assay::request_id(record.request)).second);
        for (const auto& [name, member] : record.members) {
            ASSAY_CHECK(audit.objects.at(member.sha256).size() == member.size_bytes);
            ASSAY_CHECK(assay::sha256_hex(audit.objects.at(member.sha256)) == member.sha256);
        }
        const assay::Json manifest = assay::manifest_json(record);
        assay::fuzz::check_reads_back(manifest);
        ASSAY_CHECK(assay::run_record_from_manifest(manifest) == record);
    }
    assay::fuzz::check_reads_back(assay::plan_json(audit.plan));
    ASSAY_CHECK(assay::plan_from_json(assay::plan_json(audit.plan)) == audit.plan);
}

const std::vector<std::string>& known_names() {
    static const std::vector<std::string> k_names = {"a.npy", "b.npy", "p.csv", "y.csv", "labels.npy", "w.safetensors"};
    return k_names;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const assay::TemporaryDirectory k_scratch(assay::fuzz::scratch_parent());
    for (const std::string& name : known_names()) fs::remove(k_scratch.path() / name);
    std::string table;
    for (const auto& [name, bytes] : assay::fuzz::files_of(assay::fuzz::text_of(data, size))) {
        const auto& names = known_names();
        if (name == "runs.csv") table = bytes;
        if (std::find(names.begin(), names.end(), name) != names.end())
            assay::fuzz::write_plain(k_scratch.path() / name, bytes);
    }
    check_cells(table);
    const auto audit = assay::fuzz::read_or_refuse(
        "I01", [&] { return assay::import_table(table, k_scratch.path() / "runs.csv", ""); });
    if (audit) check_audit(*audit);
    return 0;
}
