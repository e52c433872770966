// Delete-one-unit jackknife intervals: on the logarithmic scale for positive functionals, on the scale itself for those
// that may be 0 or negative.
//
//   p_j = U log(theta) - (U-1) log(theta_(-j)),  se^2 = var(p_j) / U,  interval = theta exp(-/+ t_{1-alpha/2, U-1} se)
//   p_j = U theta - (U-1) theta_(-j),            se^2 = var(p_j) / U,  interval = theta -/+ t_{1-alpha/2, U-1} se
//
// (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 11, with the log transformation.) Crossed sets
// of units, such as seeds of initial weights and of shuffling: the variances of the sets add up, an upper bound of the
// two-way variance (Owen, The pigeonhole bootstrap, Annals of Applied Statistics 2007, section 3), and the degrees of
// freedom are those of the smallest set.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace assay {

struct JackknifeInterval {
    double low = 0;
    std::optional<double> high;  // nothing: unbounded, since all of the effect comes from one unit
    // One unit carries more than half of a set's variance, and more than chance explains; or all of the effect.
    bool one_unit_dominates = false;
    std::size_t dominating_set = 0, dominating_unit = 0;  // which, as indices into `without`; only where one does
    std::optional<double> standard_error;                 // on the scale of the interval; nothing: unbounded
    std::size_t degrees_of_freedom = 0;
};

// theta > 0: the functional over all units. without[s][j]: the same without unit j of set s; nothing when it is
// undefined then. Nothing is returned when a set has fewer than `min_units` units, or theta is not positive, or a value
// of `without` is undefined: too little to say how sure.
std::optional<JackknifeInterval> jackknife_log_interval(double theta,
                                                        std::span<const std::vector<std::optional<double>>> without,
                                                        std::size_t min_units, double confidence = 0.95);

// theta: any finite value; the rest as above. Never unbounded.
std::optional<JackknifeInterval> jackknife_identity_interval(
    double theta, std::span<const std::vector<std::optional<double>>> without, std::size_t min_units,
    double confidence = 0.95);

}  // namespace assay
