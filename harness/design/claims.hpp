// What a plan can show, known before anything runs.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/plan.hpp"

namespace assay {

inline constexpr double k_assumed_dimensions = 100;  // of small networks; measured ones: 110 to 390
inline constexpr double k_power = 0.8;
inline constexpr std::size_t k_fewest_shared_seeds = 6;  // designs `screen` and `hardware`, whatever their levels

// The test of one factor that is no seed: its levels change places inside each seed. All of them are one family (Holm,
// 5%).
struct Claim {
    Factor factor;
    std::size_t seeds = 0;                     // combinations of seeds, the same at every level
    bool crossed = false;                      // streams cross: the seeds are groups that share no seed
    std::size_t tests = 0;                     // of the family
    double smallest_p = 1;                     // that the test can give
    bool testable = false;                     // the smallest p is small enough for Holm's first step
    std::size_t needed = 0;                    // the smallest number of seeds that is
    double dimensions = k_assumed_dimensions;  // in which the change varies from seed to seed
    bool measured = false;                     // they are, not assumed
    // The smallest systematic change found with 80% power: between the means of two levels, any others halfway between
    // them, in units of the variance of the change between seeds (kappa of stats/power.hpp; with more than two levels
    // its F test has that many times as many degrees of freedom). Nothing where seeds are too few to say.
    std::optional<double> detectable;
};

// One for each factor that is no seed, in the order of the spec. `measured`: dimensions by full_name of the factor.
std::vector<Claim> claims_of(const Plan& plan, const std::map<std::string, double>& measured = {});

// Repeats that the plan makes of runs, and the 95% upper bound of the probability that a run does not repeat, should
// none of them differ. Nothing without repeats.
struct RepeatClaim {
    std::size_t repeats = 0;
    double bound = 1;
};
std::optional<RepeatClaim> repeat_claim(const Plan& plan);

// What `assay plan` prints under "can show"; no p-values.
std::vector<std::string> claim_sentences(const Plan& plan, const std::vector<Claim>& claims);

// Designs `screen` and `hardware` claim to test their factors. Error S0202 (exit 2), with the smallest number of seeds
// that is enough, where a test could never find anything or seeds are fewer than k_fewest_shared_seeds.
void refuse_hopeless(const Plan& plan);
// In other designs the same is a note; nothing where no seed varies.
std::optional<std::string> hopeless_note(const Plan& plan);

}  // namespace assay
