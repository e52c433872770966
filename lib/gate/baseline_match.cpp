#include "gate/baseline_match.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/text.hpp"
#include "stats/gram.hpp"
#include "stats/one_run.hpp"

namespace assay {
namespace {

MatchedSides cannot(RuleState state, RuleReason reason, std::string note, std::string help) {
    MatchedSides out;
    out.problem = reason;
    out.state = state;
    out.note = std::move(note);
    out.help = std::move(help);
    return out;
}

// Same levels of every factor that both sides vary.
bool same_levels(const GateConfiguration& a, const GateConfiguration& b) {
    return std::all_of(a.levels.begin(), a.levels.end(), [&](const auto& level) {
        const auto other = b.levels.find(level.first);
        return other == b.levels.end() || other->second == level.second;
    });
}

std::vector<const GateConfiguration*> partners(const PreparedSide& baseline, const GateConfiguration& configuration) {
    std::vector<const GateConfiguration*> out;
    for (const GateConfiguration& other : baseline.configurations) {
        if (same_levels(configuration, other)) out.push_back(&other);
    }
    return out;
}

void add_pairs(const PreparedSide& candidate, const PreparedSide& baseline, const GateConfiguration& other,
               MatchedSides& out) {
    std::set<std::string> planned;
    for (const std::size_t run : other.planned) planned.insert(seed_key(baseline.plan().runs[run]));
    std::map<std::string, std::size_t> by_seed;
    for (const std::size_t run : out.baseline) by_seed.emplace(seed_key(baseline.plan().runs[run]), run);
    for (const std::size_t run : out.candidate) {
        const std::string key = seed_key(candidate.plan().runs[run]);
        out.without_partner += planned.contains(key) ? 0U : 1U;
        const auto partner = by_seed.find(key);
        if (partner == by_seed.end()) continue;
        out.pairs.push_back({run, partner->second});
        const bool equal = candidate.answers(run).sha256 == baseline.answers(partner->second).sha256;
        out.unequal += equal ? 0U : 1U;
    }
    out.all_identical = out.unequal == 0;
}

}  // namespace

MatchedSides match_sides(const PreparedSide& candidate, const PreparedSide& baseline,
                         const GateConfiguration& configuration) {
    const auto found = partners(baseline, configuration);
    if (found.size() != 1)
        return cannot(RuleState::refused, RuleReason::no_pairs,
                      found.empty()
                          ? "the baseline has no run with these levels"
                          : "the baseline has " + plural(found.size(), "configuration") + " with these levels",
                      "accept a baseline of this spec: assay accept");
    const GateConfiguration& other = *found.front();
    if (other.usable.empty())
        return other.missing > 0
                   ? cannot(RuleState::incomplete, RuleReason::baseline_missing,
                            "the baseline's runs are not in this store", "fetch them, or run the baseline again")
                   : cannot(RuleState::refused, RuleReason::no_usable_runs,
                            "every run of the accepted baseline collapsed or diverged here", "accept another baseline");
    const Predictions &p = candidate.answers(configuration.usable.front()), &q = baseline.answers(other.usable.front());
    const bool both = candidate.side->labels && baseline.side->labels;
    if (p.n_inputs != q.n_inputs || p.n_classes != q.n_classes ||
        (both && *candidate.side->labels != *baseline.side->labels))
        return cannot(RuleState::refused, RuleReason::different_inputs,
                      "other held-out inputs: " + std::to_string(p.n_inputs) + " x " + std::to_string(p.n_classes) +
                          " here, " + std::to_string(q.n_inputs) + " x " + std::to_string(q.n_classes) +
                          " in the baseline" +
                          (p.n_inputs == q.n_inputs && p.n_classes == q.n_classes ? ", with other true labels" : ""),
                      "use the same held-out inputs in the same order, or accept a new baseline");
    MatchedSides out;
    out.candidate = configuration.usable;
    out.baseline = other.usable;
    out.planned_candidate = configuration.planned.size();
    out.missing_candidate = configuration.missing;
    out.missing_baseline = other.missing;
    out.collapsed_candidate = configuration.collapsed + configuration.diverged;
    add_pairs(candidate, baseline, other, out);
    if (seeds_cross(candidate, out.candidate) || seeds_cross(baseline, out.baseline))
        return cannot(RuleState::refused, RuleReason::crossed_seeds,
                      "seeds are crossed: runs that share a seed in one stream are not independent",
                      "use `seed: {all: 8}` or `design: repeat`, which take the seeds side by side");
    return out;
}

Symmetric distances_between_sides(const PreparedSide& candidate, const std::vector<std::size_t>& candidate_runs,
                                  const PreparedSide& baseline, const std::vector<std::size_t>& baseline_runs) {
    std::vector<RunProbabilities<float>> rows;
    const auto add = [&](const Predictions& p) { rows.push_back({p.probabilities, p.sha256}); };
    for (const std::size_t run : baseline_runs) add(baseline.answers(run));
    for (const std::size_t run : candidate_runs) add(candidate.answers(run));
    return hellinger_distances(rows, candidate.answers(candidate_runs.front()).n_classes).d2;
}

OneRunResult one_run_of(const PreparedSide& candidate, const PreparedSide& baseline, const MatchedSides& matched,
                        double alpha) {
    OneRunResult out;
    out.baseline_runs = matched.baseline.size();
    out.needed = others_needed(alpha);
    if (out.baseline_runs < out.needed) return out;
    std::vector<std::size_t> others(out.baseline_runs);
    std::iota(others.begin(), others.end(), std::size_t{0});
    const Symmetric d2 = distances_between_sides(candidate, matched.candidate, baseline, matched.baseline);
    out.p = one_run_test(d2, others, out.baseline_runs)->value;
    out.outlier = *out.p <= alpha * (1 + 1e-12);
    return out;
}

std::vector<OneRunResult> one_run_results(const PreparedSide& candidate, const PreparedSide& baseline) {
    std::vector<OneRunResult> out;
    for (const GateConfiguration& configuration : candidate.configurations) {
        if (configuration.planned.size() != 1 || configuration.usable.size() != 1) continue;
        const MatchedSides matched = match_sides(candidate, baseline, configuration);
        if (matched.problem) continue;
        out.push_back(one_run_of(candidate, baseline, matched, k_alpha));
        out.back().where = configuration.where;
    }
    return out;
}

}  // namespace assay
