// What a rule measured, in one sentence.
#include <cmath>

#include "base/text.hpp"
#include "gate/rule.hpp"
#include "gate/rules.hpp"

namespace assay {
namespace {

// Shares as percentages with as many digits as they need; everything else by two significant digits or two decimals.
std::string share_text(double value) {
    const int decimals = std::abs(value) >= 0.001 || value == 0 ? 1 : std::abs(value) >= 0.0001 ? 2 : 3;
    return percent(value, decimals);
}

std::string subject_of(const GateRule& rule) {
    if (!rule.kind) return "";
    const std::string name = rule.name.empty() ? std::string(kind_name(*rule.kind)) : rule.name;
    return *rule.kind == FactorKind::seed ? "the seed" + (rule.name.empty() ? "" : " of " + name) : name;
}

std::string measured_sentence(const GateRule& rule, double value) {
    const std::string what = subject_of(rule);
    if (rule.metric == "flips") return share_text(value) + " of predicted labels change with " + what;
    if (rule.metric == "distance")
        return "probabilities move by " + scientific(value) + " (squared Hellinger) with " + what;
    if (rule.metric == "maxdiff") return "a probability changes by " + scientific(value) + " with " + what;
    if (rule.metric == "churn") return share_text(value) + " of predicted labels differ from the baseline's";
    if (rule.metric == "R")
        return "candidate and baseline are " + fixed(value, 2) + " times as far apart as two baseline runs";
    if (rule.metric == "A") return "hardware changes " + fixed(value, 2) + " times as much as another seed";
    if (rule.metric == "share")
        return what + " alone brings back " + share_text(value) + " of the variance between runs";
    if (rule.metric == "collapsed") return share_text(value) + " of seeds collapse or diverge";
    if (rule.metric == "replay")
        return value == 0 ? "every replay is identical" : share_text(value) + " of replays differ";
    const std::string number = rule.metric == "accuracy" ? share_text(value) : fixed(value, 4);
    if (rule.baseline) return rule.metric + " is worse than the baseline's by " + number;
    if (rule.spread) return rule.metric + " varies by " + number + " (standard deviation) between seeds";
    return "mean " + rule.metric + " is " + number;
}

}  // namespace

std::string rule_sentence(const RuleResult& result) {
    const RulePlace* place = result.place();
    if (place == nullptr) return "";
    if (!place->measured) return place->notes.empty() ? std::string(reason_name(result.reason)) : place->notes.front();
    const std::string at = place->where.empty() ? "" : " at " + place->where;
    return measured_sentence(result.rule, *place->measured) + at;
}

}  // namespace assay
