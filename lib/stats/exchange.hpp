// Which runs may change places with which: derived from the labels of the runs, never chosen by a caller.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "stats/symmetric.hpp"

namespace assay {

// One run as a test sees it. Equal seed labels mean the very same seeds; other = the combination of all fixed factors
// that are not tested. Runs with equal labels are repeats.
struct FactorRun {
    std::size_t row = 0;    // of the matrix of distances
    std::size_t level = 0;  // of the tested factor
    std::size_t seed = 0;   // the experimental unit
    std::size_t other = 0;
};

enum class Effect { main, interaction };

// What the labels allow. Shared seeds: a slab is all runs of one seed at one level, and levels change places inside a
// seed, slab against slab. Nested seeds (every seed at one level only): a slab is all runs of one seed, and seeds
// change places between levels.
struct Exchange {
    std::string untested;  // why there is no test
    std::string code;      // ONE_LEVEL, TOO_FEW_COMMON_SEEDS, TOO_FEW_SEEDS_AT_A_LEVEL, NO_EXACT_TEST; empty with it
    bool nested = false;
    std::size_t levels = 0;
    std::vector<std::vector<std::size_t>> slabs;  // rows of d2. Shared: slabs[seed * levels + level]
    std::vector<std::size_t> slab_level;          // the level of each slab: 0 .. levels-1 by ascending label
    std::size_t seeds = 0, seeds_left_out = 0;    // left out: a cell is missing, or has more repeats than another

    std::vector<std::size_t> rows() const;  // every run in use
    double runs_per_slab() const;           // harmonic mean, as in an analysis of unweighted means
};

// Main effect, shared seeds: a seed is in use when each level has the same runs of `other`, repeats counted.
// Interaction of 2 x 2: when its four cells have the same number of runs; levels are then `level` xor `other`, since
// the interaction is the contrast (11 + 22) - (12 + 21). Main effect, nested seeds: when the seed has every value of
// `other` equally often.
Exchange derive_exchange(std::span<const FactorRun> runs, Effect effect);

// Squared distances between the means of slabs: mean between - half the mean within each, over all ordered pairs of
// runs. Values are added in ascending order, so that the order of runs changes no bit.
Symmetric slab_distances(const Symmetric& d2, std::span<const std::vector<std::size_t>> slabs);

}  // namespace assay
