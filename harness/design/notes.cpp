// What a reader of the plan must know before it runs.
#include <algorithm>

#include "base/text.hpp"
#include "design/claims.hpp"
#include "design/design.hpp"
#include "design/idle_streams.hpp"

namespace assay {
namespace {

constexpr std::size_t k_min_seeds = 4;  // delete-one jackknife: three degrees of freedom
constexpr int k_min_blocks = 3;

bool is_seed(const Factor& factor) { return factor.kind == FactorKind::seed; }

void note_units(const Plan& plan, std::vector<std::string>& notes) {
    const auto seeds = std::count_if(plan.factors.begin(), plan.factors.end(), is_seed);
    if (seeds == 0) {
        notes.emplace_back(
            "no seed varies: every difference is of this one seed, and there is no interval; add factors.seed");
        return;
    }
    if (plan.design == "seeds") {
        if (plan.blocks < k_min_blocks) {
            notes.push_back(plural(static_cast<std::size_t>(plan.blocks), "block") +
                            " of seeds: too few for an interval; " + std::to_string(k_min_blocks) +
                            " blocks is the smallest number that gives one");
        }
        return;
    }
    for (const Factor& factor : plan.factors) {
        if (!is_seed(factor) || factor.levels.size() >= k_min_seeds) continue;
        notes.push_back("seed." + factor.name + " has " + std::to_string(factor.levels.size()) +
                        " seeds: too few for an interval; " + std::to_string(k_min_seeds) +
                        " is the smallest number that gives one");
    }
}

}  // namespace

std::vector<std::string> plan_notes(const Plan& plan) {
    std::vector<std::string> notes;
    note_units(plan, notes);
    if (const auto hopeless = hopeless_note(plan)) notes.push_back(*hopeless);
    for (std::string& note : idle_stream_notes(plan)) notes.push_back(std::move(note));
    if (plan.design == "repeat" && std::count_if(plan.factors.begin(), plan.factors.end(), is_seed) > 1) {
        notes.emplace_back("the seed streams vary together: no pair of runs differs in one stream only");
    }
    return notes;
}

}  // namespace assay
