// The statistics of an audit over all pairs of its usable runs. Pure; the same bits for any order of execution.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/configurations.hpp"
#include "core/evidence.hpp"
#include "stats/exchange.hpp"

namespace assay {

// `runs`, `labels` and `inputs` as for attribute(); `outcomes` are its result. Says in `left_out` why there is nothing:
// no usable runs, more than k_rows_max of them, or no BLAS on this machine.
Evidence evidence_of(const Plan& plan, const std::vector<RunData>& runs, const std::vector<Outcome>& outcomes,
                     const std::optional<std::vector<std::int64_t>>& labels, const InputTable* inputs = nullptr);
inline constexpr std::size_t k_rows_max = 3000;  // two matrices of n x n doubles

// A confirmatory family is adjusted by Holm. Tests of an exploratory one are left to the caller, who knows all of them.
enum class Family { confirmatory, exploratory };

// Its parts, one file each.
struct EvidenceInput {
    const Plan& plan;
    const std::vector<RunData>& runs;
    const std::vector<Outcome>& outcomes;
    const RunTable& table;
    const DesignLabels& design;
    const InputTable* inputs = nullptr;
    Family family = Family::confirmatory;
};
// First runs (no repeats) that say something of a factor (its index). As its test sees them: seeds are groups of runs
// that share no seed with another group, since only these are independent. As its effect is measured: every combination
// of seeds by itself.
enum class SeedLabel { group, combination };
std::vector<FactorRun> labelled_runs(const EvidenceInput& input, std::size_t factor, SeedLabel label);
std::vector<FactorTest> factor_tests(const EvidenceInput& input);
std::optional<SelfAudit> self_audit(const EvidenceInput& input);
std::vector<HardwareEffect> hardware_effects(const EvidenceInput& input);
std::vector<RepeatEffect> repeat_effects(const EvidenceInput& input);
std::vector<SeedShares> seed_shares(const EvidenceInput& input);
std::vector<InputStability> input_stability(const EvidenceInput& input,
                                            const std::optional<std::vector<std::int64_t>>& labels);

}  // namespace assay
