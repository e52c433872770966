// A cell of the calibration: one kind of simulated audit, what is measured on it, and the bar that holds for it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace assay::calibration {

// rate: every audit gives 0 or 1, the share of ones lies in [low, high].
// mean: every audit gives a share, their mean is at most high.
// number: the same of numbers that are no shares.
// bias: every audit gives estimate - truth, their mean is at most high away from 0, and at most 3 standard errors.
enum class Kind { rate, mean, number, bias };

struct Measure {
    std::string name;  // empty where the cell says it all
    Kind kind = Kind::rate;
    double low = 0, high = 1;
};

// One simulated audit. index: its number; random: a stream of its own; out: one number for each measure.
using Audit = std::function<void(std::uint64_t index, Random& random, std::span<double> out)>;

struct Cell {
    std::string name;  // unique in its bar
    std::vector<Measure> measures;
    bool quick = false;              // in the short version, too
    std::function<Audit()> prepare;  // what all audits of the cell share is made here
};

struct Bar {
    std::string id;     // "B1"
    std::string title;  // what is asked
    std::string how;    // how its audits are made
    std::vector<Cell> cells;
};

std::vector<Cell> size_of_factor_tests();           // B1
std::vector<Cell> size_with_nested_seeds();         // B2
std::vector<Cell> size_of_group_tests();            // B3
std::vector<Cell> errors_of_a_screen();             // B4
std::vector<Cell> size_of_dispersion_tests();       // B5
std::vector<Cell> bias_of_components();             // B6
std::vector<Cell> coverage_of_variance();           // B7
std::vector<Cell> coverage_of_hardware();           // B7
std::vector<Cell> coverage_of_seed_shares();        // B7
std::vector<Cell> errors_of_the_gate();             // B8
std::vector<Cell> size_of_one_run_tests();          // B9
std::vector<Cell> errors_of_the_sequential_gate();  // B10
std::vector<Cell> coverage_of_population();         // B11
std::vector<Cell> discoveries_of_flip_lists();      // B12
std::vector<Cell> power_of_factor_tests();          // B13

std::vector<Bar> all_bars();
std::vector<std::string> simulated_bar_ids();  // of all_bars(), in their order

}  // namespace assay::calibration
