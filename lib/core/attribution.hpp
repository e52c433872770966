// Which factor changes the answers, how much, how sure: plain values, made by analysis, shown by report.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/evidence.hpp"
#include "core/factor.hpp"
#include "core/response.hpp"

namespace assay {

// What became of a planned run, as far as the analysis may use it.
enum class Outcome { completed, collapsed, diverged, failed, timed_out, skipped, missing };
inline constexpr std::size_t k_outcomes = 7;

// A mean over matched pairs. Flags: "" all is well; NONE_OBSERVED the value is 0 in every pair, which is no proof that
// it is 0; CI_TOO_FEW_UNITS no interval; UNBOUNDED one unit carries all of it; ONE_RUN_DOMINATES one unit carries more
// than half of the variance, and more than chance explains.
struct Estimate {
    double value = 0;
    std::optional<Interval> interval;  // 95%
    std::string flag;
    std::optional<Dominating> dominating = {};  // UNBOUNDED, ONE_RUN_DOMINATES
    friend bool operator==(const Estimate&, const Estimate&) = default;
};

// Matched pairs: runs that differ in exactly one factor, all else equal, both usable.
struct EffectCell {
    std::size_t pairs = 0;
    std::size_t bitwise_equal = 0;     // of these: predictions equal to the last bit
    std::size_t units = 0;             // independent seeds (or blocks) behind the interval: the fewest of a stream
    std::optional<Estimate> flips;     // share of predicted labels that change (churn); nothing without pairs
    std::optional<Estimate> distance;  // mean squared Hellinger distance
    // The same pairs by other distances (stats/divergences.hpp): Jensen-Shannon in bits, total variation, Brier.
    std::optional<Estimate> jensen_shannon, total_variation, brier;
    double max_abs_dp = 0;     // largest change of any probability
    std::string empty_reason;  // why there are no pairs
    friend bool operator==(const EffectCell&, const EffectCell&) = default;
};

struct LevelPair {
    std::string first, second;  // levels as a person writes them
    EffectCell cell;
    friend bool operator==(const LevelPair&, const LevelPair&) = default;
};

struct EffectRow {
    std::string factor;  // "seed.init", "hardware.isa"
    FactorKind kind = FactorKind::seed;
    std::string where;              // rows of the settings' own factors: within which levels of the others; else ""
    std::vector<EffectCell> cells;  // one a setting (one only, for the settings' own factors)
    std::vector<LevelPair> level_pairs;  // over all settings; for factors that are no seeds and have 3 levels or more
    friend bool operator==(const EffectRow&, const EffectRow&) = default;
};

struct Rate {
    std::size_t count = 0, of = 0;
    Interval interval;  // exact binomial, 95%
    friend bool operator==(const Rate&, const Rate&) = default;
};

// A column of the table: one combination of levels of the factors that interact most with the others.
struct Setting {
    std::string name;                   // "dense, lr 0.001"; "all runs" when there is one only
    std::size_t runs = 0;               // planned, replays not counted
    std::vector<std::size_t> outcomes;  // by Outcome
    Rate collapsed, diverged, failed;   // of the runs that ended; failed: failed or timed out
    std::optional<double> accuracy_mean, accuracy_min, accuracy_max;  // usable runs; nothing without labels
    std::size_t replays = 0;                                          // pairs of a run and its replay, both completed
    std::size_t replays_identical = 0;               // predictions, weights and step digests equal to the last bit
    double replay_flips = 0, replay_max_abs_dp = 0;  // the worst of them
    friend bool operator==(const Setting&, const Setting&) = default;
};

// The rows again, of the inputs with one value of a slice alone. Level pairs are left out. Nothing here is tested.
struct SliceEffects {
    std::string slice, value;  // "writer", "w7"
    std::size_t inputs = 0;
    bool small = false;  // fewer than k_small_slice inputs
    std::vector<EffectRow> rows, setting_rows;
    friend bool operator==(const SliceEffects&, const SliceEffects&) = default;
};

// Whether a hardware factor or pin took hold, as the trainers' libraries reported.
struct HardwareCheck {
    std::string factor;
    bool varied = false;
    std::size_t verified = 0, of = 0;  // runs that ended
    friend bool operator==(const HardwareCheck&, const HardwareCheck&) = default;
};

struct Finding {
    std::string code;  // "D0107"
    std::string sentence;
    friend bool operator==(const Finding&, const Finding&) = default;
};

// A seed stream that was varied and reached nothing: all runs that differ in it alone are equal to the last bit, and
// nothing says that the trainer read it. What is said of it cannot be believed, nor what counts its seeds.
struct UnwiredStream {
    std::string factor;     // "seed.dropout"; "seed" where all streams move together
    std::size_t pairs = 0;  // all of them equal; at least 1
    friend bool operator==(const UnwiredStream&, const UnwiredStream&) = default;
};

// What trainer.predict found, over the runs whose saved model was asked again.
struct Reloads {
    std::size_t runs = 0, same = 0, differ = 0, failed = 0;
    // Of the run that differs most, by labels and then by probabilities.
    std::size_t labels = 0, inputs = 0;
    double max_abs_dp = 0;
    std::string worst;   // its number, "003"; empty where none differs
    std::string reason;  // of the first that failed
    friend bool operator==(const Reloads&, const Reloads&) = default;
};

struct Attribution {
    std::vector<std::string> setting_factors;  // full names
    std::vector<Setting> settings;
    std::vector<EffectRow> rows;          // every other factor, in the order of the spec
    std::vector<EffectRow> setting_rows;  // the settings' own factors
    std::vector<SliceEffects> slices;     // with a table of inputs
    std::vector<HardwareCheck> hardware;
    Evidence evidence;
    std::vector<Response> responses;  // computed ones first, then what the trainer reported
    std::optional<Reloads> reloads;   // nothing where the spec has no trainer.predict
    std::vector<Finding> findings;
    std::vector<UnwiredStream> unwired;
    std::vector<Outcome> outcomes;                  // one a planned run
    std::vector<std::optional<double>> accuracies;  // one a planned run
    std::size_t n_inputs = 0, n_classes = 0;
    friend bool operator==(const Attribution&, const Attribution&) = default;
};

std::string_view outcome_name(Outcome outcome);

}  // namespace assay
