// B1, B2, B3 and B5 on real runs: labels that mean nothing are put on them, and tests must not find anything.
#include <utility>

#include "base/check.hpp"
#include "calibration/pool.hpp"
#include "stats/dispersion.hpp"
#include "stats/exchange.hpp"
#include "stats/f2.hpp"
#include "stats/permutation.hpp"

namespace assay::calibration {
namespace {

using RowPair = std::pair<std::size_t, std::size_t>;

PermutationOptions options_of(const std::string& name, std::uint64_t index) {
    PermutationOptions options;
    options.seed = index;
    options.stream = name;
    return options;
}

double rejected(const std::optional<PValue>& p) {
    ASSAY_CHECK(p.has_value());
    return p->value <= 0.05 ? 1 : 0;
}

// A test that cannot be made rejects nothing.
double rejected(const Dispersion& dispersion) { return dispersion.evidence && dispersion.evidence->p <= 0.05 ? 1 : 0; }

// Two runs that share a seed: both hardware levels, or both shufflings of one of a block's initial weights.
std::vector<RowPair> pairs_of_runs(const Pool& pool, std::size_t n, Random& random) {
    std::vector<RowPair> pairs;
    for (const std::size_t u : drawn(n, pool.rows.size(), random)) {
        const std::size_t from = pool.places() == 4 ? 2 * random.below(2) : 0;
        RowPair pair{pool.rows[u][from], pool.rows[u][from + 1]};
        ASSAY_CHECK(pool.streams[0][pair.first] == pool.streams[0][pair.second]);
        if (random.below(2) == 1) std::swap(pair.first, pair.second);
        pairs.push_back(pair);
    }
    return pairs;
}

Cell factor_cell(const PoolPtr& pool, std::size_t n) {
    Cell cell;
    cell.name =
        std::string(pool->places() == 2 ? "isa, " : "shuffle, ") + pool->net + ", " + std::to_string(n) + " seeds";
    cell.measures = {n == 6 ? Measure{"", Kind::rate, 0.020, 0.043} : Measure{"", Kind::rate, 0.035, 0.065}};
    cell.prepare = [=, name = cell.name]() -> Audit {
        return [=](std::uint64_t index, Random& random, std::span<double> out) {
            std::vector<FactorRun> runs;
            for (const auto& [a, b] : pairs_of_runs(*pool, n, random)) {
                runs.push_back({a, 0, pool->unit[a], 0});
                runs.push_back({b, 1, pool->unit[b], 0});
            }
            out[0] = rejected(test_factor(pool->d2, runs, options_of(name, index)).p);
        };
    };
    return cell;
}

Cell nested_cell(const PoolPtr& pool, std::size_t n) {
    Cell cell;
    cell.name = pool->net + ", " + std::to_string(n) + " + " + std::to_string(n) + " seeds";
    cell.measures = {{"", Kind::rate, 0, 0.065}};
    cell.prepare = [=, name = cell.name]() -> Audit {
        return [=](std::uint64_t index, Random& random, std::span<double> out) {
            std::vector<FactorRun> runs;
            for (const auto& [a, b] : pairs_of_runs(*pool, 2 * n, random)) {
                const std::size_t group = runs.size() < 2 * n ? 0 : 1;
                runs.push_back({a, group, pool->unit[a], 0});
                runs.push_back({b, group, pool->unit[b], 1});
            }
            const PermutationTest test = test_factor(pool->d2, runs, options_of(name, index));
            ASSAY_CHECK(test.nested);
            out[0] = rejected(test.p);
        };
    };
    return cell;
}

// Units of the second group: means of `averaged` runs.
Cell group_cell(const PoolPtr& pool, std::size_t first, std::size_t second, std::size_t averaged) {
    Cell cell;
    cell.name = pool->net + ", " + std::to_string(first) + " + " + std::to_string(second) + ", sd ratio " +
                (averaged == 1 ? "1.00" : "0.58");
    cell.measures = {{"", Kind::rate, 0.035, 0.075}};
    cell.prepare = [=, name = cell.name]() -> Audit {
        return [=](std::uint64_t index, Random& random, std::span<double> out) {
            const std::vector<std::size_t> units = drawn(first + second * averaged, pool->rows.size(), random);
            std::vector<std::vector<std::size_t>> slabs;
            std::vector<std::size_t> group;
            for (std::size_t at = 0; at < units.size();) {
                group.push_back(at < first ? 0 : 1);
                slabs.emplace_back();
                for (std::size_t k = group.back() == 0 ? averaged - 1 : 0; k < averaged; ++k)
                    slabs.back().push_back(pool->rows[units[at++]][0]);
            }
            out[0] = rejected(f2_test(slab_distances(pool->d2, slabs), group, options_of(name, index)).p);
        };
    };
    return cell;
}

Cell paired_dispersion_cell(const PoolPtr& pool, std::size_t n) {
    Cell cell;
    cell.name =
        std::string(pool->places() == 2 ? "isa, " : "shuffle, ") + pool->net + ", " + std::to_string(n) + " seeds";
    cell.measures = {{"", Kind::rate, 0, 0.065}};
    cell.prepare = [=]() -> Audit {
        return [=](std::uint64_t, Random& random, std::span<double> out) {
            std::vector<std::size_t> a, b;
            for (const auto& [first, second] : pairs_of_runs(*pool, n, random)) {
                a.push_back(first);
                b.push_back(second);
            }
            out[0] = rejected(dispersion_paired(pool->d2, a, b));
        };
    };
    return cell;
}

Cell unpaired_dispersion_cell(const PoolPtr& pool, std::size_t first, std::size_t second) {
    Cell cell;
    cell.name = pool->net + ", " + std::to_string(first) + " + " + std::to_string(second) + " separate runs";
    cell.measures = {{"", Kind::rate, 0, 0.065}};
    cell.prepare = [=]() -> Audit {
        return [=](std::uint64_t, Random& random, std::span<double> out) {
            std::vector<std::size_t> a, b;
            for (const std::size_t u : drawn(first + second, pool->rows.size(), random))
                (a.size() < first ? a : b).push_back(pool->rows[u][0]);
            out[0] = rejected(dispersion_unpaired(pool->d2, a, b));
        };
    };
    return cell;
}

// Pools in which two runs share a seed.
std::vector<PoolPtr> paired(const Pools& pools) {
    std::vector<PoolPtr> out;
    for (const PoolPtr& pool : pools.seeds) {
        if (pool->places() > 1) out.push_back(pool);
    }
    out.insert(out.end(), pools.blocks.begin(), pools.blocks.end());
    return out;
}

}  // namespace

std::vector<Cell> pool_factor_tests(const Pools& pools) {
    std::vector<Cell> cells;
    for (const PoolPtr& pool : paired(pools)) {
        for (const std::size_t n : {6U, 8U, 16U}) cells.push_back(factor_cell(pool, n));
    }
    return cells;
}

std::vector<Cell> pool_nested_tests(const Pools& pools) {
    std::vector<Cell> cells;
    for (const PoolPtr& pool : pools.blocks) {
        for (const std::size_t n : {5U, 8U}) cells.push_back(nested_cell(pool, n));
    }
    return cells;
}

std::vector<Cell> pool_group_tests(const Pools& pools) {
    const std::pair<std::size_t, std::size_t> sizes[] = {{8, 8}, {20, 5}, {16, 4}, {5, 20}};
    std::vector<Cell> cells;
    for (const PoolPtr& pool : pools.seeds) {
        for (const auto& [first, second] : sizes) {
            for (const std::size_t averaged : {1U, 3U}) cells.push_back(group_cell(pool, first, second, averaged));
        }
    }
    return cells;
}

std::vector<Cell> pool_dispersion_tests(const Pools& pools) {
    const std::pair<std::size_t, std::size_t> sizes[] = {{4, 4}, {8, 8}, {16, 16}, {20, 5}};
    std::vector<Cell> cells;
    for (const PoolPtr& pool : paired(pools)) {
        for (const std::size_t n : {4U, 8U, 16U}) cells.push_back(paired_dispersion_cell(pool, n));
    }
    for (const PoolPtr& pool : pools.seeds) {
        for (const auto& [first, second] : sizes) cells.push_back(unpaired_dispersion_cell(pool, first, second));
    }
    return cells;
}

}  // namespace assay::calibration
