#include "design/claims.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "core/evidence.hpp"
#include "stats/multiplicity.hpp"
#include "stats/power.hpp"

namespace assay {
namespace {

bool is_seed(const Factor& factor) { return factor.kind == FactorKind::seed; }

std::size_t seed_factors(const Plan& plan) {
    return static_cast<std::size_t>(std::count_if(plan.factors.begin(), plan.factors.end(), is_seed));
}

// The law of stats/power.hpp has (nu, nu (S-1)) degrees of freedom and noncentrality S kappa nu. Of the means of a
// levels with the farthest two apart by that shift, least tells them apart when the others lie halfway; then the
// noncentrality is the same, and nu counts a-1 times.
std::optional<double> detectable(const Claim& claim) {
    const auto times = static_cast<double>(claim.factor.levels.size() - 1);
    const auto kappa =
        detectable_shift(claim.dimensions * times, claim.seeds, k_power, k_alpha / static_cast<double>(claim.tests));
    return kappa ? std::optional(*kappa * times) : std::nullopt;
}

std::string seeds_text(const Claim& claim, std::size_t seeds) {
    return claim.crossed ? plural(seeds, "independent group") + " of seeds" : plural(seeds, "seed");
}

std::string basis_text(const Claim& claim) {
    return seeds_text(claim, claim.seeds) + ", " + percent(k_power, 0) + " power, " + fixed(claim.dimensions, 0) +
           " dimensions" + (claim.measured ? " measured on stored runs" : " assumed");
}

std::string change_text(const Claim& claim) {
    return "a systematic change of " + scientific(*claim.detectable) + " times its variance between seeds (" +
           basis_text(claim) + ")";
}

struct Hopeless {
    std::vector<std::string> factors;
    std::size_t needed = 0;
};

Hopeless hopeless_of(const std::vector<Claim>& claims) {
    Hopeless out;
    for (const Claim& claim : claims) {
        if (claim.testable) continue;
        out.factors.push_back(claim.factor.name);
        out.needed = std::max(out.needed, claim.needed);
    }
    return out;
}

std::string never_text(const std::vector<Claim>& claims, const Hopeless& hopeless) {
    const Claim& any = claims.front();
    return seeds_text(any, any.seeds) + " can never show that " + join(hopeless.factors, " or ") +
           " matters, however large the effect (" + plural(any.tests, "test") + ")";
}

}  // namespace

std::vector<Claim> claims_of(const Plan& plan, const std::map<std::string, double>& measured) {
    std::vector<Claim> claims;
    const std::size_t seeds = seed_groups(plan).count, tests = plan.factors.size() - seed_factors(plan);
    for (const Factor& factor : plan.factors) {
        if (is_seed(factor)) continue;
        Claim claim;
        claim.factor = factor;
        claim.seeds = seeds;
        claim.crossed = seed_factors(plan) > 1 && !seeds_move_together(plan);
        claim.tests = tests;
        const Reach reach = reach_shared_seeds(factor.levels.size(), seeds, k_alpha, tests);
        claim.smallest_p = reach.smallest_p;
        claim.testable = reach.testable;
        claim.needed = reach.need;
        const auto found = measured.find(full_name(factor));
        claim.measured = found != measured.end();
        if (claim.measured) claim.dimensions = found->second;
        claim.detectable = detectable(claim);
        claims.push_back(std::move(claim));
    }
    return claims;
}

std::optional<RepeatClaim> repeat_claim(const Plan& plan) {
    const auto repeats = static_cast<std::size_t>(std::count_if(
        plan.runs.begin(), plan.runs.end(), [](const PlannedRun& run) { return run.request.replicate > 0; }));
    if (repeats == 0) return std::nullopt;
    return RepeatClaim{repeats, rate_bound_of_none(repeats, k_alpha)};
}

std::vector<std::string> claim_sentences(const Plan& plan, const std::vector<Claim>& claims) {
    std::vector<std::pair<std::string, std::vector<std::string>>> changes;  // what can be shown, of which factors
    for (const Claim& claim : claims) {
        if (!claim.detectable) continue;
        const std::string text = change_text(claim);
        if (changes.empty() || changes.back().first != text) changes.push_back({text, {}});
        changes.back().second.push_back(claim.factor.name);
    }
    std::vector<std::string> sentences;
    for (const auto& [text, factors] : changes) sentences.push_back(join(factors, ", ") + ": " + text);
    if (const auto repeats = repeat_claim(plan)) {
        sentences.push_back("repeats: if " + plural(repeats->repeats, "replay") + " change" +
                            (repeats->repeats == 1 ? "s" : "") + " nothing, at most " + percent(repeats->bound, 0) +
                            " of runs do not repeat (95%)");
    }
    return sentences;
}

void refuse_hopeless(const Plan& plan) {
    if (plan.design != "screen" && plan.design != "hardware") return;
    const std::vector<Claim> claims = claims_of(plan);
    const Hopeless hopeless = hopeless_of(claims);
    const std::size_t seeds = claims.front().seeds, needed = std::max(k_fewest_shared_seeds, hopeless.needed);
    if (seeds >= needed) return;
    const std::string why = hopeless.factors.empty() ? "design " + plan.design + " has " + plural(seeds, "seed")
                                                     : never_text(claims, hopeless);
    throw Error("S0202", Exit::usage, why,
                "give every seed factor " + plural(needed, "seed") + ", the smallest number that is enough");
}

std::optional<std::string> hopeless_note(const Plan& plan) {
    const std::vector<Claim> claims = claims_of(plan);
    const Hopeless hopeless = hopeless_of(claims);
    if (hopeless.factors.empty() || seed_factors(plan) == 0) return std::nullopt;
    const std::string needed = std::to_string(hopeless.needed);
    const std::string enough = claims.front().crossed
                                   ? "{blocks: " + needed + "} can, and so can streams side by side (screen, hardware)"
                                   : needed + " is the smallest number that can";
    return never_text(claims, hopeless) + "; " + enough;
}

}  // namespace assay
