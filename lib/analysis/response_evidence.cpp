#include "analysis/response_evidence.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "stats/gram.hpp"

namespace assay {
namespace {

// Rows are the runs with a number; equal numbers have one identity.
RunTable table_of(const Numbers& values) {
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

Evidence response_evidence(const Plan& plan, const std::vector<RunData>& runs, const Numbers& numbers,
                           const std::string& name, Family family) {
    Evidence evidence;
    const std::vector<Outcome> usable = number_outcomes(numbers);
    const auto count = std::count(usable.begin(), usable.end(), Outcome::completed);
    if (count < 2) {
        evidence.left_out = "fewer than two usable runs have " + name;
        return evidence;
    }
    if (count > static_cast<std::ptrdiff_t>(k_rows_max)) {
        evidence.left_out = "more than " + std::to_string(k_rows_max) + " runs have " + name;
        return evidence;
    }
    const RunTable table = table_of(numbers);
    const DesignLabels design = design_labels(plan);
    const EvidenceInput input{plan, runs, usable, table, design, nullptr, family};
    evidence.tests = factor_tests(input);
    for (FactorTest& test : evidence.tests) {
        if (test.untested.code != "BITWISE_INVARIANT") continue;
        test.untested = {
            "NONE_OBSERVED", "every level gives the same number for each of " + plural(test.seeds, "seed"), {}, {}};
    }
    evidence.seeds = seed_shares(input);
    evidence.self_audit = self_audit(input);
    return evidence;
}

}  // namespace assay
