// One number a run, through the same tests and variances as the answers: what assay computes from answers and true
// labels, and whatever a trainer reported.
//
// Only usable runs count: completed, not collapsed. Of a name that is both computed and reported the computed number
// is used, since it belongs to the stored answers; a note says how far the reported one is off. A reported number that
// is not finite is none. With more than k_rows_max runs nothing is compared in pairs: means remain.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/attribute.hpp"
#include "analysis/number_effects.hpp"

namespace assay {

// The finite numbers that any run reported: in the order of the table that they were imported from, where there is one,
// else by name.
std::vector<std::string> reported_names(const Plan& plan, const std::vector<RunData>& runs);
// Of usable runs (`outcomes` as attribute() gives them).
Numbers reported_numbers(const std::vector<RunData>& runs, const std::vector<Outcome>& outcomes,
                         const std::string& name);

// At most so many reported numbers are analysed; a note of the last one says how many are not.
inline constexpr std::size_t k_reported_max = 50;

// `attribution`: of the same plan and runs; its settings are the columns. Where no run has answers the first response
// is primary (core/response.hpp).
std::vector<Response> responses_of(const Plan& plan, const std::vector<RunData>& runs, const Attribution& attribution,
                                   const std::optional<std::vector<std::int64_t>>& labels);

}  // namespace assay
