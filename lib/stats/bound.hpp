// A figure with its standard error, held against a limit: one-sided t bounds, the two p-values, and how many units
// would decide. Non-inferiority is shown by an upper bound below the limit, never by a large p (Schuirmann, Journal of
// Pharmacokinetics and Biopharmaceutics 1987, for one of his two one-sided tests).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "stats/jackknife.hpp"

namespace assay {

// value, or log value where `logarithm`: normal with this standard error, of which df = degrees of freedom.
struct Located {
    double value = 0;           // on its own scale; > 0 where `logarithm`
    double standard_error = 0;  // on the logarithmic scale where `logarithm`
    double degrees_of_freedom = 1;
    bool logarithm = false;
};

// The ends of the interval whose each end is wrong with probability 1 - confidence. Precondition: 0.5 < confidence < 1.
double lower_bound(const Located& figure, double confidence);
double upper_bound(const Located& figure, double confidence);

// p of "the truth is at most limit": small, and the truth is above it. A limit <= 0 on the logarithmic scale: 0.
double p_above(const Located& figure, double limit);
double p_below(const Located& figure, double limit);  // of "the truth is at least limit"

// So many units, in all, decide with this power, were the truth what was measured: the paired t test of
// stats/power.hpp at |value - limit| over sd = standard_error sqrt(units). Nothing: the figure is on the limit, or
// `most` units are too few.
std::optional<std::size_t> units_to_decide(const Located& figure, std::size_t units, double limit, double confidence,
                                           double power = 0.8, std::size_t most = 10'000);

// Of a jackknife interval of `value`; nothing where it is unbounded.
std::optional<Located> located(double value, const JackknifeInterval& interval, bool logarithm);

// Mean of the differences, one for each unit: paired t. Nothing with fewer than 2.
std::optional<Located> mean_difference(std::span<const double> differences);
// Mean of `second` less mean of `first`, independent runs: Welch, The generalization of Student's problem, Biometrika
// 1947, with his degrees of freedom. Nothing with fewer than 2 on a side.
std::optional<Located> mean_difference(std::span<const double> first, std::span<const double> second);

}  // namespace assay
