// Pools of real runs, trained by tests/calibration/pools, and audits drawn from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "calibration/cell.hpp"
#include "stats/pair_estimate.hpp"
#include "stats/symmetric.hpp"

namespace assay::calibration {

// Rows are usable runs. A unit is what is independent of the others: a seed, with a run on each hardware level; or a
// block of two seeds of the initial weights crossed with two of the shuffling.
struct Pool {
    std::string net;          // "dense-0.1-3"
    std::size_t planned = 0;  // units; those with a run that collapsed or failed are left out
    Symmetric d2{}, churn{};
    std::vector<std::size_t> identity;
    std::vector<std::vector<std::int32_t>> labels;  // [row][input]
    std::vector<std::vector<std::size_t>> rows;     // [unit][place]: hardware level, or 2 x init + shuffle of the block
    std::vector<std::vector<std::size_t>> streams;  // [stream][row]
    std::vector<std::size_t> unit;                  // [row]; planned units, of which `rows` has the whole ones

    std::size_t places() const { return rows.front().size(); }
    std::vector<std::size_t> all_rows() const;
};
using PoolPtr = std::shared_ptr<const Pool>;

// Error C0001 (exit 5) when the folder lacks one of the pools.
struct Pools {
    std::vector<PoolPtr> seeds, blocks;  // one a net
};
Pools read_pools(const std::filesystem::path& folder);

// n numbers below `size`, all different.
std::vector<std::size_t> drawn(std::size_t n, std::size_t size, Random& random);

// Does the interval hold what all units of the pool say? n of N units were drawn without replacing them, so that
// estimates stray less from the pool's value than they would from that of all seeds there are, by sqrt(1 - n/N). The
// interval is narrowed by as much before it is asked. No interval covers nothing.
double covers_pool(const JackknifeEstimate& estimate, Scale scale, double truth, std::size_t n, std::size_t size);

// What the whole pool says: "dense-0.1-3: V 0.1322, 12 effective dimensions, A 0.039, 121 of 200 seeds amplified".
std::string pool_facts(const Pool& pool);
// Of a pool of blocks, total indices and first-order shares: "dense-0.1-3: init 0.998 and 0.071, shuffle 0.929 and
// 0.002".
std::string pool_share_facts(const Pool& pool);

std::vector<Bar> pool_bars(const Pools& pools);
std::vector<std::string> pool_bar_ids();  // in the order of pool_bars()

std::vector<Cell> pool_factor_tests(const Pools& pools);
std::vector<Cell> pool_nested_tests(const Pools& pools);
std::vector<Cell> pool_group_tests(const Pools& pools);
std::vector<Cell> pool_dispersion_tests(const Pools& pools);
std::vector<Cell> pool_coverages(const Pools& pools);
std::vector<Cell> pool_flip_lists(const Pools& pools);

}  // namespace assay::calibration
