#include "analysis/settings.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

constexpr std::size_t k_columns_first = 8, k_columns_more = 4;

bool may_split(FactorKind kind) {
    return kind == FactorKind::architecture || kind == FactorKind::hyperparameter || kind == FactorKind::data;
}

// Sum over the other axes of the range, over the levels of `factor`, of their mean half distance.
double interaction(const Plan& plan, const std::vector<Axis>& axes, const std::vector<Pair>& pairs,
                   std::size_t factor) {
    const std::size_t n_levels = plan.factors[factor].levels.size();
    double score = 0;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) {
        if (std::find(axes[axis].factors.begin(), axes[axis].factors.end(), factor) != axes[axis].factors.end())
            continue;
        std::vector<double> sum(n_levels, 0), count(n_levels, 0);
        for (const Pair& pair : pairs) {
            if (pair.axis != axis) continue;
            const auto level = static_cast<std::size_t>(plan.runs[pair.a].levels[factor]);
            sum[level] += pair.distance.hellinger2 / 2;
            count[level] += 1;
        }
        double low = 0, high = 0;
        bool any = false;
        for (std::size_t level = 0; level < n_levels; ++level) {
            if (count[level] == 0) continue;
            const double mean = sum[level] / count[level];
            low = any ? std::min(low, mean) : mean;
            high = any ? std::max(high, mean) : mean;
            any = true;
        }
        score += high - low;
    }
    return score;
}

}  // namespace

std::string level_name(const Factor& factor, int level) {
    const std::string text = level_text(factor.levels[static_cast<std::size_t>(level)]);
    // "dense" says what it is; "0.001" and "true" do not.
    const bool word =
        factor.levels[static_cast<std::size_t>(level)].is_string() && factor.kind == FactorKind::architecture;
    return word ? text : factor.name + " " + text;
}

std::size_t SettingGrid::index_of(const PlannedRun& run) const {
    for (std::size_t s = 0; s < levels.size(); ++s) {
        bool same = true;
        for (std::size_t i = 0; i < factors.size(); ++i) same = same && run.levels[factors[i]] == levels[s][i];
        if (same) return s;
    }
    ASSAY_CHECK(false);
    return 0;
}

SettingGrid choose_settings(const Plan& plan, const std::vector<Axis>& axes, const std::vector<Pair>& pairs) {
    struct Candidate {
        std::size_t factor;
        double score;
    };
    std::vector<Candidate> candidates;
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        if (plan.design != "screen" && may_split(plan.factors[f].kind))
            candidates.push_back({f, interaction(plan, axes, pairs, f)});
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    std::vector<std::size_t> factors;
    std::size_t columns = 1;
    for (const Candidate& candidate : candidates) {
        const std::size_t n = plan.factors[candidate.factor].levels.size();
        if (columns * n > (factors.empty() ? k_columns_first : k_columns_more)) continue;
        factors.push_back(candidate.factor);
        columns *= n;
    }
    std::sort(factors.begin(), factors.end());  // columns in the order of the spec
    return grid_of(plan, std::move(factors));
}

SettingGrid grid_of(const Plan& plan, std::vector<std::size_t> factors) {
    SettingGrid grid;
    grid.factors = std::move(factors);
    grid.levels = {{}};
    for (const std::size_t factor : grid.factors) {
        std::vector<std::vector<int>> longer;
        for (const auto& row : grid.levels) {
            for (int level = 0; level < static_cast<int>(plan.factors[factor].levels.size()); ++level) {
                longer.push_back(row);
                longer.back().push_back(level);
            }
        }
        grid.levels = std::move(longer);
    }
    for (const auto& row : grid.levels) {
        std::vector<std::string> parts;
        for (std::size_t i = 0; i < row.size(); ++i) parts.push_back(level_name(plan.factors[grid.factors[i]], row[i]));
        grid.names.push_back(parts.empty() ? "all runs" : join(parts, ", "));
    }
    return grid;
}

}  // namespace assay
