// Do runs of one level fail more often than those of another? Exact tests of two rates, both two-sided.
#pragma once

#include <cstddef>

namespace assay {

// The same seeds in both levels: of the seeds whose outcomes differ, `only_a` failed in a alone and `only_b` in b
// alone. p = 2 P(Bin(only_a + only_b, 1/2) <= min(only_a, only_b)), at most 1 (McNemar, Psychometrika 1947, in its
// exact form: the sign test). Without any such seed p = 1.
double mcnemar_exact(std::size_t only_a, std::size_t only_b);

// Separate seeds: failed_a of n_a runs against failed_b of n_b. p = sum of the hypergeometric probabilities of all
// tables with these margins that are no more probable than the one seen (Fisher, Statistical Methods for Research
// Workers, 1934, section 21.02), to a relative 1e-7, so that equal probabilities count as equal. An empty side gives
// p = 1. Preconditions: failed_a <= n_a, failed_b <= n_b.
double fisher_exact(std::size_t failed_a, std::size_t n_a, std::size_t failed_b, std::size_t n_b);

}  // namespace assay
