// How good the answers of one run are: accuracy, log loss, Brier score, calibration.
//
// probabilities: n_inputs x n_classes, row-major, rows sum to 1. truth: one class for each input, in [0, n_classes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay {

// No probability counts as less than this in a log loss: one saturated answer would outweigh all others.
inline constexpr double k_log_loss_clip = 1e-12;

// Per input, for means over classes, slices, and tables of runs x inputs.
struct InputScores {
    std::vector<double> correct;     // 1 where the answer (answer_of, stats/distance.hpp) is the true class, else 0
    std::vector<double> log_loss;    // -log max(p_true, k_log_loss_clip), in nats
    std::vector<double> brier;       // sum_c (p_c - [c is true])^2, in [0, 2] (Brier, Monthly Weather Review 1950)
    std::vector<double> confidence;  // the probability of the answer
    std::size_t clipped = 0;         // inputs whose log loss was clipped: show it beside the log loss
};

InputScores score_inputs(std::span<const float> probabilities, std::size_t n_classes,
                         std::span<const std::int64_t> truth, double threshold = 0.5);

struct Scores {
    std::size_t inputs = 0;
    double accuracy = 0;
    double log_loss = 0;
    double brier = 0;
    std::size_t clipped = 0;
};

std::optional<Scores> mean_scores(const InputScores& scores);  // nothing without inputs

// ---- Expected calibration error with bins of equal mass and frozen edges (Nixon et al., Measuring calibration in deep
// learning, CVPR workshops 2019): the edges come from the pooled confidences of the baseline runs, and every
// run after that is measured with them, so that two runs differ by their answers alone.
inline constexpr std::size_t k_calibration_bins = 15;

// The bins - 1 inner edges: edge j is the confidence of rank floor(j N / bins), from 0. A confidence equal to an edge
// belongs to the bin above it. Where confidences repeat, edges repeat and bins are empty. Nothing without confidences.
std::optional<std::vector<double>> equal_mass_edges(std::span<const double> pooled_confidences,
                                                    std::size_t bins = k_calibration_bins);

// sum over bins of |sum of (correct - confidence)| / n_inputs. Biased upward for few inputs. Nothing without inputs.
// Precondition: edges rise or stay.
std::optional<double> calibration_error(const InputScores& scores, std::span<const double> edges);

}  // namespace assay
