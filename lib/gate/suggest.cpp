#include "gate/suggest.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "base/text.hpp"
#include "gate/run_scores.hpp"
#include "stats/excess.hpp"
#include "stats/gram.hpp"

namespace assay {
namespace {

constexpr std::size_t k_halvings = 50;

// Half-widths to a bound with 95% confidence that is met with 80% probability, in standard errors.
double reach_80(std::size_t seeds) {
    const Located unit{0, 1, static_cast<double>(seeds - 1), false};
    return upper_bound(unit, 0.95) + upper_bound(unit, 0.80);
}

// Two digits, upwards.
double rounded_up(double value) {
    const double unit = std::pow(10, std::floor(std::log10(value)) - 1);
    return std::ceil(value / unit - 1e-9) * unit;
}

std::optional<double> score_margin(const PreparedSide& side, const GateConfiguration& configuration,
                                   const std::string& metric, std::size_t seeds) {
    if (configuration.usable.size() < k_gate_seeds || !has_labels(side, configuration.usable.front()))
        return std::nullopt;
    const std::vector<double> edges =
        metric == "ece" ? pooled_edges(side, configuration.usable) : std::vector<double>{};
    std::vector<double> scores;
    for (const std::size_t run : configuration.usable) scores.push_back(score_of(side, run, metric, edges));
    const double of_mean = mean_difference(scores)->standard_error;
    const double sd = of_mean * std::sqrt(static_cast<double>(scores.size()));
    const double step = step_of(metric, side.answers(configuration.usable.front()).n_inputs);
    return std::max(std::sqrt(2.0) * sd, step) * reach_80(seeds) / std::sqrt(static_cast<double>(seeds));
}

std::optional<double> excess_margin(const PreparedSide& side, const GateConfiguration& configuration,
                                    std::size_t seeds) {
    const std::size_t n = configuration.usable.size(), half = n / 2;
    if (half < k_min_excess_seeds) return std::nullopt;
    std::vector<RunProbabilities<float>> rows;
    for (const std::size_t run : configuration.usable)
        rows.push_back({side.answers(run).probabilities, side.answers(run).sha256});
    const Symmetric d2 = hellinger_distances(rows, side.answers(configuration.usable.front()).n_classes).d2;
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    Random random(side.plan().root_seed, "gate.suggest");
    double sum = 0;
    std::size_t known = 0;
    for (std::size_t i = 0; i < k_halvings; ++i) {
        random.shuffle(std::span(order));
        const std::span<const std::size_t> all(order);
        const Excess excess = excess_distance(d2, all.first(half), all.subspan(half, half), false);
        if (!excess.located) continue;
        sum += excess.located->standard_error;
        ++known;
    }
    if (known == 0) return std::nullopt;
    const double error =
        sum / static_cast<double>(known) * std::sqrt(static_cast<double>(half) / static_cast<double>(seeds));
    return std::exp(error * reach_80(seeds));
}

Suggestion largest(const PreparedSide& side, const std::string& metric, std::size_t seeds) {
    Suggestion out;
    out.key = metric == "R" ? metric : metric + ".baseline";
    out.seeds = seeds;
    for (const GateConfiguration& configuration : side.configurations) {
        if (configuration.usable.empty()) continue;
        if (seeds_cross(side, configuration.usable)) {
            out.note = "seeds are crossed: a gate needs them side by side";
            return out;
        }
        const auto margin = metric == "R" ? excess_margin(side, configuration, seeds)
                                          : score_margin(side, configuration, metric, seeds);
        if (!margin || *margin <= out.margin) continue;
        out.margin = *margin;
        out.where = configuration.where;
        out.from = configuration.usable.size();
    }
    const std::size_t needed = metric == "R" ? 2 * k_min_excess_seeds : k_gate_seeds;
    if (out.margin == 0) {
        out.note = "needs " + std::to_string(needed) + " usable runs of the baseline in a configuration";
        if (metric != "R") out.note += ", and true labels";
        return out;
    }
    const double unchanged = metric == "R" ? 1 : 0, beyond = rounded_up(out.margin - unchanged);
    out.margin = unchanged + beyond;
    // Both of its digits are printed: a limit that is cut off would be another one.
    const int decimals = std::max(0, 1 - static_cast<int>(std::floor(std::log10(beyond) + 1e-9)));
    out.limit =
        "< " + (metric == "accuracy" ? percent(out.margin, std::max(0, decimals - 2)) : fixed(out.margin, decimals));
    return out;
}

}  // namespace

std::vector<Suggestion> suggest_margins(const GateSide& baseline, std::size_t seeds) {
    seeds = std::max(seeds, k_gate_seeds);
    const PreparedSide side = prepare_side(baseline);
    std::vector<Suggestion> out;
    for (const char* metric : {"R", "accuracy", "nll", "ece"}) out.push_back(largest(side, metric, seeds));
    return out;
}

}  // namespace assay
