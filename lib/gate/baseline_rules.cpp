// Rules against the baseline: churn, R, and scores lost. Each configuration of the candidate against that of the
// baseline with the same levels; runs of the same seed are pairs.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"
#include "gate/baseline_match.hpp"
#include "gate/judge.hpp"
#include "gate/rules.hpp"
#include "gate/run_scores.hpp"
#include "stats/distance.hpp"
#include "stats/excess.hpp"
#include "stats/jackknife.hpp"
#include "stats/mean.hpp"
#include "stats/sequential.hpp"

namespace assay {
namespace {

struct Compared {
    const RuleContext& context;
    const GateRule& rule;
    const MatchedSides& matched;
};

double churn_of(const Compared& c, const SeedPair& pair) {
    const Predictions &p = c.context.baseline->answers(pair.baseline), &q = c.context.candidate.answers(pair.candidate);
    return distance_between(p.probabilities, q.probabilities, p.n_classes, p.threshold).flip_share();
}

// Candidate less baseline, so turned that larger is worse.
std::vector<double> worse_by(const Compared& c, const std::vector<double>& candidate,
                             const std::vector<double>& baseline) {
    std::vector<double> out;
    const double sign = c.rule.metric == "accuracy" ? -1 : 1;
    for (std::size_t i = 0; i < candidate.size(); ++i) out.push_back(sign * (candidate[i] - baseline[i]));
    return out;
}

struct SideScores {
    std::vector<double> candidate, baseline;
};

SideScores scores_of(const Compared& c) {
    const std::vector<double> edges =
        c.rule.metric == "ece" ? pooled_edges(*c.context.baseline, c.matched.baseline) : std::vector<double>{};
    SideScores scores;
    if (!c.matched.paired()) {
        for (const std::size_t run : c.matched.candidate)
            scores.candidate.push_back(score_of(c.context.candidate, run, c.rule.metric, edges));
        for (const std::size_t run : c.matched.baseline)
            scores.baseline.push_back(score_of(*c.context.baseline, run, c.rule.metric, edges));
        return scores;
    }
    for (const SeedPair& pair : c.matched.pairs) {
        scores.candidate.push_back(score_of(c.context.candidate, pair.candidate, c.rule.metric, edges));
        scores.baseline.push_back(score_of(*c.context.baseline, pair.baseline, c.rule.metric, edges));
    }
    return scores;
}

// ---- one candidate run ---------------------------------------------------------------------------------------------

// Whether its p makes it an outlier depends on all other places: decide.cpp, which then says so.
void judge_one_run(const Compared& c, RulePlace& place) {
    place.runs = 1;
    place.needed = needed_for(c.context.candidate, k_gate_seeds);
    const bool judged = c.rule.relation != Relation::report;
    const auto open = judged ? RuleState::undecided : RuleState::reported;
    if (c.rule.metric != "R")
        return settle(place, open, RuleReason::insufficient,
                      "one run has no spread to judge by; R compares it with the baseline's runs");
    const auto& all = c.context.candidate.configurations;
    const auto single = [&](const GateConfiguration& one) {
        return one.planned.size() == 1 && in_scope(c.rule, one.levels);
    };
    const auto places = static_cast<double>(std::count_if(all.begin(), all.end(), single));
    const OneRunResult result =
        one_run_of(c.context.candidate, *c.context.baseline, c.matched, alpha_of(c.rule) / places);
    if (!result.p)
        return settle(place, open, RuleReason::insufficient,
                      "one run against " + plural(result.baseline_runs, "run") + " of the baseline: " +
                          std::to_string(result.needed) + " could make it an outlier, none can pass it");
    if (judged) place.p = result.p;
    settle(place, open, RuleReason::one_run,
           "p = " + fixed(*result.p, 3) + " among " + plural(result.baseline_runs, "run") + " of the baseline");
}

// ---- R -------------------------------------------------------------------------------------------------------------

void judge_excess(const Compared& c, RulePlace& place) {
    std::vector<std::size_t> baseline = c.matched.baseline, candidate = c.matched.candidate;
    if (c.matched.paired()) {
        baseline.clear();
        candidate.clear();
        for (const SeedPair& pair : c.matched.pairs) {
            baseline.push_back(pair.baseline);
            candidate.push_back(pair.candidate);
        }
    }
    std::vector<std::size_t> b(baseline.size()), k(candidate.size());
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = i;
    for (std::size_t i = 0; i < k.size(); ++i) k[i] = b.size() + i;
    const Excess excess =
        excess_distance(distances_between_sides(c.context.candidate, candidate, *c.context.baseline, baseline), b, k,
                        c.matched.paired());
    place.measured = excess.ratio;
    place.baseline = 1;
    if (!excess.ratio)
        return settle(place, RuleState::refused, RuleReason::no_spread,
                      "the baseline's seeds change nothing, so there is no unit to measure in: ask churn.baseline");
    if (excess.spread_ratio)
        place.notes.push_back("spread " + fixed(*excess.spread_ratio, 2) + " times the baseline's, shift " +
                              fixed(std::max(0.0, *excess.shift), 2) + " of its variance");
    if (excess.one_seed_dominates) place.notes.push_back("one seed carries more than half of the variance");
    if (excess.located) return judge({c.rule, c.context.candidate, 0}, *excess.located, place.seeds, place);
    settle(place, c.rule.limit ? RuleState::undecided : RuleState::reported, RuleReason::interval,
           "no bound can be given yet");
    place.needed = needed_for(c.context.candidate, 2 * place.seeds);
}

// Equal in every pair there is; what of the seeds that are no pair? True where that settles it.
bool settle_unpaired(const Compared& c, const std::string& so_far, RulePlace& place) {
    const MatchedSides& m = c.matched;
    const std::string of = so_far + " of " + std::to_string(m.planned_candidate);
    if (m.missing_candidate > 0)
        return settle(place, RuleState::incomplete, RuleReason::missing_runs,
                      of + ": " + plural(m.missing_candidate, "run") + " missing"),
               true;
    if (m.missing_baseline > 0)
        return settle(place, RuleState::incomplete, RuleReason::baseline_missing,
                      of + ": the others' baseline runs are not in this store"),
               true;
    const bool every_run = c.rule.relation == Relation::identical || c.rule.relation == Relation::equal;
    if (every_run && m.collapsed_candidate > 0)
        return settle(place, RuleState::fail, RuleReason::no_usable_runs,
                      plural(m.collapsed_candidate, "run") + " collapsed or diverged, which is no equal answer"),
               true;
    if (m.without_partner == 0) return false;
    settle(place, RuleState::undecided, RuleReason::baseline_missing,
           of + ": the baseline was not run with the others");
    place.needed = needed_for(c.context.candidate, m.planned_candidate);
    return true;
}

// ---- churn ---------------------------------------------------------------------------------------------------------

void judge_churn(const Compared& c, RulePlace& place) {
    std::vector<double> values;
    for (const SeedPair& pair : c.matched.pairs) values.push_back(churn_of(c, pair));
    const double inputs = static_cast<double>(c.context.candidate.answers(c.matched.candidate.front()).n_inputs);
    const JudgedBy by{c.rule, c.context.candidate, 1 / inputs};
    const double mean = mean_of(values);
    place.measured = mean;
    if (c.rule.relation == Relation::equal) {
        if (mean > 0) return settle(place, RuleState::fail, RuleReason::count);
        const std::string none = "no label differs in any of " + plural(values.size(), "seed");
        if (settle_unpaired(c, none, place)) return;
        return settle(place, RuleState::pass, RuleReason::count, none);
    }
    if (mean == 0) {
        double most = 1 / inputs;  // a seed that differs does so no more than two seeds of the baseline
        for (const std::size_t a : c.matched.baseline) {
            for (const std::size_t b : c.matched.baseline) {
                const Predictions &p = c.context.baseline->answers(a), &q = c.context.baseline->answers(b);
                most = std::max(
                    most, distance_between(p.probabilities, q.probabilities, p.n_classes, p.threshold).flip_share());
            }
        }
        return judge_none_observed(by, values.size(), most, place);
    }
    std::vector<std::optional<double>> without;
    for (std::size_t j = 0; j < values.size(); ++j) {
        std::vector<double> others;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i != j) others.push_back(values[i]);
        }
        without.push_back(mean_of(others));
    }
    const std::vector<std::vector<std::optional<double>>> sets = {without};
    const auto interval = jackknife_log_interval(mean, sets, k_gate_seeds);
    const auto figure = interval ? located(mean, *interval, true) : std::nullopt;
    if (figure) return judge(by, *figure, place.seeds, place);
    place.interval = Interval{0, std::nullopt};
    settle(place, c.rule.limit ? RuleState::undecided : RuleState::reported, RuleReason::interval,
           "one seed carries all of it: no bound can be given yet");
    place.needed = needed_for(c.context.candidate, 2 * place.seeds);
}

// ---- scores --------------------------------------------------------------------------------------------------------

void judge_lost(const Compared& c, RulePlace& place) {
    const SideScores scores = scores_of(c);
    const double sign = c.rule.metric == "accuracy" ? -1 : 1;
    place.baseline = mean_of(scores.baseline);
    const double step = step_of(c.rule.metric, c.context.candidate.answers(c.matched.candidate.front()).n_inputs);
    const JudgedBy by{c.rule, c.context.candidate, step};
    if (c.matched.paired())
        return judge(by, *mean_difference(worse_by(c, scores.candidate, scores.baseline)), place.seeds, place);
    Located figure = *mean_difference(scores.baseline, scores.candidate);
    figure.value *= sign;
    place.notes.push_back("no seed in common: compared as separate runs");
    judge(by, figure, place.seeds, place);
}

// Looked at after every seed: the first look that decides stands.
void judge_lost_in_sequence(const Compared& c, RulePlace& place) {
    const SideScores scores = scores_of(c);
    const std::vector<double> worse = worse_by(c, scores.candidate, scores.baseline);
    place.baseline = mean_of(scores.baseline);
    place.measured = mean_of(worse);
    const double step = step_of(c.rule.metric, c.context.candidate.answers(c.matched.candidate.front()).n_inputs);
    const SequentialResult result = sequential_t(worse, *c.rule.limit, alpha_of(c.rule), step);
    double most_fail = 0;
    for (const SequentialLook& look : result.looks) most_fail = std::max(most_fail, look.log_e_fail);
    const Located mean = with_least_error(*mean_difference(worse), step, worse.size());
    place.interval = bounds_of(c.rule, mean);
    place.notes.push_back("looked at after every seed");
    if (result.skewness && std::abs(*result.skewness) > 1)
        place.notes.push_back("differences are skewed (" + fixed(*result.skewness, 1) +
                              "): plan a fixed number of seeds instead");
    if (result.decision == SequentialDecision::pass) return settle(place, RuleState::pass, RuleReason::interval);
    place.p = std::exp(-most_fail);
    settle(place, RuleState::undecided, RuleReason::interval);
    const auto units = units_to_decide(mean, worse.size(), *c.rule.limit, c.rule.confidence);
    if (units) place.needed = needed_for(c.context.candidate, std::max(*units, worse.size() + 1));
}

void judge_figures(const Compared& c, RulePlace& place) {
    if (c.rule.metric == "R") return judge_excess(c, place);
    if (c.rule.metric == "churn") return judge_churn(c, place);
    if (c.context.input.look.every_seed && c.matched.paired() && c.rule.limit) return judge_lost_in_sequence(c, place);
    judge_lost(c, place);
}

// Equal to the last bit in every pair.
void settle_identical(const Compared& c, RulePlace& place) {
    const std::size_t seeds = c.matched.pairs.size();
    place.measured = c.rule.metric == "R" ? 1 : 0;  // pairs of other seeds are as far apart as in the baseline
    const std::string note = "equal to the last bit in " + plural(seeds, "seed");
    if (c.rule.relation == Relation::report) return settle(place, RuleState::reported, RuleReason::identical, note);
    if (settle_unpaired(c, note, place)) return;
    if (seeds < k_gate_seeds) return settle_too_few(c.context.candidate, seeds, k_gate_seeds, place);
    // An improvement that was asked for is not there.
    const double value = *place.measured;
    const bool inside =
        !c.rule.limit || value < *c.rule.limit || (value == *c.rule.limit && c.rule.relation != Relation::less);
    settle(place, inside ? RuleState::pass : RuleState::fail, RuleReason::identical, note);
}

// Everything that settles a place before a figure is made of it. Returns whether it did.
bool settle_first(const Compared& c, RulePlace& place) {
    const MatchedSides& m = c.matched;
    if (m.all_identical && !m.pairs.empty()) return settle_identical(c, place), true;
    if (c.rule.relation == Relation::identical && !m.pairs.empty())
        return settle(place, RuleState::fail, RuleReason::count,
                      std::to_string(m.unequal) + " of " + plural(m.pairs.size(), "seed") + " differ"),
               true;
    if (m.planned_candidate == 1 && m.candidate.size() == 1) return judge_one_run(c, place), true;
    const std::size_t seeds = m.paired() ? m.pairs.size() : std::min(m.candidate.size(), m.baseline.size());
    if (seeds >= k_gate_seeds) return false;
    if (c.rule.relation == Relation::report) return settle(place, RuleState::reported, RuleReason::insufficient), true;
    if (m.missing_candidate > 0)
        return settle(place, RuleState::incomplete, RuleReason::missing_runs,
                      plural(m.missing_candidate, "run") + " missing"),
               true;
    if (m.missing_baseline > 0)
        return settle(place, RuleState::incomplete, RuleReason::baseline_missing,
                      plural(m.missing_baseline, "run") + " of the baseline are not in this store"),
               true;
    return settle_too_few(c.context.candidate, seeds, k_gate_seeds, place), true;
}

// Seeds that the baseline has not been run with cost runs on both sides.
void add_baseline_runs(const PreparedSide& baseline, Needed& needed) {
    const std::size_t runs = runs_beyond(baseline, needed.seeds);
    needed.more_runs += runs;
    if (needed.cost_s) *needed.cost_s += static_cast<double>(runs) * baseline.mean_wall_s;
}

void judge_configuration(const RuleContext& context, const GateConfiguration& configuration, RuleResult& result,
                         RulePlace& place) {
    if (settle_unusable(configuration, place)) return;
    const MatchedSides matched = match_sides(context.candidate, *context.baseline, configuration);
    if (matched.problem) {
        result.help = matched.help;
        return settle(place, matched.state, *matched.problem, matched.note);
    }
    const bool score = result.rule.metric != "R" && result.rule.metric != "churn";
    const bool labels = has_labels(context.candidate, matched.candidate.front()) &&
                        has_labels(*context.baseline, matched.baseline.front());
    if (score && !labels) {
        result.help = "write labels.npy: one true class for each held-out input";
        return settle(place, RuleState::refused, RuleReason::no_labels,
                      "no true labels, or they do not fit the answers");
    }
    if (result.rule.metric == "churn" && !matched.paired()) {
        result.help = "run the candidate with the baseline's seeds: the same `root_seed` and number of seeds";
        return settle(place, RuleState::refused, RuleReason::no_pairs, "no seed in common with the baseline");
    }
    place.seeds = matched.paired() ? matched.pairs.size() : std::min(matched.candidate.size(), matched.baseline.size());
    place.pairs = matched.pairs.size();
    place.runs = matched.candidate.size();
    if (const std::string note = left_out_note(configuration); !note.empty()) place.notes.push_back(note);
    const Compared compared{context, result.rule, matched};
    if (!settle_first(compared, place)) judge_figures(compared, place);
    if (place.needed) add_baseline_runs(*context.baseline, *place.needed);
}

}  // namespace

void judge_baseline(const RuleContext& context, RuleResult& result) {
    if (context.baseline == nullptr) {
        if (context.input.facts)
            return refuse(result, RuleState::incomplete, RuleReason::baseline_missing,
                          "the baseline's runs are not in this store",
                          "bring the store that has them, or accept a new baseline");
        return refuse(result, RuleState::reported, RuleReason::no_baseline, "there is no baseline yet", "assay accept");
    }
    judge_each_configuration(context, result, [&](const GateConfiguration& configuration, RulePlace& place) {
        judge_configuration(context, configuration, result, place);
    });
}

}  // namespace assay
