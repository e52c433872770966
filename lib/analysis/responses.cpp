#include "analysis/responses.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "analysis/configurations.hpp"
#include "analysis/response_evidence.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "stats/mean.hpp"
#include "stats/multiplicity.hpp"
#include "stats/scores.hpp"

namespace assay {
namespace {

using Labels = std::vector<std::int64_t>;

// One run, scored; and what all runs are measured by.
struct Scored {
    const InputScores& inputs;
    const std::vector<double>& edges;  // of calibration bins
};

// ---- What assay computes from answers and true labels. A new one is a row here.
struct Metric {
    const char* name;
    Better better;
    double (*compute)(const Scored&);
};
constexpr std::array<Metric, 4> k_metrics = {{
    {"accuracy", Better::higher, [](const Scored& run) { return mean_of(run.inputs.correct); }},
    {"log_loss", Better::lower, [](const Scored& run) { return mean_of(run.inputs.log_loss); }},
    {"brier", Better::lower, [](const Scored& run) { return mean_of(run.inputs.brier); }},
    {"ece", Better::lower, [](const Scored& run) { return calibration_error(run.inputs, run.edges).value(); }},
}};

struct Computed {
    std::array<Numbers, k_metrics.size()> numbers;
    std::string clipped, edges;  // notes of log_loss and ece; "" where there is nothing to say
};

bool is_judged(const RunData& run, Outcome outcome, const Labels& labels) {
    return outcome == Outcome::completed && run.predictions && run.predictions->n_inputs == labels.size() &&
           !labels.empty();
}

InputScores scores_of(const RunData& run, const Labels& labels) {
    return score_inputs(run.predictions->probabilities, run.predictions->n_classes, labels, run.predictions->threshold);
}

// Labels that no class of the answers has: nothing can be judged by them.
bool fit_classes(const Labels& labels, std::size_t n_classes) {
    return std::all_of(labels.begin(), labels.end(),
                       [&](std::int64_t label) { return label >= 0 && static_cast<std::uint64_t>(label) < n_classes; });
}

// Edges of equal mass over the confidences of the baseline: the first configuration that has usable runs.
struct Edges {
    std::vector<double> edges;
    std::string note;
};
Edges frozen_edges(const Plan& plan, const std::vector<RunData>& runs, const std::vector<Outcome>& judged,
                   const Labels& labels) {
    const std::vector<Configuration> all = configurations(plan, judged);
    if (all.empty()) return {};
    std::vector<double> confidences;
    for (const std::size_t run : all.front().runs) {
        const InputScores scores = scores_of(runs[run], labels);
        confidences.insert(confidences.end(), scores.confidence.begin(), scores.confidence.end());
    }
    const std::string where = all.front().where.empty() ? "" : " of " + all.front().where;
    return {*equal_mass_edges(confidences),
            std::to_string(k_calibration_bins) + " bins of equal mass, their edges from " +
                plural(all.front().runs.size(), "run") + where + " and the same for every run; with " +
                plural(labels.size(), "input") + " it is above 0 for a calibrated model, too"};
}

Computed compute_all(const Plan& plan, const std::vector<RunData>& runs, const std::vector<Outcome>& outcomes,
                     const Labels& labels) {
    Computed out;
    out.numbers.fill(Numbers(runs.size()));
    std::vector<Outcome> judged(runs.size(), Outcome::missing);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const bool good =
            is_judged(runs[i], outcomes[i], labels) && fit_classes(labels, runs[i].predictions->n_classes);
        if (good) judged[i] = Outcome::completed;
    }
    const Edges edges = frozen_edges(plan, runs, judged, labels);
    if (edges.edges.empty()) return out;
    out.edges = edges.note;
    std::size_t clipped = 0, clipped_runs = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (judged[i] != Outcome::completed) continue;
        const InputScores scores = scores_of(runs[i], labels);
        clipped += scores.clipped;
        clipped_runs += scores.clipped > 0 ? 1U : 0U;
        for (std::size_t m = 0; m < k_metrics.size(); ++m)
            out.numbers[m][i] = k_metrics[m].compute({scores, edges.edges});
    }
    if (clipped > 0) {
        out.clipped = "in " + plural(clipped_runs, "run") + " " + plural(clipped, "answer") +
                      " gave the true class a probability below " + scientific(k_log_loss_clip) +
                      ", where the log loss " + "has no bound: each counts as " + fixed(-std::log(k_log_loss_clip), 1) +
                      " nats, which decides the mean";
    }
    return out;
}

// ---- What trainers reported

std::optional<double> reported_number(const RunData& run, const std::string& name) {
    if (!run.record || !run.record->metrics.is_object()) return std::nullopt;
    const Json* const value = run.record->metrics.find(name);
    if (value == nullptr || !value->is_number() || !std::isfinite(value->as_number())) return std::nullopt;
    return value->as_number();
}

// "its trainer reports other numbers": only beyond the rounding of a float.
std::string disagreement(const Numbers& computed, const Numbers& reported) {
    double largest = 0;
    std::size_t differ = 0, both = 0;
    for (std::size_t i = 0; i < computed.size(); ++i) {
        if (!computed[i] || !reported[i]) continue;
        ++both;
        const double off = std::abs(*computed[i] - *reported[i]);
        if (off <= 1e-5 * std::max(1.0, std::abs(*computed[i]))) continue;
        ++differ;
        largest = std::max(largest, off);
    }
    if (differ == 0) return "";
    return "the trainer reports another number in " + std::to_string(differ) + " of " + plural(both, "run") +
           ", up to " + scientific(largest) + " off; what is shown is computed from the stored answers";
}

std::size_t count_of(const Numbers& numbers) {
    return static_cast<std::size_t>(
        std::count_if(numbers.begin(), numbers.end(), [](const auto& number) { return number.has_value(); }));
}

std::optional<double> root(const std::optional<double>& value) {
    return value ? std::optional(rounded(std::sqrt(*value))) : std::nullopt;
}

// The standard deviation is the root of the variance between runs that share no seed.
void add_deviations(Response& response) {
    for (NumberPlace& place : response.places) {
        const auto& seeds = response.evidence.seeds;
        const auto at =
            std::find_if(seeds.begin(), seeds.end(), [&](const SeedShares& one) { return one.where == place.where; });
        if (at == seeds.end()) {
            place.deviation.flags = {"NO_PAIRS"};
            continue;
        }
        place.deviation = at->variance;
        place.deviation.value = root(at->variance.value);
        if (at->variance.interval)
            place.deviation.interval = Interval{*root(at->variance.interval->low), root(at->variance.interval->high)};
    }
}

// Why the test could have found nothing, the other tests being what they are; nothing where it could.
Untested out_of_reach(const FactorTest& test, std::vector<double> p, std::size_t own) {
    p[own] = test.smallest_p;
    if (benjamini_hochberg(p)[own] <= k_alpha) return {};
    const std::string start = "too few seeds to tell a direction from chance; ", tests = plural(p.size(), "test");
    if (test.nested) return {"UNTESTABLE", start + "more seeds at each level are needed for " + tests, {}, p.size()};
    const auto need = static_cast<std::size_t>(reach_shared_seeds(test.levels, test.seeds, k_alpha, p.size()).need);
    return {"UNTESTABLE", start + std::to_string(need) + " seeds are enough for " + tests, need, p.size()};
}

// All tests of all exploratory responses are one family.
void adjust_exploratory(std::vector<Response>& responses) {
    std::vector<FactorTest*> tests;
    std::vector<double> p;
    for (Response& response : responses) {
        for (FactorTest& test : response.evidence.tests) {
            if (response.primary || !test.p) continue;
            tests.push_back(&test);
            p.push_back(*test.p);
        }
    }
    const std::vector<double> adjusted = benjamini_hochberg(p);
    for (std::size_t i = 0; i < tests.size(); ++i) {
        tests[i]->p_bh = adjusted[i];
        if (adjusted[i] > k_alpha) tests[i]->untested = out_of_reach(*tests[i], p, i);
    }
}

struct Context {
    const Plan& plan;
    const std::vector<RunData>& runs;
    const std::vector<Outcome>& outcomes;
    SettingGrid grid;
};

void finish(const Context& c, Response& response) {
    std::size_t usable = 0;
    for (const Outcome outcome : c.outcomes) usable += outcome == Outcome::completed ? 1U : 0U;
    response.runs = count_of(response.values);
    response.without = usable - response.runs;
    response.places = number_places(c.plan, response.values);
    const bool too_many = response.runs > k_rows_max;
    response.rows = number_rows(c.plan, too_many ? Numbers(response.values.size()) : response.values, c.grid);
    response.evidence = response_evidence(c.plan, c.runs, response.values, response.name,
                                          response.primary ? Family::confirmatory : Family::exploratory);
    add_deviations(response);
}

std::vector<Response> computed_responses(const Context& c, const Labels& labels) {
    std::vector<Response> out;
    const Computed computed = compute_all(c.plan, c.runs, c.outcomes, labels);
    for (std::size_t m = 0; m < k_metrics.size(); ++m) {
        if (count_of(computed.numbers[m]) == 0) continue;
        Response response;
        response.name = k_metrics[m].name;
        response.source = ResponseSource::computed;
        response.better = k_metrics[m].better;
        response.values = computed.numbers[m];
        const std::string said = disagreement(response.values, reported_numbers(c.runs, c.outcomes, response.name));
        for (const std::string& note : {response.name == "log_loss" ? computed.clipped : std::string(),
                                        response.name == "ece" ? computed.edges : std::string(), said}) {
            if (!note.empty()) response.notes.push_back(note);
        }
        out.push_back(std::move(response));
    }
    return out;
}

SettingGrid grid_of_settings(const Plan& plan, const Attribution& attribution) {
    std::vector<std::size_t> factors;
    for (std::size_t f = 0; f < plan.factors.size(); ++f) {
        const auto& names = attribution.setting_factors;
        if (std::find(names.begin(), names.end(), full_name(plan.factors[f])) != names.end()) factors.push_back(f);
    }
    return grid_of(plan, std::move(factors));
}

}  // namespace

std::vector<std::string> reported_names(const Plan& plan, const std::vector<RunData>& runs) {
    std::set<std::string> names;
    for (const RunData& run : runs) {
        if (!run.record || !run.record->metrics.is_object()) continue;
        for (const auto& [name, value] : run.record->metrics.as_object()) {
            if (reported_number(run, name)) names.insert(name);
        }
    }
    std::vector<std::string> out;
    const Json* const columns = plan.spec.is_object() ? plan.spec.find("columns") : nullptr;
    const std::string prefix = "response.";
    for (const Json& column : columns != nullptr && columns->is_array() ? columns->as_array() : Json::Array()) {
        if (!column.is_string() || !column.as_string().starts_with(prefix)) continue;
        const std::string name = column.as_string().substr(prefix.size());
        if (names.erase(name) > 0) out.push_back(name);
    }
    out.insert(out.end(), names.begin(), names.end());
    return out;
}

Numbers reported_numbers(const std::vector<RunData>& runs, const std::vector<Outcome>& outcomes,
                         const std::string& name) {
    Numbers out;
    for (std::size_t i = 0; i < runs.size(); ++i)
        out.push_back(outcomes[i] == Outcome::completed ? reported_number(runs[i], name) : std::nullopt);
    return out;
}

std::vector<Response> responses_of(const Plan& plan, const std::vector<RunData>& runs, const Attribution& attribution,
                                   const std::optional<Labels>& labels) {
    const Context c{plan, runs, attribution.outcomes, grid_of_settings(plan, attribution)};
    std::vector<Response> out;
    if (labels) out = computed_responses(c, *labels);
    std::size_t reported = 0, left = 0;
    for (const std::string& name : reported_names(plan, runs)) {
        if (std::any_of(out.begin(), out.end(), [&](const Response& one) { return one.name == name; })) continue;
        Response response;
        response.name = elide(printable_line(name), 64);
        response.values = reported_numbers(runs, attribution.outcomes, name);
        if (response.name.empty() || count_of(response.values) == 0) continue;
        if (++reported > k_reported_max) {
            ++left;
            continue;
        }
        response.primary = attribution.n_inputs == 0 && out.empty();
        out.push_back(std::move(response));
    }
    if (left > 0)
        out.back().notes.push_back(plural(left, "more reported number") + " not analysed: at most " +
                                   std::to_string(k_reported_max) + " are");
    for (Response& response : out) finish(c, response);
    adjust_exploratory(out);
    return out;
}

}  // namespace assay
