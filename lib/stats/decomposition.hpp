// Where the variance between runs comes from: total effects first, then shares that survive averaging, then components.
//
// With W the factors to explain, T_u the pair-class means of stats/pair_class.hpp and ~u the factors of W outside u:
//
//   V = T_W                      half the expected squared distance of two runs that share nothing
//   total index      ST_u = T_u / V            what changing u alone brings back (Jansen 1999)
//   first order      S_u  = 1 - T_~u / V       what u alone explains, closed: with the interactions inside u (Sobol,
//                                              Mathematical Modelling and Computational Experiments 1993)
//   component        sigma2_u = sum over v in u of (-1)^(|u|-|v|) (V - T_~v)       (Efron and Stein, The jackknife
//                                              estimate of variance, Annals of Statistics 1981, section 4)
//
// T_{} is what repeats of a run differ by, 0 where a run repeats itself. Components add up to V - T_{}; total indices
// overlap and add up to nothing. Estimates keep their sign: cut off at 0 they would be biased.
#pragma once

#include <vector>

#include "stats/pair_estimate.hpp"

namespace assay {

struct DecompositionSettings {
    FactorSet factors = 0;  // W: 1 to 10 factors; runs that differ in any other factor are never compared
    bool repeats = false;   // runs that agree in every factor are repeats, and measure T_{}; else T_{} = 0
    JackknifeSettings jackknife{};
};

struct SetEffect {
    FactorSet factors = 0;          // u
    JackknifeEstimate effect;       // T_u, logarithmic scale
    JackknifeEstimate total_index;  // ST_u, logarithmic scale
    JackknifeEstimate first_order;  // S_u, identity scale
    JackknifeEstimate component;    // sigma2_u, identity scale; flag MODEL_MISFIT: the interval is entirely below 0,
                                    // levels are not exchangeable or seeds were reused
};

struct Decomposition {
    JackknifeEstimate variance;      // V, logarithmic scale
    JackknifeEstimate repeats;       // T_{}, logarithmic scale; NO_PAIRS unless asked for
    std::vector<SetEffect> sets;     // every nonempty u within W, by ascending set
    std::vector<std::string> flags;  // ALL_IDENTICAL: no two of the runs differ, hence no ratios

    const SetEffect& of(FactorSet factors) const;  // precondition: one of `sets`
};

Decomposition decompose(const PairClasses& classes, const DecompositionSettings& settings);

// The number of independent directions in which runs vary, (tr C)^2 / tr C^2 for the covariance C, from a residual Gram
// matrix W with df degrees of freedom (t = tr W, q = sum of squares of its entries; E q = df (df+1) tr C^2 + df (tr
// C)^2 and E t^2 = df^2 (tr C)^2 + 2 df tr C^2 for normal residuals):
//   t2 = (q - t^2/df) / ((df-1)(df+2)),  nu = max(1, ((t^2 - 2 df t2) / df^2) / t2)
// Nothing when df < 2, or t2 is not positive beyond rounding: so many directions that these runs cannot count them.
std::optional<double> effective_dimension(const Symmetric& residual_gram, std::size_t df);

}  // namespace assay
