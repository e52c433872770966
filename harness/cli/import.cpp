// assay import: a table of runs that another tool made becomes an audit in the store, and its report.
#include "import/import.hpp"

#include <iostream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/audit.hpp"
#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/render.hpp"
#include "core/npy.hpp"
#include "import/csv.hpp"

namespace assay {
namespace {

std::filesystem::path requested_table(const Options& options) {
    if (!options.arguments.empty()) return options.arguments[0];
    throw Error("U0113", Exit::usage, "assay import needs a table of runs",
                "assay import runs.csv; its columns: assay import --help, audits/README.md");
}

// Objects before the runs that refer to them, runs before the audit: what is seen is whole.
void keep(const ImportedAudit& audit, Store& store) {
    for (const auto& [digest, bytes] : audit.objects) store.put_object(bytes);
    for (const RunRecord& record : audit.records) store.put_run(record);
    store.put_audit(audit.plan);
}

void add_inputs(const std::filesystem::path& csv, ImportedAudit& audit) {
    const InputTable table = read_input_file(csv);
    for (const RunRecord& record : audit.records) {
        const auto answers = record.members.find("predictions.npy");
        if (record.state != RunState::completed || answers == record.members.end()) continue;
        const NumericArray array = parse_npy(audit.objects.at(answers->second.sha256));
        check_input_count(table.ids.size(), {{record, predictions_from_array(array).predictions}});
        break;  // all have one shape
    }
    std::string bytes = input_table_bytes(table);
    audit.plan.inputs = reference_to(bytes);
    audit.objects.emplace(audit.plan.inputs->sha256, std::move(bytes));
}

}  // namespace

int import_command(const Options& options) {
    check_output(options);
    const std::filesystem::path table = requested_table(options);
    ImportedAudit audit = import_table(read_file(table, k_csv_bytes), table, options.name);
    if (!options.inputs.empty()) add_inputs(options.inputs, audit);
    Store store = Store::open_or_create(store_path(options));
    keep(audit, store);
    if (!options.quiet) {
        std::cerr << plural(audit.records.size(), "run") << " of " << table.string() << " stored as " << audit.plan.name
                  << "\n";
    }
    return static_cast<int>(show_report(store, audit.plan, options));
}

}  // namespace assay
