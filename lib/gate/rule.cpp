#include "gate/rule.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/check.hpp"
#include "base/text.hpp"

namespace assay {
namespace {

// What may follow the name of a metric.
enum class Suffix { none, kind, seed, hardware, baseline, score, optional_baseline };
// What a limit may be.
enum class Direction { below, above, either, identical_only };

struct MetricRow {
    std::string_view name;
    Suffix suffix = Suffix::none;
    Direction direction = Direction::below;
    double least = 0, most = 1;  // what a limit may be
};

const MetricRow k_rows[] = {
    {"replay", Suffix::none, Direction::identical_only, 0, 1},
    {"flips", Suffix::kind, Direction::below, 0, 1},
    {"distance", Suffix::kind, Direction::below, 0, 1},
    {"maxdiff", Suffix::kind, Direction::below, 0, 1},
    {"accuracy", Suffix::score, Direction::above, 0, 1},
    {"nll", Suffix::score, Direction::below, 0, 1e6},
    {"ece", Suffix::score, Direction::below, 0, 1},
    {"collapsed", Suffix::none, Direction::below, 0, 1},
    {"churn", Suffix::baseline, Direction::below, 0, 1},
    {"R", Suffix::optional_baseline, Direction::below, 0, 1e6},
    {"share", Suffix::seed, Direction::either, 0, 10},
    {"A", Suffix::hardware, Direction::either, 0, 1e6},
};

const MetricRow* row_of(std::string_view metric) {
    const auto row =
        std::find_if(std::begin(k_rows), std::end(k_rows), [&](const MetricRow& r) { return r.name == metric; });
    return row == std::end(k_rows) ? nullptr : row;
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::vector<std::string> bare_names() {
    std::vector<std::string> names;
    for (const MetricRow& row : k_rows) names.emplace_back(row.name);
    return names;
}

ParsedRule refuse(std::string message, std::string help, bool in_limit = false) {
    return {std::nullopt, {std::move(message), std::move(help), in_limit}};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& names) {
    const auto near = nearest_name(word, names);
    return near ? "did you mean " + quoted(*near) + "?" : "known: " + join(names, ", ");
}

// Of the whole key, else of its first word: "flisp.seed" is near to no metric, "flisp" is.
std::string metric_suggestion(std::string_view key, const std::string& first) {
    const bool first_alone = !nearest_name(key, gate_metrics()) && nearest_name(first, bare_names());
    return first_alone ? did_you_mean(first, bare_names()) : did_you_mean(key, gate_metrics());
}

// ---- the name -----------------------------------------------------------------------------------------------------

std::string example_of(const MetricRow& row) {
    switch (row.suffix) {
        case Suffix::kind:
            return std::string(row.name) + ".hardware";
        case Suffix::seed:
            return std::string(row.name) + ".seed.init";
        case Suffix::hardware:
            return std::string(row.name) + ".hardware";
        case Suffix::baseline:
            return std::string(row.name) + ".baseline";
        default:
            return std::string(row.name);
    }
}

ParsedRule with_kind(GateRule rule, const MetricRow& row, const std::vector<std::string>& parts) {
    if (parts.size() < 2)
        return refuse(quoted(row.name) + " needs to know which pairs of runs: those that differ in what?",
                      "for example " + example_of(row) + "; kinds: " + join(kind_names(), ", "));
    rule.kind = kind_from_name(parts[1]);
    if (!rule.kind) return refuse("unknown kind " + quoted(parts[1]), did_you_mean(parts[1], kind_names()));
    const bool seed = *rule.kind == FactorKind::seed, hardware = *rule.kind == FactorKind::hardware;
    if ((row.suffix == Suffix::seed && !seed) || (row.suffix == Suffix::hardware && !hardware))
        return refuse(quoted(row.name) + " is not defined for " + parts[1], "write " + example_of(row));
    // Names of factors may hold dots.
    for (std::size_t i = 2; i < parts.size(); ++i) rule.name += (i > 2 ? "." : "") + parts[i];
    if (row.suffix == Suffix::seed && rule.name.empty())
        return refuse("'share' needs a seed stream",
                      "for example share.seed.init; streams: " + join(seed_streams(), ", "));
    return {rule, {}};
}

ParsedRule parse_key(std::string_view key) {
    const std::vector<std::string> parts = split(key, '.');
    const MetricRow* row = row_of(parts[0]);
    if (parts[0] == "spread") return refuse("'spread' of what?", "write accuracy.spread, nll.spread or ece.spread");
    if (row == nullptr) return refuse("unknown metric " + quoted(parts[0]), metric_suggestion(key, parts[0]));
    if (std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); }))
        return refuse(quoted(key) + " has a dot too many", "write " + example_of(*row));
    GateRule rule;
    rule.metric = parts[0];
    if (row->suffix == Suffix::kind || row->suffix == Suffix::seed || row->suffix == Suffix::hardware)
        return with_kind(rule, *row, parts);
    const std::string rest = parts.size() == 2 ? parts[1] : parts.size() > 2 ? "?" : "";
    rule.baseline = rest == "baseline" || row->suffix == Suffix::optional_baseline;
    rule.spread = rest == "spread" && row->suffix == Suffix::score;
    const bool may_be_bare = row->suffix != Suffix::baseline;
    const bool may_have_baseline = row->suffix != Suffix::none;
    if ((rest.empty() && may_be_bare) || (rest == "baseline" && may_have_baseline) || rule.spread) return {rule, {}};
    if (rest.empty()) return refuse(quoted(key) + " needs its suffix", "write " + example_of(*row));
    const std::string more =
        row->suffix == Suffix::score ? ", " + parts[0] + ".baseline or " + parts[0] + ".spread" : "";
    return refuse("there is no " + quoted(key), "write " + example_of(*row) + more);
}

// ---- the limit ----------------------------------------------------------------------------------------------------

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text = trimmed(text.substr(word.size()));
    return true;
}

// "0.1%", "0.002", "5". Nothing: no plain decimal.
std::optional<double> number_of(std::string_view text) {
    const bool percentage = !text.empty() && text.back() == '%';
    if (percentage) text = trimmed(text.substr(0, text.size() - 1));
    if (text.empty() || (text.front() != '-' && (text.front() < '0' || text.front() > '9'))) return std::nullopt;
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::general);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return percentage ? value / 100 : value;
}

constexpr const char* k_limit_help =
    "write for example '< 0.1%', '>= 0.97', '= 0', 'p99 < 0.02', 'identical', 'report'";

std::optional<Relation> take_relation(std::string_view& text) {
    if (take(text, "<=")) return Relation::at_most;
    if (take(text, ">=")) return Relation::at_least;
    if (take(text, "<")) return Relation::less;
    if (take(text, ">")) return Relation::greater;
    if (take(text, "==") || take(text, "=")) return Relation::equal;
    return std::nullopt;
}

bool below(Relation relation) { return relation == Relation::less || relation == Relation::at_most; }

std::optional<RuleProblem> wrong_direction(const GateRule& rule, const MetricRow& row) {
    const std::string key = quoted(rule_key(rule));
    if (row.direction == Direction::identical_only)
        return RuleProblem{key + " is either identical or not", "write 'identical' or 'report'", true};
    if (rule.relation == Relation::equal) {
        const bool counts = row.direction == Direction::below && row.suffix != Suffix::score && rule.metric != "R";
        if (!counts)
            return RuleProblem{key + " cannot be shown to equal a number", "give a bound: '< X' or '> X'", true};
        if (*rule.limit != 0) return RuleProblem{"'=' is for 0 alone", "give a bound: '< X'", true};
        return std::nullopt;
    }
    // A difference, or a spread, is worse the larger it is, whatever the score.
    const bool wants_below =
        row.direction == Direction::below || (row.suffix == Suffix::score && (rule.baseline || rule.spread));
    if (wants_below && !below(rule.relation))
        return RuleProblem{key + " is better the smaller it is", "write '< X'", true};
    if (!wants_below && row.direction == Direction::above && below(rule.relation))
        return RuleProblem{key + " is better the larger it is", "write '>= X'", true};
    return std::nullopt;
}

std::optional<RuleProblem> wrong_value(const GateRule& rule, const MetricRow& row) {
    const double least = rule.baseline && row.suffix == Suffix::score ? -row.most : row.least;
    if (*rule.limit >= least && *rule.limit <= row.most) return std::nullopt;
    return RuleProblem{"a limit of " + rule.limit_text + " is outside what " + quoted(rule_key(rule)) + " can be",
                       k_limit_help, true};
}

std::optional<RuleProblem> parse_limit(std::string_view text, const MetricRow& row, GateRule& rule) {
    text = trimmed(text);
    rule.limit_text = std::string(text);
    if (rule.metric == "maxdiff") rule.summary = Summary::max;
    if (text == "report") {
        rule.relation = Relation::report;
        return std::nullopt;
    }
    if (text == "identical") {
        rule.relation = Relation::identical;
        if (rule.metric == "replay" || row.suffix == Suffix::kind || row.suffix == Suffix::baseline)
            return std::nullopt;
        return RuleProblem{quoted(rule_key(rule)) + " has no bits to be identical", k_limit_help, true};
    }
    const bool p99 = take(text, "p99"), max = !p99 && take(text, "max");
    if (p99 || max) rule.summary = p99 ? Summary::p99 : Summary::max;
    if ((p99 || max) && rule.metric != "distance" && !(max && rule.metric == "maxdiff"))
        return RuleProblem{"only a distance has a " + std::string(p99 ? "p99" : "max") + " over inputs", k_limit_help,
                           true};
    const std::optional<Relation> relation = take_relation(text);
    if (!relation) return RuleProblem{quoted(rule.limit_text) + " is no limit", k_limit_help, true};
    rule.relation = *relation;
    rule.limit = number_of(text);
    if (!rule.limit) return RuleProblem{quoted(text) + " is no number", k_limit_help, true};
    if (auto problem = wrong_direction(rule, row)) return problem;
    return wrong_value(rule, row);
}

}  // namespace

ParsedRule parse_rule(std::string_view key, std::string_view limit) {
    ParsedRule parsed = parse_key(key);
    if (!parsed.rule) return parsed;
    const MetricRow* row = row_of(parsed.rule->metric);
    ASSAY_CHECK(row != nullptr);
    if (const auto problem = parse_limit(limit, *row, *parsed.rule)) return {std::nullopt, *problem};
    return parsed;
}

std::optional<RuleProblem> rule_problem(const GateRule& rule, const std::vector<Factor>& factors) {
    if (!rule.kind) return std::nullopt;
    std::vector<std::string> names;
    for (const Factor& factor : factors) {
        if (factor.kind != *rule.kind || factor.levels.size() < 2) continue;
        if (rule.name.empty() || rule.name == factor.name) return std::nullopt;
        names.push_back(rule.metric + "." + full_name(factor));
    }
    const std::string kind(kind_name(*rule.kind));
    const std::string help =
        names.empty() ? "this audit varies nothing of the kind " + kind + ": add it under factors, or take the rule out"
                      : did_you_mean(rule_key(rule), names);
    return RuleProblem{"gate names " + quoted(rule_key(rule)) + ", which no factor of this audit can produce", help,
                       false};
}

const std::vector<std::string>& gate_metrics() {
    static const std::vector<std::string> k_metrics = {"replay",
                                                       "flips",
                                                       "distance",
                                                       "maxdiff",
                                                       "accuracy",
                                                       "nll",
                                                       "ece",
                                                       "accuracy.spread",
                                                       "nll.spread",
                                                       "ece.spread",
                                                       "collapsed",
                                                       "churn.baseline",
                                                       "accuracy.baseline",
                                                       "nll.baseline",
                                                       "ece.baseline",
                                                       "R",
                                                       "share",
                                                       "A"};
    return k_metrics;
}

}  // namespace assay
