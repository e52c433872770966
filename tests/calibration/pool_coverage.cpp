// B7 on real runs: intervals of V, A, total indices and first-order shares against the value of the whole pool.
#include <cmath>

#include "base/check.hpp"
#include "base/text.hpp"
#include "calibration/pool.hpp"
#include "stats/amplification.hpp"
#include "stats/decomposition.hpp"
#include "stats/gram.hpp"

namespace assay::calibration {
namespace {

constexpr std::size_t k_sizes[] = {4, 6, 8, 16};
constexpr double k_no_bar = 1e9;

std::vector<std::size_t> rows_of(const Pool& pool, const std::vector<std::size_t>& units, std::size_t places) {
    std::vector<std::size_t> rows;
    for (const std::size_t u : units)
        rows.insert(rows.end(), pool.rows[u].begin(), pool.rows[u].begin() + static_cast<std::ptrdiff_t>(places));
    return rows;
}

std::vector<std::size_t> every_unit(const Pool& pool) {
    std::vector<std::size_t> units;
    for (std::size_t u = 0; u < pool.rows.size(); ++u) units.push_back(u);
    return units;
}

// Crossed streams of a block pool, or the one stream of a seed pool on its first hardware level.
Decomposition decomposed(const Pool& pool, const std::vector<std::size_t>& units, std::size_t places,
                         std::size_t min_units) {
    RunLevels levels{pool.streams.size(), {}};
    for (std::size_t row = 0; row < pool.d2.n; ++row) {
        for (const auto& stream : pool.streams) levels.values.push_back(stream[row]);
    }
    const std::vector<std::vector<std::size_t>> sets = {pool.unit};
    const FactorSet all = (FactorSet{1} << pool.streams.size()) - 1;
    return decompose(pair_classes(pool.d2, levels, sets, rows_of(pool, units, places)),
                     {all, false, {min_units, 0.95}});
}

Cell variance_cell(const PoolPtr& pool, std::size_t n) {
    Cell cell;
    cell.name = "V, " + pool->net + ", " + std::to_string(n) + " seeds";
    cell.measures = {{"", Kind::rate, 0.93, 0.979}, {"half width", Kind::mean, 0, k_no_bar}};
    cell.prepare = [=]() -> Audit {
        const double truth = decomposed(*pool, every_unit(*pool), 1, 4).variance.value.value();
        return [=](std::uint64_t, Random& random, std::span<double> out) {
            const std::size_t size = pool->rows.size();
            const Decomposition found = decomposed(*pool, drawn(n, size, random), 1, 4);
            out[0] = covers_pool(found.variance, Scale::logarithm, truth, n, size);
            const JackknifeInterval& interval = found.variance.interval.value();
            out[1] = std::sqrt(interval.high.value() / interval.low) - 1;
        };
    };
    return cell;
}

Amplification amplified(const Pool& pool, const std::vector<std::size_t>& units) {
    HardwareRuns labels;
    labels.seed = pool.unit;
    labels.identity = pool.identity;
    labels.hardware.resize(pool.d2.n);
    for (const auto& of_unit : pool.rows) {
        for (std::size_t place = 0; place < of_unit.size(); ++place) labels.hardware[of_unit[place]] = place;
    }
    const auto found =
        amplification(pool.d2, pool.churn, labels, Changed::hardware, rows_of(pool, units, pool.places()));
    ASSAY_CHECK(found.has_value());
    return *found;
}

Cell ratio_cell(const PoolPtr& pool, std::size_t n) {
    Cell cell;
    cell.name = "A, " + pool->net + ", " + std::to_string(n) + " seeds";
    cell.measures = {{"", Kind::rate, 0.92, 1},
                     {"no seed amplified", Kind::rate, 0, 1},
                     {"no interval", Kind::rate, 0, 1},
                     {"misses without a warning", Kind::rate, 0, 1}};
    cell.prepare = [=]() -> Audit {
        const double truth = amplified(*pool, every_unit(*pool)).ratio.value.value();
        return [=](std::uint64_t, Random& random, std::span<double> out) {
            const std::size_t size = pool->rows.size();
            const Amplification found = amplified(*pool, drawn(n, size, random));
            const bool stated = found.ratio.interval.has_value();
            out[0] = stated ? covers_pool(found.ratio, Scale::logarithm, truth, n, size) : 1;
            out[1] = found.amplified == 0 ? 1 : 0;
            out[2] = stated ? 0 : 1;
            out[3] = out[0] == 0 && found.ratio.flags.empty() ? 1 : 0;
        };
    };
    return cell;
}

Cell shares_cell(const PoolPtr& pool, std::size_t n) {
    Cell cell;
    cell.name = "shares, " + pool->net + ", " + std::to_string(n) + " blocks";
    for (const char* stream : {"init", "shuffle"}) {
        cell.measures.push_back({std::string("total of ") + stream, Kind::rate, 0.925, 0.97});
        cell.measures.push_back({std::string("first order of ") + stream, Kind::rate, 0, 1});
    }
    cell.prepare = [=]() -> Audit {
        const Decomposition truth = decomposed(*pool, every_unit(*pool), pool->places(), 3);
        return [=](std::uint64_t, Random& random, std::span<double> out) {
            const std::size_t size = pool->rows.size();
            const Decomposition found = decomposed(*pool, drawn(n, size, random), pool->places(), 3);
            for (std::size_t k = 0; k < 2; ++k) {
                const SetEffect &of_pool = truth.of(FactorSet{1} << k), &of_audit = found.of(FactorSet{1} << k);
                out[2 * k] =
                    covers_pool(of_audit.total_index, Scale::logarithm, of_pool.total_index.value.value(), n, size);
                out[2 * k + 1] =
                    covers_pool(of_audit.first_order, Scale::identity, of_pool.first_order.value.value(), n, size);
            }
        };
    };
    return cell;
}

}  // namespace

std::string pool_facts(const Pool& pool) {
    const std::vector<std::size_t> units = every_unit(pool), rows = rows_of(pool, units, 1);
    Symmetric first(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) first.set(i, j, pool.d2(rows[i], rows[j]));
    }
    std::string text = pool.net + ": V " + fixed(decomposed(pool, units, 1, 4).variance.value.value(), 4);
    const auto dimension = effective_dimension(centred_gram(first), rows.size() - 1);
    if (dimension) text += ", " + fixed(*dimension, 0) + " effective dimensions";
    if (pool.places() == 1) return text;
    const Amplification found = amplified(pool, units);
    return text + ", A " + scientific(found.ratio.value.value()) + ", " + std::to_string(found.amplified) + " of " +
           std::to_string(units.size()) + " seeds amplified";
}

std::string pool_share_facts(const Pool& pool) {
    const Decomposition found = decomposed(pool, every_unit(pool), pool.places(), 3);
    std::string text = pool.net + ":";
    for (std::size_t k = 0; k < 2; ++k) {
        const SetEffect& effect = found.of(FactorSet{1} << k);
        text += std::string(k == 0 ? " init " : ", shuffle ") + fixed(effect.total_index.value.value(), 3) + " and " +
                fixed(effect.first_order.value.value(), 3);
    }
    return text;
}

std::vector<Cell> pool_coverages(const Pools& pools) {
    std::vector<Cell> cells;
    for (const PoolPtr& pool : pools.seeds) {
        for (const std::size_t n : k_sizes) cells.push_back(variance_cell(pool, n));
    }
    for (const PoolPtr& pool : pools.seeds) {
        for (const std::size_t n : k_sizes) {
            if (pool->places() > 1) cells.push_back(ratio_cell(pool, n));
        }
    }
    for (const PoolPtr& pool : pools.blocks) {
        for (const std::size_t n : {3U, 4U, 8U}) cells.push_back(shares_cell(pool, n));
    }
    return cells;
}

}  // namespace assay::calibration
