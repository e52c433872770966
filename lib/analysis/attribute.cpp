#include "analysis/attribute.hpp"

#include <algorithm>
#include <map>

#include "analysis/effects.hpp"
#include "analysis/evidence.hpp"
#include "analysis/outcome.hpp"
#include "analysis/pairing.hpp"
#include "analysis/reloads.hpp"
#include "analysis/responses.hpp"
#include "analysis/seed_wiring.hpp"
#include "analysis/settings.hpp"
#include "base/text.hpp"
#include "stats/proportion.hpp"

namespace assay {
namespace {

struct Context {
    const Plan& plan;
    const std::vector<RunData>& runs;
    std::vector<Axis> axes;
    std::vector<Outcome> outcomes;
    std::vector<Pair> pairs;
    UnitSets units;
    SettingGrid grid;
    std::vector<std::size_t> setting_of_run;
};

Rate rate_of(std::size_t count, std::size_t of) {
    Rate rate{count, of, {0, 1}};
    if (of > 0) {
        const ProportionInterval interval = clopper_pearson(count, of);
        rate.interval = {interval.low, interval.high};
    }
    return rate;
}

// Why no two usable runs of a setting differ in one factor only: the outcome that most of them had.
std::string why_empty(const std::vector<std::size_t>& outcomes) {
    const auto usable = outcomes[static_cast<std::size_t>(Outcome::completed)];
    std::size_t worst = 1;
    for (std::size_t o = 1; o < outcomes.size(); ++o) {
        if (outcomes[o] > outcomes[worst]) worst = o;
    }
    if (outcomes[worst] == 0 || usable > outcomes[worst]) return "no pair";
    return std::string(outcome_name(static_cast<Outcome>(worst)));
}

bool splits(const Context& c, const Axis& axis) {
    return axis.factors.size() == 1 &&
           std::find(c.grid.factors.begin(), c.grid.factors.end(), axis.factors[0]) != c.grid.factors.end();
}

std::vector<LevelPair> level_pairs(const Context& c, std::size_t axis) {
    std::vector<LevelPair> out;
    const Axis& a = c.axes[axis];
    if (a.kind == FactorKind::seed || a.factors.size() != 1) return out;
    const Factor& factor = c.plan.factors[a.factors[0]];
    if (factor.levels.size() < 3) return out;
    std::map<std::pair<int, int>, std::vector<const Pair*>> groups;  // every two levels, also those without a pair
    const int n_levels = static_cast<int>(factor.levels.size());
    for (int first = 0; first < n_levels; ++first) {
        for (int second = first + 1; second < n_levels; ++second) groups[{first, second}];
    }
    for (const Pair& pair : c.pairs) {
        if (pair.axis != axis) continue;
        groups[{c.plan.runs[pair.a].levels[a.factors[0]], c.plan.runs[pair.b].levels[a.factors[0]]}].push_back(&pair);
    }
    for (const auto& [levels, pairs] : groups) {
        out.push_back({level_text(factor.levels[static_cast<std::size_t>(levels.first)]),
                       level_text(factor.levels[static_cast<std::size_t>(levels.second)]),
                       effect_cell(pairs, c.units, "no pair of usable runs")});
    }
    return out;
}

EffectRow effect_row(const Context& c, const Attribution& out, std::size_t axis) {
    EffectRow row{c.axes[axis].name, c.axes[axis].kind, "", {}, level_pairs(c, axis)};
    std::vector<std::vector<const Pair*>> by_setting(c.grid.levels.size());
    for (const Pair& pair : c.pairs) {
        if (pair.axis == axis) by_setting[c.setting_of_run[pair.a]].push_back(&pair);
    }
    for (std::size_t s = 0; s < by_setting.size(); ++s) {
        row.cells.push_back(effect_cell(by_setting[s], c.units, why_empty(out.settings[s].outcomes)));
    }
    return row;
}

// One row for each combination of the other setting factors: what changing this one does there.
void add_setting_rows(const Context& c, std::size_t axis, Attribution& out) {
    const std::size_t factor = c.axes[axis].factors[0];
    const auto position = static_cast<std::size_t>(std::find(c.grid.factors.begin(), c.grid.factors.end(), factor) -
                                                   c.grid.factors.begin());
    std::map<std::vector<int>, std::vector<const Pair*>> groups;
    for (const auto& levels : c.grid.levels) {
        auto key = levels;
        key[position] = -1;
        groups[key];
    }
    for (const Pair& pair : c.pairs) {
        if (pair.axis != axis) continue;
        auto key = c.grid.levels[c.setting_of_run[pair.a]];
        key[position] = -1;
        groups[key].push_back(&pair);
    }
    const auto details = level_pairs(c, axis);
    for (const auto& [key, pairs] : groups) {
        std::vector<std::string> where;
        for (std::size_t i = 0; i < key.size(); ++i) {
            if (key[i] < 0) continue;
            const Factor& f = c.plan.factors[c.grid.factors[i]];
            where.push_back(f.name + " " + level_text(f.levels[static_cast<std::size_t>(key[i])]));
        }
        const bool only = groups.size() == 1;
        out.setting_rows.push_back({c.axes[axis].name,
                                    c.axes[axis].kind,
                                    join(where, ", "),
                                    {effect_cell(pairs, c.units, "no pair of usable runs")},
                                    only ? details : std::vector<LevelPair>{}});
    }
}

void add_rows(const Context& c, Attribution& out) {
    for (std::size_t axis = 0; axis < c.axes.size(); ++axis) {
        if (splits(c, c.axes[axis])) {
            add_setting_rows(c, axis, out);
        } else {
            out.rows.push_back(effect_row(c, out, axis));
        }
    }
}

// The same rows once more for each value of each slice: the same pairs, and only its inputs seen.
void add_slices(Context c, const InputTable& inputs, Attribution& out) {
    const std::vector<Pair> pairs = c.pairs;
    for (const Slice& slice : inputs.slices) {
        for (std::size_t k = 1; k <= slice.values.size(); ++k) {
            const std::vector<std::size_t> members = inputs_with(slice, k);
            c.pairs = pairs_of_inputs(pairs, c.runs, members);
            Attribution part;
            part.settings = out.settings;
            add_rows(c, part);
            for (auto* rows : {&part.rows, &part.setting_rows}) {
                for (EffectRow& row : *rows) row.level_pairs.clear();
            }
            out.slices.push_back({slice.name, slice.values[k - 1], members.size(), members.size() < k_small_slice,
                                  std::move(part.rows), std::move(part.setting_rows)});
        }
    }
}

void fill_settings(const Context& c, Attribution& out) {
    for (std::size_t s = 0; s < c.grid.levels.size(); ++s) {
        Setting setting;
        setting.name = c.grid.names[s];
        setting.outcomes.assign(k_outcomes, 0);
        double sum = 0;
        std::size_t judged = 0;
        for (std::size_t i = 0; i < c.plan.runs.size(); ++i) {
            if (c.setting_of_run[i] != s || c.plan.runs[i].request.replicate > 0) continue;
            ++setting.runs;
            ++setting.outcomes[static_cast<std::size_t>(c.outcomes[i])];
            const auto& accuracy = out.accuracies[i];
            if (!accuracy || c.outcomes[i] != Outcome::completed) continue;
            setting.accuracy_min = judged == 0 ? *accuracy : std::min(*setting.accuracy_min, *accuracy);
            setting.accuracy_max = judged == 0 ? *accuracy : std::max(*setting.accuracy_max, *accuracy);
            sum += *accuracy;
            ++judged;
        }
        if (judged > 0) setting.accuracy_mean = sum / static_cast<double>(judged);
        const auto n = [&](Outcome outcome) { return setting.outcomes[static_cast<std::size_t>(outcome)]; };
        const std::size_t ended = setting.runs - n(Outcome::missing) - n(Outcome::skipped);
        setting.collapsed = rate_of(n(Outcome::collapsed), ended);
        setting.diverged = rate_of(n(Outcome::diverged), ended);
        setting.failed = rate_of(n(Outcome::failed) + n(Outcome::timed_out), ended);
        out.settings.push_back(std::move(setting));
    }
}

void fill_replays(const Context& c, Attribution& out) {
    std::size_t differ = 0, all = 0;
    for (const Replay& replay : replays_of(c.plan)) {
        const RunData& a = c.runs[replay.original];
        const RunData& b = c.runs[replay.replay];
        if (!a.predictions || !b.predictions) continue;
        Setting& setting = out.settings[c.setting_of_run[replay.original]];
        ++setting.replays;
        ++all;
        if (same_bits(*a.record, *b.record)) {
            ++setting.replays_identical;
            continue;
        }
        ++differ;
        const Distance d = distance_between(a.predictions->probabilities, b.predictions->probabilities,
                                            a.predictions->n_classes, a.predictions->threshold);
        setting.replay_flips = std::max(setting.replay_flips, d.flip_share());
        setting.replay_max_abs_dp = std::max(setting.replay_max_abs_dp, d.max_abs_dp);
    }
    if (differ > 0) {
        out.findings.push_back(
            {"D0101", std::to_string(differ) + " of " + plural(all, "replay") +
                          " gave other bits though nothing was changed: this training does not repeat, and "
                          "every figure here contains that noise"});
    }
}

void fill_hardware(const Context& c, Attribution& out) {
    std::map<std::string, HardwareCheck> checks;
    for (const RunData& run : c.runs) {
        if (!run.record || (run.record->state != RunState::completed && run.record->state != RunState::diverged))
            continue;
        const Json& effective = run.record->hardware.effective;
        for (const auto& [name, level] : run.record->request.hardware.as_object()) {
            HardwareCheck& check = checks[name];
            check.factor = name;
            ++check.of;
            check.verified += effective.is_object() && effective.find(name) != nullptr ? 1U : 0U;
        }
    }
    for (auto& [name, check] : checks) {
        check.varied = std::any_of(c.plan.factors.begin(), c.plan.factors.end(), [&, &n = name](const Factor& f) {
            return f.kind == FactorKind::hardware && f.name == n;
        });
        out.hardware.push_back(check);
    }
}

// Where no run has answers, the settings are chosen by the number that the audit is about.
std::vector<Pair> pairs_that_interact(const Context& c) {
    const auto answers = [](const RunData& run) { return run.predictions.has_value(); };
    if (std::any_of(c.runs.begin(), c.runs.end(), answers)) return c.pairs;
    const std::vector<std::string> names = reported_names(c.plan, c.runs);
    if (names.empty() || c.runs.size() > k_rows_max) return c.pairs;
    return number_pairs(c.plan, c.axes, reported_numbers(c.runs, c.outcomes, names.front()));
}

}  // namespace

Attribution attribute(const Plan& plan, const std::vector<RunData>& runs,
                      const std::optional<std::vector<std::int64_t>>& labels, const InputTable* inputs) {
    Context c{plan, runs, axes_of(plan), outcomes_of(runs), {}, {}, {}, {}};
    c.pairs = matched_pairs(plan, c.axes, runs, c.outcomes);
    c.units = unit_sets(plan, c.axes);
    c.grid = choose_settings(plan, c.axes, pairs_that_interact(c));
    for (const PlannedRun& run : plan.runs) c.setting_of_run.push_back(c.grid.index_of(run));

    Attribution out;
    out.outcomes = c.outcomes;
    for (const RunData& run : runs) {
        out.accuracies.push_back(accuracy_of(run, labels));
        if (!run.predictions) continue;
        out.n_inputs = run.predictions->n_inputs;
        out.n_classes = run.predictions->n_classes;
    }
    for (const std::size_t factor : c.grid.factors) out.setting_factors.push_back(full_name(plan.factors[factor]));
    fill_settings(c, out);
    add_rows(c, out);
    if (inputs != nullptr) add_slices(c, *inputs, out);
    fill_replays(c, out);
    out.reloads = reloads_of(plan, runs);
    for (Finding& finding : reload_findings(out.reloads)) out.findings.push_back(std::move(finding));
    SeedWiring wiring = seed_wiring(plan, c.axes, runs, c.pairs);
    out.unwired = std::move(wiring.unwired);
    std::move(wiring.notes.begin(), wiring.notes.end(), std::back_inserter(out.findings));
    fill_hardware(c, out);
    return out;
}

}  // namespace assay
