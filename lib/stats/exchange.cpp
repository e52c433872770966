#include "stats/exchange.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/check.hpp"

namespace assay {
namespace {

using Slab = std::vector<FactorRun>;                               // sorted by other
using Seeds = std::map<std::size_t, std::map<std::size_t, Slab>>;  // seed -> level -> runs

Seeds by_seed(std::span<const FactorRun> runs) {
    Seeds seeds;
    for (const FactorRun& run : runs) seeds[run.seed][run.level].push_back(run);
    for (auto& [seed, slabs] : seeds) {
        for (auto& [level, slab] : slabs) {
            std::stable_sort(slab.begin(), slab.end(),
                             [](const FactorRun& a, const FactorRun& b) { return a.other < b.other; });
        }
    }
    return seeds;
}

std::vector<std::size_t> others(const Slab& slab) {
    std::vector<std::size_t> labels;
    for (const FactorRun& run : slab) labels.push_back(run.other);
    return labels;
}

template <class Label>
std::set<std::size_t> labels_of(std::span<const FactorRun> runs, Label label) {
    std::set<std::size_t> labels;
    for (const FactorRun& run : runs) labels.insert(run.*label);
    return labels;
}

// Every value of `all` equally often.
bool equally_often(const Slab& slab, const std::set<std::size_t>& all) {
    std::map<std::size_t, std::size_t> times;
    for (const FactorRun& run : slab) ++times[run.other];
    const std::size_t first = times.begin()->second;
    return times.size() == all.size() &&
           std::all_of(times.begin(), times.end(), [&](const auto& entry) { return entry.second == first; });
}

bool is_complete(const std::map<std::size_t, Slab>& slabs, std::size_t levels) {
    const std::vector<std::size_t> wanted = others(slabs.begin()->second);
    return slabs.size() == levels &&
           std::all_of(slabs.begin(), slabs.end(), [&](const auto& entry) { return others(entry.second) == wanted; });
}

std::vector<std::size_t> rows_of(const Slab& slab) {
    std::vector<std::size_t> rows;
    for (const FactorRun& run : slab) rows.push_back(run.row);
    return rows;
}

void add_slab(Exchange& exchange, const Slab& slab, std::size_t level) {
    exchange.slabs.push_back(rows_of(slab));
    exchange.slab_level.push_back(level);
}

Exchange shared_seeds(const Seeds& seeds, std::size_t levels) {
    Exchange exchange;
    exchange.levels = levels;
    for (const auto& [seed, slabs] : seeds) {
        if (!is_complete(slabs, levels)) {
            ++exchange.seeds_left_out;
            continue;
        }
        ++exchange.seeds;
        std::size_t level = 0;
        for (const auto& [label, slab] : slabs) add_slab(exchange, slab, level++);
    }
    if (exchange.seeds < 2) {
        exchange.code = "TOO_FEW_COMMON_SEEDS";
        exchange.untested =
            std::string("a test within seeds needs two seeds or more with the same runs at every level; ") +
            (exchange.seeds == 0 ? "there is none" : "there is 1");
    }
    return exchange;
}

Exchange nested_seeds(const Seeds& seeds, const std::set<std::size_t>& levels, const std::set<std::size_t>& others) {
    Exchange exchange;
    exchange.nested = true;
    exchange.levels = levels.size();
    std::vector<std::size_t> seeds_of(levels.size(), 0);
    for (const auto& [seed, slabs] : seeds) {
        const auto& [label, slab] = *slabs.begin();
        if (!equally_often(slab, others)) {
            ++exchange.seeds_left_out;
            continue;
        }
        const auto level = static_cast<std::size_t>(std::distance(levels.begin(), levels.find(label)));
        ++exchange.seeds;
        ++seeds_of[level];
        add_slab(exchange, slab, level);
    }
    if (*std::min_element(seeds_of.begin(), seeds_of.end()) < 2) {
        exchange.code = "TOO_FEW_SEEDS_AT_A_LEVEL";
        exchange.untested = "seeds differ from level to level, and a level has fewer than two of them";
    }
    return exchange;
}

// The interaction of 2 x 2 as a factor of its own, once its four cells have equally many runs.
Exchange crossed_contrast(std::span<const FactorRun> runs) {
    const auto levels = labels_of(runs, &FactorRun::level), others = labels_of(runs, &FactorRun::other);
    if (levels.size() != 2 || others.size() != 2) {
        Exchange exchange;
        exchange.code = "NO_EXACT_TEST";
        exchange.untested = "only an interaction of two levels with two levels has an exact test";
        return exchange;
    }
    std::map<std::size_t, std::map<std::pair<std::size_t, std::size_t>, std::size_t>> cells;  // of each seed
    for (const FactorRun& run : runs) ++cells[run.seed][{run.level, run.other}];
    std::vector<FactorRun> contrast;
    for (FactorRun run : runs) {
        const auto& of_seed = cells[run.seed];
        const std::size_t first = of_seed.begin()->second;
        const bool whole = of_seed.size() == 4 && std::all_of(of_seed.begin(), of_seed.end(),
                                                              [&](const auto& cell) { return cell.second == first; });
        if (!whole) continue;
        run.level = (run.level == *levels.begin()) == (run.other == *others.begin()) ? 0 : 1;
        contrast.push_back(run);
    }
    Exchange exchange = shared_seeds(by_seed(contrast), 2);
    exchange.seeds_left_out = cells.size() - exchange.seeds;
    return exchange;
}

double mean_between(const Symmetric& d2, const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
    std::vector<double> values;
    for (const std::size_t r : a) {
        for (const std::size_t s : b) values.push_back(d2(r, s));
    }
    std::sort(values.begin(), values.end());
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

std::vector<std::size_t> Exchange::rows() const {
    std::vector<std::size_t> all;
    for (const auto& slab : slabs) all.insert(all.end(), slab.begin(), slab.end());
    return all;
}

double Exchange::runs_per_slab() const {
    double sum = 0;
    for (const auto& slab : slabs) sum += 1 / static_cast<double>(slab.size());
    return slabs.empty() ? 0 : static_cast<double>(slabs.size()) / sum;
}

Exchange derive_exchange(std::span<const FactorRun> runs, Effect effect) {
    if (effect == Effect::interaction) return crossed_contrast(runs);
    const auto levels = labels_of(runs, &FactorRun::level);
    if (levels.size() < 2) {
        Exchange exchange;
        exchange.code = "ONE_LEVEL";
        exchange.untested = "a comparison needs two levels or more";
        return exchange;
    }
    const Seeds seeds = by_seed(runs);
    const bool nested =
        std::all_of(seeds.begin(), seeds.end(), [](const auto& entry) { return entry.second.size() == 1; });
    return nested ? nested_seeds(seeds, levels, labels_of(runs, &FactorRun::other))
                  : shared_seeds(seeds, levels.size());
}

Symmetric slab_distances(const Symmetric& d2, std::span<const std::vector<std::size_t>> slabs) {
    Symmetric between(slabs.size());
    std::vector<double> within;
    for (const auto& slab : slabs) within.push_back(mean_between(d2, slab, slab));
    for (std::size_t i = 0; i < slabs.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            between.set(i, j, mean_between(d2, slabs[i], slabs[j]) - within[i] / 2 - within[j] / 2);
        }
    }
    return between;
}

}  // namespace assay
