// What a rule measured, in one sentence.
#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "gate/rule.hpp"
#include "gate/rules.hpp"

namespace assay {
namespace {

std::string subject_of(const GateRule& rule) {
    if (!rule.kind) return "";
    const std::string name = rule.name.empty() ? std::string(kind_name(*rule.kind)) : rule.name;
    return *rule.kind == FactorKind::seed ? "the seed" + (rule.name.empty() ? "" : " of " + name) : name;
}

std::string measured_sentence(const GateRule& rule, double value) {
    const std::string what = subject_of(rule), figure = gate_figure_text(rule, value);
    if (rule.metric == "flips") return figure + " of predicted labels change with " + what;
    if (rule.metric == "distance") return "probabilities move by " + figure + " (squared Hellinger) with " + what;
    if (rule.metric == "maxdiff") return "a probability changes by " + figure + " with " + what;
    if (rule.metric == "churn") return figure + " of predicted labels differ from the baseline's";
    if (rule.metric == "R") return "candidate and baseline are " + figure + " times as far apart as two baseline runs";
    if (rule.metric == "A") return "hardware changes " + figure + " times as much as another seed";
    if (rule.metric == "share") return what + " alone brings back " + figure + " of the variance between runs";
    if (rule.metric == "collapsed") return figure + " of seeds collapse or diverge";
    if (rule.metric == "replay") return value == 0 ? "every replay is identical" : figure + " of replays differ";
    if (rule.baseline) return rule.metric + " is worse than the baseline's by " + figure;
    if (rule.spread) return rule.metric + " varies by " + figure + " (standard deviation) between seeds";
    return "mean " + rule.metric + " is " + figure;
}

}  // namespace

std::string gate_figure_text(const GateRule& rule, double value) {
    static const std::vector<std::string> k_shares = {"flips", "accuracy", "collapsed", "churn", "share", "replay"};
    if (std::find(k_shares.begin(), k_shares.end(), rule.metric) != k_shares.end()) {
        const double size = std::abs(value);
        return percent(value, size >= 0.001 || size == 0 ? 1 : size >= 0.0001 ? 2 : 3);
    }
    if (rule.metric == "R" || rule.metric == "A") return fixed(value, std::abs(value - 1) < 0.1 ? 3 : 2);
    return rule.metric == "nll" || rule.metric == "ece" ? fixed(value, 4) : scientific(value);
}

std::string rule_sentence(const RuleResult& result) {
    const RulePlace* place = result.place();
    if (place == nullptr) return "";
    if (!place->measured) return place->notes.empty() ? std::string(reason_name(result.reason)) : place->notes.front();
    const std::string at = place->where.empty() ? "" : " at " + place->where;
    return measured_sentence(result.rule, *place->measured) + at;
}

}  // namespace assay
