#include "analysis/response_evidence.hpp"

#include <map>
#include <optional>
#include <set>

#include "analysis/evidence.hpp"
#include "stats/gram.hpp"

namespace assay {
namespace {

std::optional<double> reported(const RunData& run, const std::string& name) {
    if (!run.record || run.record->state != RunState::completed || !run.record->metrics.is_object())
        return std::nullopt;
    const Json* const value = run.record->metrics.find(name);
    return value != nullptr && value->is_number() ? std::optional(value->as_number()) : std::nullopt;
}

// Rows are the runs that reported; equal numbers have one identity.
RunTable table_of(const std::vector<std::optional<double>>& values) {
    RunTable table;
    std::vector<double> numbers;
    std::map<double, std::size_t> identities;
    table.row_of_run.resize(values.size());
    for (std::size_t run = 0; run < values.size(); ++run) {
        if (!values[run]) continue;
        table.row_of_run[run] = numbers.size();
        table.run_of_row.push_back(run);
        numbers.push_back(*values[run]);
        table.identity.push_back(identities.try_emplace(*values[run], identities.size()).first->second);
    }
    table.d2 = scalar_distances(numbers);
    return table;
}

}  // namespace

std::vector<std::string> response_names(const std::vector<RunData>& runs) {
    std::set<std::string> names;
    for (const RunData& run : runs) {
        if (!run.record || !run.record->metrics.is_object()) continue;
        for (const auto& [name, value] : run.record->metrics.as_object()) {
            if (value.is_number()) names.insert(name);
        }
    }
    return {names.begin(), names.end()};
}

Evidence response_evidence(const Plan& plan, const std::vector<RunData>& runs, const std::vector<Outcome>& outcomes,
                           const std::string& name) {
    std::vector<std::optional<double>> values;
    std::vector<Outcome> usable;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const bool excluded = runs[i].predictions && outcomes[i] != Outcome::completed;
        values.push_back(excluded ? std::nullopt : reported(runs[i], name));
        usable.push_back(values.back() ? Outcome::completed : Outcome::missing);
    }
    const RunTable table = table_of(values);
    Evidence evidence;
    if (table.run_of_row.size() < 2) {
        evidence.left_out = "fewer than two usable runs report " + name;
        return evidence;
    }
    if (table.run_of_row.size() > k_rows_max) {
        evidence.left_out = "more than " + std::to_string(k_rows_max) + " runs report " + name;
        return evidence;
    }
    const DesignLabels design = design_labels(plan);
    const EvidenceInput input{plan, runs, usable, table, design};
    evidence.tests = factor_tests(input);
    evidence.seeds = seed_shares(input);
    evidence.self_audit = self_audit(input);
    return evidence;
}

}  // namespace assay
