// The bars: what each asks of the audits, and where its cells are made.
#include "calibration/cell.hpp"

namespace assay::calibration {
namespace {

std::vector<Cell> joined(std::vector<Cell> cells, std::vector<Cell> more) {
    for (Cell& cell : more) cells.push_back(std::move(cell));
    return cells;
}

std::vector<Cell> all_coverages() {
    return joined(joined(coverage_of_variance(), coverage_of_hardware()), coverage_of_seed_shares());
}

}  // namespace

std::vector<Bar> all_bars() {
    return {
        {"B1", "exact test of a factor without effect, seeds shared",
         "Rejections at 5%. Outputs. Two levels: 6, 8 and 16 seeds can give 3.1%, 4.7% and 5.0% at most.",
         size_of_factor_tests()},
        {"B2", "the same, each level with seeds of its own and three runs of each", "Rejections at 5%. Outputs.",
         size_with_nested_seeds()},
        {"B3", "F2 between separate groups of equal mean and unequal spread",
         "Rejections at 5%. Vectors of 200 numbers: through a softmax a wider spread would move the mean.",
         size_of_group_tests()},
        {"B4", "Holm over a screen of five factors without effect, 8 seeds",
         "Screens with any rejection at 5%. Outputs.", errors_of_a_screen()},
        {"B5", "dispersion test between groups of equal spread", "Rejections at 5%. Outputs.",
         size_of_dispersion_tests()},
        {"B6", "components of a seeds x hardware crossing",
         "Mean error in units of V. Vectors of 200 numbers, true components exact. Shares: seed, hardware, both.",
         bias_of_components()},
        {"B7", "95% intervals of V, A and total indices",
         "Share of intervals that hold the truth. V and A: outputs, the truth from 20,000 simulated seeds; A with "
         "retention 0.6. Bimodal A and total indices: vectors of 200 numbers, exact truth. Bimodal: 54% of seeds are "
         "amplified, with the quantiles of A per seed of real trainings (pool M), the others differ by 1e-12 to 1e-10; "
         "the bar is for hi, which real trainings are like, and for intervals that are given: one that is withheld "
         "misses nothing.",
         all_coverages()},
        {"B8", "the gate's excess distance R",
         "PASS where R is exactly at the margin; FAIL, and PASS, where nothing changed. Vectors of 200 numbers, R "
         "exact: "
         "(V_b + V_c + shift^2) / (2 V_b). Pairs: the same seeds on both sides.",
         errors_of_the_gate()},
        {"B9", "one more run of the baseline, taken for a candidate",
         "Rejections at 5% of the conformal test. Outputs, independent seeds.", size_of_one_run_tests()},
        {"B10", "the gate that looks after every run",
         "PASS, and FAIL, at any of 24 looks where the truth is at the margin; runs until it is decided where nothing "
         "changed. Paired differences with sd 1, the margin in units of it.",
         errors_of_the_sequential_gate()},
        {"B11", "95% intervals over runs and inputs",
         "Share of intervals that hold the truth of the population of inputs. Accuracy: the difference of two "
         "configurations, true difference 0. V: 20 folds, the truth from 400,000 simulated inputs.",
         coverage_of_population()},
        {"B12", "lists of inputs that flip too often",
         "Listed inputs whose risk of another label than the deployed one is at most 0.1, as a share of the list "
         "(0 for an empty one). 400 inputs, two classes, two retrains disagree about one input in five. hi: runs err "
         "independently on each input; mid, low: together.",
         discoveries_of_flip_lists()},
        {"B13", "power of the exact test at 5%",
         "Rejections. Vectors. 'formula': what lib/stats/power.hpp predicts. The size of the diffuse shift is the one "
         "that the formula finds with 97% probability. The pool-like bars are the formula less 4 "
         "points: real trainings were found in 33% and 82%, but on normal noise in 317 equal directions the formula is "
         "the power of the F test itself.",
         power_of_factor_tests()},
    };
}

std::vector<std::string> simulated_bar_ids() {
    std::vector<std::string> ids;
    for (const Bar& bar : all_bars()) ids.push_back(bar.id);
    return ids;
}

}  // namespace assay::calibration
