// One number a run (accuracy, log loss, whatever a trainer reports) and what an audit says of it. Plain values, made by
// analysis, shown by report.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/evidence.hpp"
#include "core/factor.hpp"

namespace assay {

// Where the numbers come from: assay computed them from the stored answers and the true labels, or the trainer said so.
enum class ResponseSource { computed, reported };
// Whether a larger number is a better one. Of what a trainer reported assay does not know.
enum class Better { higher, lower, unknown };

// Matched pairs: runs that differ in exactly one factor, all else equal, both usable and with the number.
struct NumberCell {
    std::size_t pairs = 0, equal = 0;  // equal: the same number
    Figure size;                       // mean absolute difference; no value without pairs
    Figure difference;         // mean of second level - first level; no value for seeds, nor over three levels or more
    double largest = 0;        // absolute difference
    std::string empty_reason;  // why there are no pairs
    friend bool operator==(const NumberCell&, const NumberCell&) = default;
};

struct NumberLevels {
    std::string first, second;  // levels as a person writes them
    bool unpaired = false;      // each has seeds of its own: no pairs, the difference is that of the means
    NumberCell cell;
    friend bool operator==(const NumberLevels&, const NumberLevels&) = default;
};

struct NumberRow {
    std::string factor;  // "seed.init", "hardware.isa"
    FactorKind kind = FactorKind::seed;
    std::vector<NumberCell> cells;          // one a setting; one only, over all runs, for the settings' own factors
    std::vector<NumberLevels> level_pairs;  // every two levels, over all settings; empty for seeds
    friend bool operator==(const NumberRow&, const NumberRow&) = default;
};

// The usable first runs of one configuration: one level of every factor that is no seed.
struct NumberPlace {
    std::string where;  // "dense, lr 0.1"; "" when there is one only
    std::size_t runs = 0;
    double mean = 0, least = 0, largest = 0;
    Figure deviation;  // standard deviation between runs that share no seed
    friend bool operator==(const NumberPlace&, const NumberPlace&) = default;
};

struct Response {
    std::string name;  // "accuracy"
    ResponseSource source = ResponseSource::reported;
    Better better = Better::unknown;
    // The number that the audit is about, since its runs have nothing else to compare: its tests are one family,
    // adjusted by Holm. All other responses are exploratory, their tests one family, adjusted by Benjamini-Hochberg.
    bool primary = false;
    std::size_t runs = 0;     // usable runs with the number, repeats among them
    std::size_t without = 0;  // usable runs without it
    // What must be said beside the figures: clipped logarithms, frozen edges, a trainer that reports something else.
    std::vector<std::string> notes;
    std::vector<std::optional<double>> values;  // one a planned run; nothing where it is not usable
    std::vector<NumberPlace> places;            // the first one is the first level of every factor, where it has runs
    std::vector<NumberRow> rows;                // each factor, in the order of the spec
    Evidence evidence;                          // variances and shifts in units of the number, squared
    friend bool operator==(const Response&, const Response&) = default;
};

}  // namespace assay
