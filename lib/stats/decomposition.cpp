#include "stats/decomposition.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/check.hpp"

namespace assay {
namespace {

// T_{} counts only where repeats are a stratum of the design.
void add_term(std::vector<PairTerm>& terms, FactorSet set, double weight, bool repeats) {
    if (set != 0 || repeats) terms.push_back({set, weight});
}

// sigma2_u = - sum over v in u of (-1)^(|u|-|v|) T_~v: the V of every v, the empty one included, cancel.
PairRatio component_of(FactorSet u, const DecompositionSettings& settings) {
    PairRatio ratio;
    for (FactorSet v = u;; v = (v - 1) & u) {
        const bool even = std::popcount(u & ~v) % 2 == 0;
        add_term(ratio.over, settings.factors & ~v, even ? -1 : 1, settings.repeats);
        if (v == 0) return ratio;
    }
}

PairRatio first_order_of(FactorSet u, const DecompositionSettings& settings) {
    PairRatio ratio{{{settings.factors, 1}}, {{settings.factors, 1}}};
    add_term(ratio.over, settings.factors & ~u, -1, settings.repeats);
    return ratio;
}

bool all_identical(const PairClasses& classes, const DecompositionSettings& settings) {
    std::size_t pairs = 0;
    double sum = 0;
    for (const PairClass& c : classes.classes) {
        if ((c.set & ~settings.factors) != 0) continue;
        pairs += c.all.pairs;
        sum += c.all.total();
    }
    return pairs > 0 && sum == 0;
}

JackknifeEstimate without_variance(std::optional<double> value) {
    JackknifeEstimate estimate;
    estimate.value = value;
    estimate.flags.emplace_back("ALL_IDENTICAL");
    return estimate;
}

// A negative component may be chance; an interval below 0, by more than rounding of sums of size V, is not.
JackknifeEstimate component(const PairClasses& classes, FactorSet u, const DecompositionSettings& settings,
                            double variance) {
    JackknifeEstimate estimate =
        jackknife_estimate(classes, component_of(u, settings), Scale::identity, settings.jackknife);
    if (estimate.interval && *estimate.interval->high < -1e-12 * variance) estimate.flags.emplace_back("MODEL_MISFIT");
    return estimate;
}

SetEffect effect_of(const PairClasses& classes, FactorSet u, const DecompositionSettings& settings, double variance,
                    bool identical) {
    SetEffect effect{u, {}, {}, {}, {}};
    effect.effect = jackknife_estimate(classes, {{{u, 1}}, {}}, Scale::logarithm, settings.jackknife);
    if (identical) {
        effect.total_index = effect.first_order = without_variance(std::nullopt);
        effect.component = without_variance(0);
        return effect;
    }
    const PairRatio total{{{u, 1}}, {{settings.factors, 1}}};
    effect.total_index = jackknife_estimate(classes, total, Scale::logarithm, settings.jackknife);
    effect.first_order = jackknife_estimate(classes, first_order_of(u, settings), Scale::identity, settings.jackknife);
    effect.component = component(classes, u, settings, variance);
    return effect;
}

}  // namespace

const SetEffect& Decomposition::of(FactorSet factors) const {
    const auto it = std::find_if(sets.begin(), sets.end(), [&](const SetEffect& e) { return e.factors == factors; });
    ASSAY_CHECK(it != sets.end());
    return *it;
}

Decomposition decompose(const PairClasses& classes, const DecompositionSettings& settings) {
    const FactorSet all = settings.factors;
    ASSAY_CHECK(all != 0 && std::popcount(all) <= 10 && (all >> classes.n_factors) == 0);
    Decomposition out;
    const bool identical = all_identical(classes, settings);
    if (identical) out.flags.emplace_back("ALL_IDENTICAL");
    out.variance = jackknife_estimate(classes, {{{all, 1}}, {}}, Scale::logarithm, settings.jackknife);
    out.repeats.flags.emplace_back("NO_PAIRS");
    if (settings.repeats)
        out.repeats = jackknife_estimate(classes, {{{0, 1}}, {}}, Scale::logarithm, settings.jackknife);
    const double variance = out.variance.value.value_or(0);
    for (FactorSet u = all & (~all + 1); u != 0; u = (u - all) & all)
        out.sets.push_back(effect_of(classes, u, settings, variance, identical));
    return out;
}

std::optional<double> effective_dimension(const Symmetric& residual_gram, std::size_t df) {
    if (df < 2) return std::nullopt;
    double t = 0, q = 0;
    for (std::size_t r = 0; r < residual_gram.n; ++r) {
        t += residual_gram(r, r);
        for (std::size_t s = 0; s < residual_gram.n; ++s) q += residual_gram(r, s) * residual_gram(r, s);
    }
    const auto d = static_cast<double>(df);
    const double t2 = (q - t * t / d) / ((d - 1) * (d + 2));
    if (!(t2 > 64 * std::numeric_limits<double>::epsilon() * q)) return std::nullopt;
    return std::max(1.0, (t * t - 2 * d * t2) / (d * d) / t2);
}

}  // namespace assay
