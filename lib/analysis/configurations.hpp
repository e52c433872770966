// Runs that share everything but their seeds, and what the statistics need to know of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/effects.hpp"
#include "analysis/pairing.hpp"
#include "core/attribution.hpp"
#include "core/plan.hpp"
#include "stats/symmetric.hpp"

namespace assay {

// All pairs of usable runs. Rows are usable runs in the order of the plan, replays among them.
struct RunTable {
    std::vector<std::size_t> run_of_row;
    std::vector<std::optional<std::size_t>> row_of_run;
    std::vector<std::size_t> identity;  // of each row: equal numbers, equal bits
    Symmetric d2{};                     // mean squared Hellinger distances
    Symmetric churn{};                  // shares of labels that differ
    std::vector<Symmetric> fold_d2;     // by fold of inputs, which may have none; empty with very many runs
    std::vector<double> fold_weight;
};

// Which of 20 folds each input is in: a hash of its id, or else of its number, so that it never depends on the other
// inputs. A fold may have none.
std::vector<std::size_t> input_folds(std::size_t n_inputs, const InputTable* inputs);

// Folds of inputs go by their ids where there are any, so that their order decides nothing; else by their number.
// Throws Error E0103 (exit 70) when the machine has no BLAS. Precondition: a usable run.
RunTable run_table(const Plan& plan, const std::vector<RunData>& runs, const std::vector<Outcome>& outcomes,
                   const InputTable* inputs = nullptr);

// The design as labels: everything by index into Plan::runs.
struct DesignLabels {
    std::vector<Axis> seed_axes, fixed_axes;
    std::vector<std::vector<std::size_t>> stream;  // [seed axis][run]: the seed; different blocks, different seeds
    std::vector<std::size_t> seed;                 // [run]: the combination of all streams
    SeedGroups groups;                             // what a test may exchange: runs that share no seed
    UnitSets units;                                // what the jackknife leaves out
};
DesignLabels design_labels(const Plan& plan);

struct Configuration {
    std::string where;              // levels of the fixed factors: "dense, lr 0.1"; "" when the plan has only one
    std::vector<std::size_t> runs;  // indices into Plan::runs; usable first runs
};

// Groups of usable first runs with the same levels of every fixed factor but `moved` (a factor's index), in the order
// of their levels; runs in the order of the plan.
std::vector<Configuration> configurations(const Plan& plan, const std::vector<Outcome>& outcomes,
                                          std::optional<std::size_t> moved = std::nullopt);

// A number for each distinct vector, in the order of appearance.
std::vector<std::size_t> numbered(const std::vector<std::vector<int>>& rows);

// To 10 significant digits: later ones depend on the BLAS.
double rounded(double value);

}  // namespace assay
