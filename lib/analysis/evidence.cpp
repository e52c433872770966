#include "analysis/evidence.hpp"

#include <algorithm>

#include "analysis/outcome.hpp"
#include "base/error.hpp"

namespace assay {

Evidence evidence_of(const Plan& plan, const std::vector<RunData>& runs, const std::vector<Outcome>& all_outcomes,
                     const std::optional<std::vector<std::int64_t>>& labels, const InputTable* inputs) {
    Evidence evidence;
    const std::vector<Outcome> outcomes = with_answers(runs, all_outcomes);
    const auto usable = std::count(outcomes.begin(), outcomes.end(), Outcome::completed);
    if (usable == 0) {
        const bool numbers = std::count(all_outcomes.begin(), all_outcomes.end(), Outcome::completed) > 0;
        evidence.left_out = numbers ? "the runs have numbers only, no answers" : "no run can be used";
        return evidence;
    }
    if (usable > static_cast<std::ptrdiff_t>(k_rows_max)) {
        evidence.left_out = "more than " + std::to_string(k_rows_max) + " usable runs: too many to compare all pairs";
        return evidence;
    }
    try {
        const RunTable table = run_table(plan, runs, outcomes, inputs);
        const DesignLabels design = design_labels(plan);
        const EvidenceInput input{plan, runs, outcomes, table, design, inputs};
        evidence.tests = factor_tests(input);
        evidence.hardware = hardware_effects(input);
        evidence.repeats = repeat_effects(input);
        evidence.seeds = seed_shares(input);
        evidence.inputs = input_stability(input, labels);
        evidence.self_audit = self_audit(input);
    } catch (const Error& error) {
        if (error.code() != "E0103") throw;
        evidence.left_out = error.what();
    }
    return evidence;
}

}  // namespace assay
