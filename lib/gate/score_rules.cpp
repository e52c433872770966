// Rules about scores of the candidate alone: their mean over seeds, and their standard deviation between seeds.
#include <cmath>

#include "analysis/effects.hpp"
#include "base/text.hpp"
#include "gate/judge.hpp"
#include "gate/rules.hpp"
#include "gate/run_scores.hpp"
#include "stats/mean.hpp"

namespace assay {
namespace {

struct RunScore {
    std::size_t run = 0;
    double score = 0;
};

// The mean over runs, and the same without each seed; seeds of crossed streams are sets of units.
std::optional<Located> mean_over_seeds(const std::vector<RunScore>& scores, const UnitSets& units) {
    std::vector<double> all;
    for (const RunScore& s : scores) all.push_back(s.score);
    std::vector<std::vector<std::optional<double>>> without;
    for (const auto& unit_of_run : units.unit_of_run) {
        std::map<std::size_t, std::vector<double>> others;
        for (const RunScore& s : scores) others[unit_of_run[s.run]];
        for (auto& [unit, values] : others) {
            for (const RunScore& s : scores) {
                if (unit_of_run[s.run] != unit) values.push_back(s.score);
            }
        }
        without.emplace_back();
        for (const auto& [unit, values] : others)
            without.back().push_back(values.empty() ? std::nullopt : std::optional(mean_of(values)));
    }
    const auto interval = jackknife_identity_interval(mean_of(all), without, units.min_units);
    return interval ? located(mean_of(all), *interval, false) : std::nullopt;
}

// Half the mean squared difference of runs that share no seed is their variance; its root, on the logarithmic scale.
std::vector<PairValue> half_squares(const std::vector<RunScore>& scores, const DesignLabels& design) {
    std::vector<PairValue> pairs;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        for (std::size_t j = i + 1; j < scores.size(); ++j) {
            bool shared = false;
            for (const auto& stream : design.stream) shared = shared || stream[scores[i].run] == stream[scores[j].run];
            const double d = scores[i].score - scores[j].score;
            if (!shared) pairs.push_back({scores[i].run, scores[j].run, d * d / 2});
        }
    }
    return pairs;
}

void judge_spread(const JudgedBy& by, const std::vector<RunScore>& scores, double step, RulePlace& place) {
    const std::vector<PairValue> pairs = half_squares(scores, by.side.design);
    const double variance = pairs.empty() ? 0 : mean_of(pairs);
    const UnitSets& units = by.side.design.units;
    if (variance == 0) {
        // As if one seed differed by one input.
        if (step > 0)
            return judge(by, {step / std::sqrt(static_cast<double>(place.seeds)), 0, 1, false}, place.seeds, place);
        return settle(place, RuleState::refused, RuleReason::no_spread, "the same in every seed, though bits differ");
    }
    const auto interval = jackknife_log_interval(variance, means_without(pairs, units), units.min_units);
    auto figure = interval ? located(variance, *interval, true) : std::nullopt;
    if (!figure) {
        place.measured = std::sqrt(variance);
        return settle(place, RuleState::undecided, RuleReason::interval,
                      "one seed carries all of it: no bound can be given");
    }
    figure->value = std::sqrt(variance);
    figure->standard_error /= 2;
    judge(by, *figure, place.seeds, place);
}

void judge_configuration(const RuleContext& context, const GateConfiguration& configuration, RuleResult& result,
                         RulePlace& place) {
    const PreparedSide& side = context.candidate;
    const GateRule& rule = result.rule;
    if (settle_unusable(configuration, place)) return;
    if (!has_labels(side, configuration.usable.front())) {
        result.help = "write labels.npy: one true class for each held-out input";
        return settle(place, RuleState::refused, RuleReason::no_labels,
                      "no true labels, or they do not fit the answers");
    }
    const std::vector<double> edges =
        rule.metric == "ece" ? pooled_edges(side, configuration.usable) : std::vector<double>{};
    std::vector<RunScore> scores;
    std::vector<PairValue> as_pairs;  // only to count seeds
    for (const std::size_t run : configuration.usable) {
        scores.push_back({run, score_of(side, run, rule.metric, edges)});
        as_pairs.push_back({run, run, 0});
    }
    place.runs = scores.size();
    place.seeds = fewest_units(as_pairs, side.design.units);
    if (const std::string note = left_out_note(configuration); !note.empty()) place.notes.push_back(note);
    const double step = step_of(rule.metric, side.answers(scores.front().run).n_inputs);
    const JudgedBy by{rule, side, step};
    const std::size_t least = std::max(k_gate_seeds, side.design.units.min_units);
    const auto mean = mean_over_seeds(scores, side.design.units);
    if (place.seeds < least || !mean) {
        if (!rule.spread) {
            double sum = 0;
            for (const RunScore& s : scores) sum += s.score;
            place.measured = sum / static_cast<double>(scores.size());
        }
        if (!rule.limit) return settle(place, RuleState::reported, RuleReason::insufficient);
        return settle_too_few(side, place.seeds, least, place);
    }
    if (rule.spread) return judge_spread(by, scores, step, place);
    judge(by, *mean, place.seeds, place);
}

}  // namespace

void judge_scores(const RuleContext& context, RuleResult& result) {
    judge_each_configuration(context, result, [&](const GateConfiguration& configuration, RulePlace& place) {
        judge_configuration(context, configuration, result, place);
    });
}

}  // namespace assay
