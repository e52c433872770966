// What the statistics of an audit say beyond matched pairs: tests of factors, amplified rounding, shares of seed
// streams, stability of single inputs. Plain values, made by analysis, shown by report. Figures of distances are
// rounded to 10 significant digits: the ones after that depend on the kernels of the BLAS that is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/factor.hpp"

namespace assay {

// The level at which the tests of an audit decide, over a whole family.
inline constexpr double k_alpha = 0.05;

struct Interval {
    double low = 0;
    std::optional<double> high;  // nothing: unbounded
    friend bool operator==(const Interval&, const Interval&) = default;
};

// The unit of seeds behind UNBOUNDED or ONE_RUN_DOMINATES, and its runs among those of the figure.
struct Dominating {
    std::string unit;               // "seed.init 3", the number of its level from 1; "block 2"
    std::vector<std::string> runs;  // labels, in the order of the plan
    friend bool operator==(const Dominating&, const Dominating&) = default;
};

// An estimate with its 95% jackknife interval. Flags, besides those of Estimate: NO_PAIRS the value is undefined;
// ZERO_DENOMINATOR; MODEL_MISFIT the interval of a component is entirely below 0; FEW_AMPLIFIED no interval: too few of
// the seeds are amplified (stats/amplification.hpp).
struct Figure {
    std::optional<double> value;
    std::optional<Interval> interval;
    std::size_t units = 0;  // independent seeds or blocks behind the interval
    std::vector<std::string> flags;
    std::optional<Dominating> dominating = {};
    friend bool operator==(const Figure&, const Figure&) = default;
};

// Two levels of a tested factor, the same seeds. All on the scale of squared Hellinger distances.
struct LevelShift {
    std::string first, second;
    Figure shift2;                // squared distance of the means, unbiased, may be negative
    std::optional<double> kappa;  // shift2 in units of the variance between seeds at `first`
    std::optional<Interval> kappa_interval;
    std::optional<double> spread_ratio;  // variance between seeds at `second` over that at `first`
    std::optional<Interval> spread_interval;
    std::optional<double> spread_p;
    friend bool operator==(const LevelShift&, const LevelShift&) = default;
};

// Why a factor has no test, or none of whose results could be significant. What is shown follows from the code.
struct Untested {
    // ONE_LEVEL, TOO_FEW_COMMON_SEEDS, TOO_FEW_SEEDS_AT_A_LEVEL, SEEDS_SHARE_STREAMS: there is no test.
    // BITWISE_INVARIANT: every level gives the same bits. UNTESTABLE: there is a p that could not be small enough.
    std::string code;                         // "": tested
    std::string sentence;                     // without a p-value
    std::optional<std::size_t> seeds_needed;  // UNTESTABLE: so many (at each level, where nested) are enough ...
    std::optional<std::size_t> family;        // ... for as many tests as were made together
    bool empty() const { return code.empty(); }
    friend bool operator==(const Untested&, const Untested&) = default;
};

// Does a factor shift the answers, whatever the seed? Exact permutation of its levels inside each seed (statistics: the
// denominator is factor x seed). The p-values of all factors of an audit are one family, adjusted by Holm; those of
// numbers beside the answers another one, adjusted by Benjamini and Hochberg.
struct FactorTest {
    std::string factor;
    FactorKind kind = FactorKind::hyperparameter;
    Untested untested;
    bool nested = false;  // each level has seeds of its own: F2, whole seeds permuted
    std::size_t levels = 0, seeds = 0, seeds_left_out = 0, runs = 0;
    std::optional<double> f;  // nothing when infinite or undefined
    bool f_infinite = false;
    std::size_t df_effect = 0, df_error = 0;
    double r2 = 0;  // share of the sum of squares; biased upward
    std::optional<double> p;
    std::optional<double> p_holm;  // adjusted, of a confirmatory family
    std::optional<double> p_bh;    // of an exploratory family, instead
    std::uint64_t p_count = 0, p_total = 0;
    bool exhaustive = false;
    double smallest_p = 1;
    std::vector<LevelShift> shifts;
    friend bool operator==(const FactorTest&, const FactorTest&) = default;
};

// A hardware factor in one configuration of everything else: does it change anything, and how large does training make
// the change, in units of another seed?
struct HardwareEffect {
    std::string factor;
    std::string where;  // "dense, lr 0.1"; "" when there is one configuration only
    std::size_t pairs = 0, bitwise_equal = 0, label_changes = 0;
    std::size_t seeds = 0, amplified = 0;
    std::optional<Interval> amplified_share;  // exact binomial, 95%
    std::optional<double> amplified_bound;    // 95% upper bound of the share where none is amplified
    Figure effect, seed_effect, ratio;        // T_H, T_S, A = T_H / T_S
    std::optional<double> amplified_ratio;    // A over the amplified seeds alone; nothing where none is
    double max_d2 = 0;
    std::string verdict;  // "BITWISE_INVARIANT", "NUMERICAL_ONLY", ...
    std::vector<std::string> flags;
    friend bool operator==(const HardwareEffect&, const HardwareEffect&) = default;
};

// Runs that were run again with nothing changed, of one configuration of every fixed factor: "nothing" in the place of
// hardware, so that `ratio` is A_rep = T_E / T_S.
struct RepeatEffect {
    std::size_t repeats = 0;                     // runs beyond the first of their seed
    std::optional<double> nondeterminism_bound;  // 95% upper bound of the probability that a repeat differs, none did
    HardwareEffect effect;                       // factor "nothing"
    friend bool operator==(const RepeatEffect&, const RepeatEffect&) = default;
};

// How much of the variance between runs a seed stream brings back alone (total), and explains alone (first order).
struct SeedShare {
    std::string stream;  // "seed.init"
    Figure total, first_order;
    friend bool operator==(const SeedShare&, const SeedShare&) = default;
};
// The part of the variance that belongs to these streams together and to no fewer of them; it keeps its sign. With the
// other components it adds up to V.
struct SeedComponent {
    std::vector<std::string> streams;
    Figure component;
    friend bool operator==(const SeedComponent&, const SeedComponent&) = default;
};
struct SeedShares {
    std::string where;
    Figure variance;                 // V: half the expected squared distance of two runs that share no seed
    Figure population;               // the same V with its interval when the inputs are a sample, too
    std::vector<SeedShare> streams;  // where two streams or more vary
    std::vector<std::string> flags;
    std::vector<SeedComponent> components = {};  // where two streams or more vary: every set of them
    friend bool operator==(const SeedShares&, const SeedShares&) = default;
};

// The inputs of one value of a slice, in one configuration.
struct SliceStability {
    std::string slice, value;  // "writer", "w7"
    std::size_t inputs = 0;
    std::optional<double> disagreement;  // as in InputStability, of these inputs
    std::size_t unstable = 0;            // of its list
    bool small = false;                  // fewer than k_small_slice inputs
    friend bool operator==(const SliceStability&, const SliceStability&) = default;
};

// Which inputs change their answer when only seeds change; over the runs of one configuration.
struct InputStability {
    std::string where;
    std::size_t runs = 0, inputs = 0;
    std::optional<double> disagreement;          // mean over inputs: labels that change between two retrains
    std::optional<double> top_1, top_5, top_10;  // share of the variance that the top 1%, 5%, 10% inputs carry
    // Of the runs within one point of accuracy of the best (all of them without labels): inputs about which any two
    // disagree, and the largest share of labels in which one differs from the first run. Both grow with `near_best`.
    std::size_t near_best = 0;
    std::optional<double> ambiguity, discrepancy;
    std::vector<std::size_t> unstable;                      // inputs with a flip risk above 10%, from 0; Bayes FDR 10%
    std::string no_list;                                    // why no list could be made; "": `unstable` is the list
    std::vector<std::string> unstable_ids;                  // the same, most often disputed first; empty without ids
    std::optional<double> unstable_false_discovery;         // mean posterior probability that one does not belong there
    std::vector<std::optional<double>> class_disagreement;  // by true class; empty without labels
    std::vector<SliceStability> slices;                     // with a table of inputs
    std::optional<double> test_set_luck;  // observed / predicted sd of accuracy; near 1: luck on this set
    // Mean accuracy with its interval when seeds AND inputs are samples; no value without labels. The variance between
    // runs on these inputs, and what it would be on infinitely many: unbiased, so it may be negative.
    Figure accuracy;
    std::optional<double> accuracy_variance, accuracy_variance_population;
    friend bool operator==(const InputStability&, const InputStability&) = default;
};

// The control: "nothing" as a factor. Runs and their repeats go through the test that the factors went through.
struct SelfAudit {
    std::size_t pairs = 0, bitwise_equal = 0;  // of a run and its first repeat
    std::size_t seeds = 0;                     // behind the test
    std::optional<double> p;                   // nothing where all repeats are identical, or `untested` says why
    Untested untested;
    std::uint64_t p_count = 0, p_total = 0;
    bool exhaustive = false;
    double smallest_p = 1;
    // All repeats of all configurations. Where none differs: the 95% upper bound of the probability that a repeat of
    // such runs does, its mean over them.
    std::size_t repeats = 0;
    std::optional<double> nondeterminism_bound = {};
    friend bool operator==(const SelfAudit&, const SelfAudit&) = default;
};

struct Evidence {
    std::vector<FactorTest> tests;
    std::vector<HardwareEffect> hardware;
    std::vector<RepeatEffect> repeats;
    std::vector<SeedShares> seeds;
    std::vector<InputStability> inputs;
    std::optional<SelfAudit> self_audit;  // nothing without repeats
    std::string left_out;                 // why there is none: too many runs for all pairs, or too few
    friend bool operator==(const Evidence&, const Evidence&) = default;
};

}  // namespace assay
