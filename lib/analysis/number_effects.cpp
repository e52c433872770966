#include "analysis/number_effects.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/configurations.hpp"
#include "stats/jackknife.hpp"

namespace assay {
namespace {

std::vector<PairValue> sizes_of(std::vector<PairValue> pairs) {
    for (PairValue& pair : pairs) pair.value = std::abs(pair.value);
    return pairs;
}

void add_interval(const std::optional<JackknifeInterval>& interval, Figure& figure) {
    if (!interval) {
        figure.flags.emplace_back("CI_TOO_FEW_UNITS");
        return;
    }
    figure.interval =
        Interval{rounded(interval->low), interval->high ? std::optional(rounded(*interval->high)) : std::nullopt};
    if (!interval->high) {
        figure.flags.emplace_back("UNBOUNDED");
    } else if (interval->one_unit_dominates) {
        figure.flags.emplace_back("ONE_RUN_DOMINATES");
    }
}

enum class Sign { keeps, has_none };

// Each value: second level - first level.
NumberCell number_cell(const std::vector<PairValue>& pairs, const UnitSets& units, Sign sign,
                       const std::string& empty_reason) {
    NumberCell cell;
    cell.pairs = pairs.size();
    if (pairs.empty()) {
        cell.empty_reason = empty_reason;
        return cell;
    }
    const std::vector<PairValue> sizes = sizes_of(pairs);
    for (const PairValue& pair : sizes) {
        cell.equal += pair.value == 0 ? 1U : 0U;
        cell.largest = std::max(cell.largest, pair.value);
    }
    cell.largest = rounded(cell.largest);
    cell.size.value = rounded(mean_of(sizes));
    cell.size.units = fewest_units(sizes, units);
    if (sign == Sign::keeps) {
        cell.difference.value = rounded(mean_of(pairs));
        cell.difference.units = cell.size.units;
    }
    if (cell.equal == cell.pairs) {  // 0 in every pair, which is no proof that it is 0
        cell.size.flags = {"NONE_OBSERVED"};
        if (sign == Sign::keeps) cell.difference.flags = {"NONE_OBSERVED"};
        return cell;
    }
    add_interval(jackknife_log_interval(mean_of(sizes), means_without(sizes, units), units.min_units), cell.size);
    if (sign == Sign::keeps)
        add_interval(jackknife_identity_interval(mean_of(pairs), means_without(pairs, units), units.min_units),
                     cell.difference);
    return cell;
}

struct Context {
    const Plan& plan;
    const SettingGrid& grid;
    std::vector<Axis> axes;
    UnitSets units;
    std::vector<PairedRuns> pairs;
    const Numbers& numbers;

    PairValue value(const PairedRuns& pair) const { return {pair.a, pair.b, *numbers[pair.b] - *numbers[pair.a]}; }
};

// ---- Levels with seeds of their own

using Runs = std::vector<std::size_t>;

// Runs of the two levels, the other factors alike.
struct Contrast {
    Runs first, second;
};

// Without the runs of one seed; nothing where no run is left.
std::optional<double> mean_of_runs(const Context& c, const Runs& runs, const std::vector<std::size_t>& seed,
                                   std::optional<std::size_t> left_out) {
    double sum = 0;
    std::size_t n = 0;
    for (const std::size_t run : runs) {
        if (left_out == seed[run]) continue;
        sum += *c.numbers[run];
        ++n;
    }
    return n == 0 ? std::nullopt : std::optional(sum / static_cast<double>(n));
}

// Mean over contrasts of the difference of means; nothing where a side of one has no other seed.
std::optional<double> difference_of_means(const Context& c, const std::vector<Contrast>& contrasts,
                                          const std::vector<std::size_t>& seed,
                                          std::optional<std::size_t> left_out = std::nullopt) {
    double sum = 0;
    for (const Contrast& one : contrasts) {
        const auto first = mean_of_runs(c, one.first, seed, left_out);
        const auto second = mean_of_runs(c, one.second, seed, left_out);
        if (!first || !second) return std::nullopt;
        sum += *second - *first;
    }
    return contrasts.empty() ? std::nullopt : std::optional(sum / static_cast<double>(contrasts.size()));
}

// The seeds of one side as units; none where two of them, or one of the other side, share a stream: then they are not
// independent. `streams`: the seeds seen so far of each stream.
Runs independent_seeds(const std::vector<Contrast>& contrasts, Runs Contrast::*side, const DesignLabels& design,
                       std::vector<std::set<std::size_t>>& streams) {
    std::map<std::size_t, std::size_t> run_of_seed;
    for (const Contrast& one : contrasts) {
        for (const std::size_t run : one.*side) run_of_seed.emplace(design.seed[run], run);
    }
    Runs seeds;
    for (const auto& [seed, run] : run_of_seed) {
        seeds.push_back(seed);
        for (std::size_t s = 0; s < streams.size(); ++s) {
            if (!streams[s].insert(design.stream[s][run]).second) return {};
        }
    }
    return seeds;
}

std::vector<Contrast> contrasts_of(const Context& c, std::size_t factor, int first, int second) {
    std::vector<Contrast> contrasts;
    for (const Configuration& rest : configurations(c.plan, number_outcomes(c.numbers), factor)) {
        Contrast contrast;
        for (const std::size_t run : rest.runs) {
            if (c.plan.runs[run].levels[factor] == first) contrast.first.push_back(run);
            if (c.plan.runs[run].levels[factor] == second) contrast.second.push_back(run);
        }
        if (!contrast.first.empty() && !contrast.second.empty()) contrasts.push_back(std::move(contrast));
    }
    return contrasts;
}

// Welch's interval, as the jackknife gives it: the variances of the two means add up, and the degrees of freedom are
// those of the smaller side.
NumberCell unpaired_cell(const Context& c, std::size_t factor, int first, int second) {
    NumberCell cell;
    cell.empty_reason = "no pair";
    const DesignLabels design = design_labels(c.plan);
    const std::vector<Contrast> contrasts = contrasts_of(c, factor, first, second);
    const auto difference = difference_of_means(c, contrasts, design.seed);
    if (!difference) return cell;
    cell.difference.value = rounded(*difference);
    std::vector<std::vector<std::optional<double>>> without;
    std::vector<std::set<std::size_t>> streams(design.stream.size());
    for (const auto side : {&Contrast::first, &Contrast::second}) {
        without.emplace_back();
        for (const std::size_t seed : independent_seeds(contrasts, side, design, streams))
            without.back().push_back(difference_of_means(c, contrasts, design.seed, seed));
    }
    cell.difference.units = std::min(without[0].size(), without[1].size());
    add_interval(jackknife_identity_interval(*difference, without, c.units.min_units), cell.difference);
    return cell;
}

std::vector<NumberLevels> every_two_levels(const Context& c, std::size_t axis) {
    std::vector<NumberLevels> out;
    if (c.axes[axis].kind == FactorKind::seed) return out;
    const std::size_t f = c.axes[axis].factors[0];
    const auto& levels = c.plan.factors[f].levels;
    std::map<std::pair<int, int>, std::vector<PairValue>> groups;
    for (const PairedRuns& pair : c.pairs) {
        if (pair.axis == axis)
            groups[{c.plan.runs[pair.a].levels[f], c.plan.runs[pair.b].levels[f]}].push_back(c.value(pair));
    }
    for (int first = 0; first < static_cast<int>(levels.size()); ++first) {
        for (int second = first + 1; second < static_cast<int>(levels.size()); ++second) {
            NumberLevels row{level_text(levels[static_cast<std::size_t>(first)]),
                             level_text(levels[static_cast<std::size_t>(second)]), false,
                             number_cell(groups[{first, second}], c.units, Sign::keeps, "no pair")};
            if (row.cell.pairs == 0) row.cell = unpaired_cell(c, f, first, second);
            row.unpaired = row.cell.pairs == 0 && row.cell.difference.value.has_value();
            out.push_back(std::move(row));
        }
    }
    return out;
}

NumberRow number_row(const Context& c, std::size_t axis) {
    const Axis& a = c.axes[axis];
    const bool seed = a.kind == FactorKind::seed;
    const bool own = a.factors.size() == 1 &&
                     std::find(c.grid.factors.begin(), c.grid.factors.end(), a.factors[0]) != c.grid.factors.end();
    std::vector<std::vector<PairValue>> by_setting(own ? 1 : c.grid.levels.size());
    for (const PairedRuns& pair : c.pairs) {
        if (pair.axis == axis) by_setting[own ? 0 : c.grid.index_of(c.plan.runs[pair.a])].push_back(c.value(pair));
    }
    const bool two_levels = !seed && c.plan.factors[a.factors[0]].levels.size() == 2;
    NumberRow row{a.name, a.kind, {}, every_two_levels(c, axis)};
    for (const auto& pairs : by_setting)
        row.cells.push_back(number_cell(pairs, c.units, two_levels ? Sign::keeps : Sign::has_none, "no pair"));
    return row;
}

}  // namespace

std::vector<Outcome> number_outcomes(const Numbers& numbers) {
    std::vector<Outcome> out;
    for (const auto& number : numbers) out.push_back(number ? Outcome::completed : Outcome::missing);
    return out;
}

std::vector<NumberRow> number_rows(const Plan& plan, const Numbers& numbers, const SettingGrid& grid) {
    Context c{plan, grid, axes_of(plan), {}, {}, numbers};
    c.units = unit_sets(plan, c.axes);
    c.pairs = paired_runs(plan, c.axes, number_outcomes(numbers));
    std::vector<NumberRow> rows;
    for (std::size_t axis = 0; axis < c.axes.size(); ++axis) rows.push_back(number_row(c, axis));
    return rows;
}

std::vector<NumberPlace> number_places(const Plan& plan, const Numbers& numbers) {
    std::vector<NumberPlace> out;
    for (const Configuration& configuration : configurations(plan, number_outcomes(numbers))) {
        NumberPlace place{configuration.where, configuration.runs.size(), 0, 0, 0, {}};
        double sum = 0;
        for (std::size_t i = 0; i < configuration.runs.size(); ++i) {
            const double value = *numbers[configuration.runs[i]];
            place.least = i == 0 ? value : std::min(place.least, value);
            place.largest = i == 0 ? value : std::max(place.largest, value);
            sum += value;
        }
        place.mean = rounded(sum / static_cast<double>(configuration.runs.size()));
        out.push_back(std::move(place));
    }
    return out;
}

std::vector<Pair> number_pairs(const Plan& plan, const std::vector<Axis>& axes, const Numbers& numbers) {
    std::vector<Pair> pairs;
    for (const PairedRuns& pair : paired_runs(plan, axes, number_outcomes(numbers))) {
        const double difference = *numbers[pair.b] - *numbers[pair.a];
        Pair out{pair.axis, pair.a, pair.b, {}, {}, difference == 0};
        out.distance.hellinger2 = difference * difference;
        pairs.push_back(out);
    }
    return pairs;
}

}  // namespace assay
