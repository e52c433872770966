// Do groups of independent units lie in different places, whatever their spreads and sizes?
//
// F2 of Anderson, Walsh, Clarke, Gorley and Guerra-Castro, Some solutions to the multivariate Behrens-Fisher problem
// for dissimilarity-based analyses, Australian and New Zealand Journal of Statistics 2017, equation 6, on squared
// distances: with V_i = sum_{r<s in i} D2_rs / (n_i (n_i - 1)) the trace variance of group i,
//
//     F2 = SS_A / sum_i (1 - n_i / N) V_i
//
// (the test of Brown and Forsythe with traces). For two groups it is the T_w^2 of Alekseyenko, Multivariate Welch
// t-test on distances, Bioinformatics 2016: ||m_1 - m_2||^2 / (V_1 / n_1 + V_2 / n_2).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stats/p_value.hpp"
#include "stats/symmetric.hpp"

namespace assay {

struct F2Test {
    std::string untested;  // why there is no test; empty: there is one
    double ss_groups = 0;
    double ss_total = 0;
    std::vector<double> variances;  // V_i, by ascending label
    std::optional<double> f;        // nothing when it is infinite, or when nothing differs at all
    bool f_infinite = false;        // groups differ, and no two units of one group do
    std::optional<PValue> p;
};

// d2: squared distances of independent units, one row each: whole seeds, never single runs of a seed. group: a label
// for each unit. Units change groups freely; all groupings are enumerated while they are few (p_value.hpp). Untested:
// fewer than 2 groups, or a group of fewer than 2 units. Neither the order of the units nor the number of threads
// changes a bit of the result.
F2Test f2_test(const Symmetric& d2, std::span<const std::size_t> group, const PermutationOptions& options);

}  // namespace assay
