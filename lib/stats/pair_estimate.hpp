// Functionals of pair-class means, and how sure they are: delete-one-unit jackknife intervals with flags.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stats/jackknife.hpp"
#include "stats/pair_class.hpp"

namespace assay {

struct PairTerm {
    FactorSet set = 0;
    double weight = 1;
};

// sum of weight T_set over `over`, divided by the same over `under` (1 where that is empty).
struct PairRatio {
    std::vector<PairTerm> over, under;
};

// logarithm: functionals that cannot be negative; identity: those that can.
enum class Scale { logarithm, identity };

struct JackknifeSettings {
    std::size_t min_units = 4;  // 4 seeds; 3 blocks of seeds
    double confidence = 0.95;
};

struct UnitLabel {
    std::size_t set = 0, unit = 0;  // the unit set, and the unit's number in it
    friend bool operator==(const UnitLabel&, const UnitLabel&) = default;
};

// Flags: NO_PAIRS the value is undefined, no pair tells; ZERO_DENOMINATOR the value is undefined, `under` is 0;
// NONE_OBSERVED the value is 0 in every pair, which is no proof that it is; CI_TOO_FEW_UNITS no interval; UNBOUNDED one
// unit, `dominating`, carries all of the effect; ONE_RUN_DOMINATES one unit, `dominating`, carries more than half of
// the variance, and more than chance explains. Callers add their own.
struct JackknifeEstimate {
    std::optional<double> value;
    std::optional<JackknifeInterval> interval;
    std::size_t units = 0;  // behind the interval: the fewest of a unit set that meet the pairs of a term
    std::optional<UnitLabel> dominating;
    std::vector<std::string> flags;

    bool has(std::string_view flag) const;
};

// Units count where they meet a pair of the ratio: a seed with no usable pair is not evidence.
JackknifeEstimate jackknife_estimate(const PairClasses& classes, const PairRatio& ratio, Scale scale,
                                     const JackknifeSettings& settings = {});

}  // namespace assay
