// Margins are policy; what the runs at hand can decide is not. For a baseline: the margin that a candidate in which
// nothing changed passes with 80% probability, with so many seeds.
#pragma once

#include <string>
#include <vector>

#include "gate/decide.hpp"

namespace assay {

struct Suggestion {
    std::string key;    // "accuracy.baseline", "R"
    std::string limit;  // "< 0.0071", rounded up to two digits: as it may stand in the spec
    double margin = 0;
    std::string where;      // the configuration that needs so much
    std::size_t seeds = 0;  // of the candidate
    std::size_t from = 0;   // baseline runs that it is worked out from
    std::string note;       // why there is no margin; then `limit` is empty
    friend bool operator==(const Suggestion&, const Suggestion&) = default;
};

// Scores: delta = sqrt(2) sd (t_{.95} + t_{.80}) / sqrt(S), S - 1 degrees of freedom, sd between seeds; it takes
// candidate and baseline of one seed for unrelated, which asks a little more than pairs need. R: the same on the
// logarithmic scale, its standard error the mean over halvings of the baseline's own runs, half of them in the part of
// the candidate. The largest over configurations. Needs k_gate_seeds runs for scores, twice as many for R.
std::vector<Suggestion> suggest_margins(const GateSide& baseline, std::size_t seeds);

}  // namespace assay
