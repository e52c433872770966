// Does one group of runs vary more than another? A t test on log(V_a / V_b).
//
// V_g = sum_{r<s in g} D2_rs / (n_g (n_g - 1)), the trace of the within-group covariance (Anderson, Distance-based
// tests for homogeneity of multivariate dispersions, Biometrics 2006, takes distances to centres instead; with
// the few runs of an audit that test is too liberal). The standard error is the delete-one-unit jackknife of log V
// (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, equation 11.5; Miller, Jackknifing variances, Annals
// of Mathematical Statistics 1968, for the logarithm):
//   paired seeds: both runs of a seed leave together, S - 1 degrees of freedom;
//   unpaired: se^2 = se_a^2 + se_b^2, min(n_a, n_b) - 1 degrees of freedom.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "stats/symmetric.hpp"

namespace assay {

// Fewer units than this give a ratio but no test: their jackknife says too little about itself.
inline constexpr std::size_t k_min_dispersion_units = 4;

struct DispersionEvidence {
    double log_se = 0;  // of log(V_a / V_b)
    double t = 0;
    double df = 0;
    double p = 1;              // two-sided
    double low = 0, high = 0;  // 95% interval of V_a / V_b
    bool one_unit_dominates = false;
};

struct Dispersion {
    std::optional<double> variance_a, variance_b;  // nothing with fewer than 2 runs
    std::optional<double> ratio;                   // V_a / V_b; nothing when either is undefined or 0
    std::optional<DispersionEvidence> evidence;
    std::string_view reason;  // why there is no evidence; empty when there is
};

// The trace of the covariance of these runs; nothing with fewer than 2. d2: squared distances.
std::optional<double> trace_variance(const Symmetric& d2, std::span<const std::size_t> runs);

// a, b: rows of d2. Paired: a[j] and b[j] share seed j; precondition: equal lengths.
Dispersion dispersion_paired(const Symmetric& d2, std::span<const std::size_t> a, std::span<const std::size_t> b);
Dispersion dispersion_unpaired(const Symmetric& d2, std::span<const std::size_t> a, std::span<const std::size_t> b);

}  // namespace assay
