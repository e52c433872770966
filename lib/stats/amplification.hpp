// Hardware, and nondeterminism: does it change anything (the trigger, a matter of bits), and how large does training
// make the change (the magnitude, in units of another seed)?
//
//   A = T_H / T_S    mean half squared distance between two hardware levels at the same seed, over the same between two
//                    seeds on the same hardware; 1 - A is the intraclass correlation of runs that share a seed (Shrout
//                    and Fleiss, Psychological Bulletin 1979, case 1), as long as hardware does not shift the mean
//
// A seed is amplified when its own T_H exceeds 10^-6 T_S. Rounding meets a seed or does not: the share of amplified
// seeds, with the interval of Clopper and Pearson, says more than A where some are and some are not.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stats/pair_estimate.hpp"
#include "stats/proportion.hpp"
#include "stats/symmetric.hpp"

namespace assay {

// Labels of each run. Equal identity: predictions equal to the last bit.
struct HardwareRuns {
    std::vector<std::size_t> seed, hardware, identity;  // seeds are numbered from 0
    // Where a seed is a combination of crossed streams: the seed of each stream, and what is independent of each other
    // (unit sets, as in stats/pair_class.hpp). "Another seed" is then one that differs in every stream. Empty: seeds
    // are independent, and the units.
    std::vector<std::vector<std::size_t>> streams = {}, units = {};  // [stream or set][run]
};

// What is changed at a fixed seed: the hardware; or nothing at all (repeats of a run at the same seed and hardware).
enum class Changed { hardware, nothing };

enum class AmplificationVerdict {
    bitwise_invariant,    // every compared pair equal to the last bit
    numerical_only,       // no seed amplified, no label changed
    sometimes_amplified,  // some seeds amplified
    amplified,            // every seed, interval of A below 0.8
    seed_equivalent,      // every seed, interval of A at or above 0.8: as good as another seed
    indeterminate         // none of these can be said; flags say why where A is not the reason
};

struct SeedAmplification {
    std::size_t seed = 0;
    std::size_t pairs = 0, bitwise_equal = 0;
    double max_d2 = 0;
    double effect = 0;  // T_H of this seed alone
    bool amplified = false;
};

// Fewer amplified seeds than this, while others are not: T_H and A get no bounded interval. The jackknife cannot know
// what has not been met: without any amplified seed its 95% interval holds rounding only, with one or two it held the
// pool's A in 68 to 82% of audits resampled from real runs, with three in 88%, with all in 95%
// (tests/calibration/README.md, P7).
inline constexpr std::size_t k_amplified_for_interval = 3;

// Flags (of `effect` and `ratio`: FEW_AMPLIFIED): NO_SEED_PAIRS T_S is unknown, so that none can be called amplified;
// NO_SEED_VARIATION T_S is 0, then every seed that differs at all is; LABELS_CHANGED no seed is amplified, but
// predicted labels changed: not numerical only.
struct Amplification {
    std::vector<SeedAmplification> seeds;                         // those with a pair, by ascending label
    std::size_t pairs = 0, bitwise_equal = 0, label_changes = 0;  // label_changes: pairs with one or more
    double max_d2 = 0;
    JackknifeEstimate effect;                           // T_H
    JackknifeEstimate seed_effect;                      // T_S
    JackknifeEstimate ratio;                            // A
    std::optional<double> amplified_ratio;              // A over the pairs of amplified seeds alone
    std::size_t amplified = 0;                          // of `seeds`
    std::optional<ProportionInterval> amplified_share;  // nothing when T_S is unknown
    // 95% upper bounds: of the share of amplified seeds where none is; of the probability that a repeat differs where
    // none did (repeats only; each cell's runs beyond its first count).
    std::optional<double> amplified_bound, nondeterminism_bound;
    AmplificationVerdict verdict = AmplificationVerdict::indeterminate;
    std::vector<std::string> flags;
};

// d2: n x n squared distances, exactly 0 for equal bits. flips: n x n, labels that change (a number or a share). runs:
// those to use, none twice: of one configuration, and when hardware is changed without repeats, which would weigh their
// seed more. Nothing when no pair of runs can be compared. O(n^2).
std::optional<Amplification> amplification(const Symmetric& d2, const Symmetric& flips, const HardwareRuns& labels,
                                           Changed changed, std::span<const std::size_t> runs,
                                           const JackknifeSettings& settings = {});

// "SOMETIMES_AMPLIFIED"; with a systematic shift, found by a test of the caller's, "SOMETIMES_AMPLIFIED+SHIFT".
std::string verdict_word(AmplificationVerdict verdict, bool shift);

}  // namespace assay
