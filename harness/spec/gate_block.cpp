// The block `gate`: rules of a release gate, one a line, each with its place.
#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "core/factor.hpp"
#include "gate/rule.hpp"
#include "spec/reader.hpp"

namespace assay {
namespace {

const std::vector<std::string> k_rule_keys = {"limit", "where", "confidence", "undecided"};
const std::vector<std::string> k_undecided = {"undecided", "fail", "warn", "pass"};  // in the order of UndecidedAs
const std::vector<std::string> k_policy_keys = {"undecided", "confidence"};  // beside the rules: for all of them

std::string limit_example(const std::string& key) {
    return "write " + key + ": '< 0.1%' or " + key + ": {limit: '< 0.1%'}";
}

std::optional<UndecidedAs> read_undecided(const Node& node, Problems& problems) {
    const auto text = read_text(node, problems);
    if (!text) return std::nullopt;
    const auto it = std::find(k_undecided.begin(), k_undecided.end(), *text);
    if (it != k_undecided.end()) return static_cast<UndecidedAs>(it - k_undecided.begin());
    const auto near = nearest_name(*text, k_undecided);
    problems.add("S0104", node.place, "unknown policy '" + elide(*text, 40) + "'",
                 near ? "did you mean '" + *near + "'?" : "", "what is undecided: " + join(k_undecided, ", "));
    return std::nullopt;
}

std::optional<double> read_confidence(const Node& node, Problems& problems) {
    const auto value = read_scalar(node, problems);
    if (!value) return std::nullopt;
    if (value->is_number() && value->as_number() > 0.5 && value->as_number() < 1) return value->as_number();
    problems.add("S0104", node.place, "expected a confidence above 0.5 and below 1, got " + scalar_text(*value));
    return std::nullopt;
}

// Where a rule holds: factors of this audit that are no seeds, each with one of its levels.
void read_where(const Node& node, GateRule& rule, Reader& reader) {
    std::vector<std::string> names;
    for (const Factor& factor : reader.spec.factors) {
        if (factor.kind != FactorKind::seed) names.push_back(factor.name);
    }
    if (node.kind != Node::Kind::map) {
        reader.problems.add("S0104", node.place, "expected factors and levels in where", "write where: {lr: 0.1}");
        return;
    }
    for (const auto& [key, value] : node.entries) {
        const auto factor =
            std::find_if(reader.spec.factors.begin(), reader.spec.factors.end(), [&, &k = key](const Factor& f) {
                return f.kind != FactorKind::seed && (f.name == k.text || full_name(f) == k.text);
            });
        if (factor == reader.spec.factors.end()) {
            const auto near = nearest_name(key.text, names);
            reader.problems.add(
                "S0122", key.place, "where names '" + elide(key.text, 40) + "', which is no factor here",
                near ? "did you mean '" + *near + "'?" : "",
                names.empty() ? "this audit varies nothing but seeds" : "factors: " + join(names, ", "));
            continue;
        }
        const auto level = read_value(value, reader.problems);
        if (!level) continue;
        std::vector<std::string> levels;
        for (const Json& one : factor->levels) levels.push_back(level_text(one));
        if (std::find(levels.begin(), levels.end(), level_text(*level)) == levels.end()) {
            reader.problems.add("S0122", value.place,
                                "where names a level of " + factor->name + " that it does not have", "",
                                "levels: " + join(levels, ", "));
            continue;
        }
        rule.where.emplace(full_name(*factor), level_text(*level));
    }
}

void read_long_form(const Node& node, GateRule& rule, Reader& reader) {
    if (const Node* where = node.find("where")) read_where(*where, rule, reader);
    if (const Node* confidence = node.find("confidence"))
        rule.confidence = read_confidence(*confidence, reader.problems).value_or(rule.confidence);
    if (const Node* undecided = node.find("undecided"))
        rule.undecided = read_undecided(*undecided, reader.problems).value_or(rule.undecided);
}

// A rule that can never get a pair of runs would pass for ever: it is refused here.
void read_rule(const Node& key, const Node& value, const GateRule& policy, Reader& reader) {
    const bool long_form = value.kind == Node::Kind::map;
    if (long_form) check_keys(value, k_rule_keys, "the rule " + elide(key.text, 40), reader.problems);
    const Node* const limit = long_form ? value.find("limit") : &value;
    if (limit == nullptr || limit->kind != Node::Kind::scalar || limit->text.empty()) {
        reader.problems.add("S0107", limit == nullptr || limit->kind == Node::Kind::none ? key.place : limit->place,
                            "the rule '" + elide(key.text, 40) + "' has no limit", limit_example(elide(key.text, 40)));
        return;
    }
    ParsedRule parsed = parse_rule(key.text, limit->text);
    if (!parsed.rule) {
        reader.problems.add(parsed.problem.in_limit ? "S0123" : "S0121",
                            parsed.problem.in_limit ? limit->place : key.place, parsed.problem.message, "",
                            parsed.problem.help);
        return;
    }
    GateRule rule = *std::move(parsed.rule);
    if (const auto problem = rule_problem(rule, reader.spec.factors)) {
        reader.problems.add("S0121", key.place, problem->message, "", problem->help);
        return;
    }
    rule.confidence = policy.confidence;
    rule.undecided = policy.undecided;
    rule.file = reader.spec.path.string();
    rule.line = key.place.line + 1;
    rule.column = key.place.column + 1;
    if (long_form) read_long_form(value, rule, reader);
    reader.spec.gate.push_back(std::move(rule));
}

}  // namespace

void read_gate(const Node& node, Reader& reader) {
    if (node.kind != Node::Kind::map || node.entries.empty()) {
        reader.problems.add("S0104", node.place, "expected rules in gate, each METRIC: limit",
                            "write gate: {replay: identical}");
        return;
    }
    GateRule policy;
    if (const Node* undecided = node.find("undecided"))
        policy.undecided = read_undecided(*undecided, reader.problems).value_or(policy.undecided);
    if (const Node* confidence = node.find("confidence"))
        policy.confidence = read_confidence(*confidence, reader.problems).value_or(policy.confidence);
    for (const auto& [key, value] : node.entries) {
        if (std::find(k_policy_keys.begin(), k_policy_keys.end(), key.text) == k_policy_keys.end()) {
            read_rule(key, value, policy, reader);
        }
    }
}

}  // namespace assay
