// What the coverage cells share: does an interval hold the truth?
#pragma once

#include "calibration/cell.hpp"
#include "calibration/worlds.hpp"
#include "stats/pair_estimate.hpp"

namespace assay::calibration {

// An interval without an upper end holds all that lies above its lower end; no interval covers nothing.
inline double covers(const JackknifeEstimate& estimate, double truth) {
    const auto& interval = estimate.interval;
    return interval && interval->low <= truth && (!interval->high || truth <= *interval->high) ? 1 : 0;
}

// Where an interval may be withheld, what counts is that none is stated that misses.
inline double states_nothing_wrong(const JackknifeEstimate& estimate, double truth) {
    return estimate.interval ? covers(estimate, truth) : 1;
}

inline Measure coverage_bar(const char* name, Structure structure, double low, double high) {
    if (structure == Structure::heavy) return {name, Kind::rate, 0.87, 1};
    return {name, Kind::rate, low, high};
}

}  // namespace assay::calibration
